/** `konter order`, on orders that a whole store has sold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { konter } from "../../test/konter.ts";
import { openWorld, type World } from "../../test/world.ts";
import { closeItem, openItem, takeItem } from "../desk/item.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { createSeededRandom } from "../platform/random.ts";

const account = { id: "123456789", server: "2001" };

async function onlyOrder(world: World) {
  return world.db.selectFrom("orders").selectAll().executeTakeFirstOrThrow();
}

const run = (world: World, ...args: string[]) =>
  konter(["order", ...args], { DATABASE_URL: world.databaseUrl });

test("an order's story names every step with its time, who did it and what was said outside", async (t) => {
  const world = await openWorld(t, { seed: 1 });
  await world.buyer.orders("ML_86", account);
  await world.midtrans.isPaid();
  world.clock.advance(2_345);
  await world.untilQuiet();
  const order = await onlyOrder(world);
  const { code, stdout, stderr } = await run(world, order.code.toLowerCase());
  assert.equal(code, 0, stderr);
  const told = stdout.split("\n");
  assert.equal(told[0], `Order ${order.code} · delivered`);
  assert.equal(told[1], "ML_86 · Mobile Legends 86 Diamond · Rp 20.000 by gopay");
  for (const line of [
    /^2026-11-23, Jakarta$/m,
    /^10:00:00\.000 {2}discord +buyer +pressed pay with gopay$/m,
    /^10:00:00\.000 {2}order +buyer +was quoted Rp 20\.000$/m,
    /^ +valid_until 2026-11-23 10:05:00\.000$/m,
    /^10:00:00\.000 {2}order +buyer +awaiting_payment: placed$/m,
    /^10:00:00\.000 {2}order +midtrans +awaiting_payment → paid: payment confirmed$/m,
    /^10:00:00\.000 {2}stock +buyer +reserved: on hand 100 → 100, reserved 0 → 1$/m,
    /^10:00:00\.000 {2}payment +system +P\w{20} of Rp 20\.000 by gopay is opened at/m,
    /^10:00:00\.000 {2}payment +midtrans +charge of P\w{20}, HTTP 200\n {14}\{"status_code":"201".*…$/m,
    /^10:00:00\.000 {2}payment +midtrans +webhook of P\w{20}$/m,
    /^10:00:00\.000 {2}payment +midtrans +P\w{20} brought Rp 20\.000$/m,
    /^10:00:00\.000 {2}ledger +system +Rp 20\.000 gateway:midtrans → escrow: payment confirmed$/m,
    /^10:00:00\.000 {2}purchase +system +B\w{20} is marked as sent/m,
    /^10:00:00\.000 {2}purchase +digiflazz +purchase of B\w{20}, HTTP 200\n {14}\{"data":.*…$/m,
    /^10:00:02\.345 {2}purchase +digiflazz +B\w{20} has succeeded\n +serial_number S\d+/m,
    /^10:00:02\.345 {2}order +digiflazz +fulfilling → delivered: supplier confirmed$/m,
    /^10:00:02\.345 {2}order +discord +the buyer was last told: delivered, by card$/m,
    /^10:00:02\.345 {2}ledger +system +Rp 20\.000 escrow → sales: delivered$/m,
    /^10:17:00\.000 {2}job +system +orders\.expire waits$/m,
  ]) {
    assert.match(stdout, line);
  }
  const times = told.flatMap((line) => /^\d\d:\d\d:\d\d\.\d{3}/.exec(line) ?? []);
  assert.deepEqual(times, times.toSorted());
  assert.deepEqual(
    told.filter((line) => line.length > 100),
    [],
  );
});

test("what was said outside is whole with --full and in JSON, and holds no secret", async (t) => {
  const world = await openWorld(t, { seed: 2 });
  await world.buyer.orders("ML_86", account);
  await world.midtrans.isPaid();
  const order = await onlyOrder(world);
  const full = (await run(world, order.code, "--full")).stdout;
  assert.match(full, /^ {16}"transaction_status": "settlement",$/m);
  assert.match(full, /^ +key payment:/m);
  const json = (await run(world, order.code, "--json")).stdout;
  const told = JSON.parse(json);
  assert.deepEqual(
    [told.code, told.sku, told.price, told.customer_id],
    [order.code, "ML_86", 20_000, order.customer_id],
  );
  const about = new Set(told.lines.map((line: { about: string }) => line.about));
  assert.deepEqual([...about].sort(), [
    "discord",
    "job",
    "ledger",
    "order",
    "payment",
    "purchase",
    "risk",
    "stock",
  ]);
  const { body } = told.lines.find((line: { what: string }) =>
    line.what.startsWith("webhook of P"),
  ).details;
  assert.equal(JSON.parse(body).signature_key, "…");
  const card = await world.db.selectFrom("discord_cards").selectAll().executeTakeFirstOrThrow();
  for (const output of [full, json]) {
    for (const secret of [order.page_token, card.token, card.discord_id]) {
      assert.ok(!output.includes(secret), "a secret is told");
    }
  }
});

test("a story holds refunds and what risk, the desk and the jobs say, whoever said it", async (t) => {
  const world = await openWorld(t, { seed: 3 });
  await world.buyer.orders("ML_86", account);
  const order = await onlyOrder(world);
  const { db, clock, publish } = world;
  const deps = { clock, publish, ids: createIds(clock, createSeededRandom(1)) };
  const later = new Date(clock.now().getTime() + 1); // placing it was allowed
  const hits = [{ rule: "blacklist", value: 1, threshold: 1, points: 100 }];
  await sql`
    select risk_record(array[
      row(${order.id}::uuid, 1, 100, 'block', ${JSON.stringify(hits)}::jsonb, ${later})::risk_decisions
    ])`.execute(db);
  const payment = await db.selectFrom("payments").selectAll().executeTakeFirstOrThrow();
  const runAt = new Date(clock.now().getTime() + 60_000); // the store's worker leaves it alone
  const { id: payment_id } = payment;
  const refund = { id: deps.ids.uuid(), ref: "R7", payment_id, order_id: order.id, amount: 5_000n };
  const times = { requested_at: clock.now(), sent_at: later, send_by: later, ended_at: later };
  const ended = { state: "failed", failure: "the wallet is closed" };
  const wanted = { from_account: "suspense", reason: "the buyer took it back" };
  await db
    .insertInto("refunds")
    .values({ ...refund, ...times, ...ended, ...wanted })
    .execute();
  await inTransaction(db, async (tx) => {
    await openItem(tx, deps, {
      kind: "payment_short",
      subject: `payment:${payment.id}`,
      orderId: order.id,
      details: { came: "Rp 5.000" },
    });
    await takeItem(tx, deps, { itemNumber: 1, actor: "operator" });
    await closeItem(tx, deps, { itemNumber: 1, actor: "operator", reason: "paid the rest" });
    const job = {
      name: "payments.inquire",
      key: "dead",
      payload: { paymentId: payment.id },
      runAt,
    };
    await enqueue(tx, deps, job);
    await enqueue(tx, deps, {
      name: "test.other",
      key: "k",
      payload: { paymentId: deps.ids.uuid() },
      runAt,
    });
  });
  await db
    .updateTable("jobs")
    .set({ state: "dead", died_at: clock.now(), last_error: "Error: \u001b[2J gone\n  at x.ts" })
    .where("key", "=", "dead")
    .execute();
  const { stdout } = await run(world, order.code);
  for (const line of [
    /^10:00:00\.000 {2}risk +system +allow, score 0 by rules version 1: it goes on$/m,
    /^10:00:00\.001 {2}risk +system +block, score 100 by rules version 1: it is refused/m,
    /^ +blacklist 1 where 1 counts: 100 points$/m,
    /^10:00:00\.000 {2}payment +system +refund R7 of Rp 5\.000 is asked for: the buyer took it/m,
    /^10:00:00\.001 {2}payment +system +refund R7 is failed\n +failure the wallet is closed$/m,
    /^10:00:00\.000 {2}desk +system +payment_short lies on the desk as 1\n +came Rp 5\.000$/m,
    /^10:00:00\.000 {2}desk +operator +takes 1$/m,
    /^10:00:00\.000 {2}desk +operator +closes 1: paid the rest$/m,
    /^10:00:00\.000 {2}job +system +payments\.inquire is dead\n.*error Error: \ufffd\[2J gone$/m,
  ]) {
    assert.match(stdout, line);
  }
  assert.doesNotMatch(stdout, /test\.other/, "another payment's job is told");
});

test("what is still to come stands below what has happened", async (t) => {
  const world = await openWorld(t, { seed: 4, frozen: false });
  await world.buyer.orders("ML_86", account);
  const { stdout } = await run(world, (await onlyOrder(world)).code);
  const [past = "", future = ""] = stdout.split(
    /^It is [\d-]{10} [\d:.]{12} now\. Still to come:$/m,
  );
  assert.match(past, /awaiting_payment: placed/);
  assert.match(future, /orders\.expire waits/);
});

test("a code is read as people write it, and an unknown one is refused", async (t) => {
  const world = await openWorld(t, { seed: 5 });
  await world.buyer.orders("ML_86", account);
  await sql`update orders set code = '01ABCDEF01'`.execute(world.db);
  assert.match((await run(world, "oIabcdefOl")).stdout, /^Order 01ABCDEF01 · /);
  const { code, stdout, stderr } = await run(world, "ABCDEFGH99");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^konter: there is no order ABCDEFGH99: a code has 10 letters and digits/);
});

test("a wrong call names what is wrong and shows how, with exit code 2", async () => {
  for (const [args, says] of [
    [[], /which CODE\?/],
    [["A", "B"], /B is too much: one CODE at a time/],
    [["A", "--wat"], /Unknown option '--wat'/],
  ] as const) {
    const { code, stderr } = await konter(["order", ...args], {});
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, says);
    assert.match(stderr, /konter order CODE/);
  }
});
