/** Selling through the REST API: a key, its own saldo, its own orders. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inTransaction } from "../../src/platform/db.ts";
import { createIds } from "../../src/platform/ids.ts";
import { createRandom } from "../../src/platform/random.ts";
import { createKey } from "../../src/staff/keys.ts";
import { scale } from "../database.ts";
import { createReseller, type Order } from "../reseller.ts";
import { openWorld } from "../world.ts";

test("an order from saldo is paid at once and delivered", async (t) => {
  const world = await openWorld(t, { seed: 101 });
  const reseller = await createReseller(world, { saldoIdr: 50_000n });
  const quote = await reseller.quotes("ml_86");
  assert.equal(quote.price, 20_000);
  assert.ok(quote.nickname);
  const placed = await reseller.places(quote.id);
  assert.equal(placed.status, 201);
  assert.equal(placed.data.state, "paid");
  await world.untilQuiet();
  await world.advance({ seconds: 5 });
  const order = await reseller.order(placed.data.code);
  assert.equal(order.state, "delivered");
  assert.ok(order.serial_number);
  assert.deepEqual([order.paid, order.refunded], [20_000, 0]);
  assert.equal(await reseller.saldo(), 30_000);
  assert.equal((await world.digiflazz.purchases()).length, 1);
});

test("an order by GoPay says how to pay and is delivered once paid", async (t) => {
  const world = await openWorld(t, { seed: 102 });
  const reseller = await createReseller(world);
  const { code } = await reseller.orders("ML_86", "gopay");
  await world.untilQuiet();
  const open = await reseller.order(code);
  assert.equal(open.state, "awaiting_payment");
  assert.ok(open.payment?.deep_link);
  const picture = await fetch(open.payment?.qr_url ?? "");
  assert.equal(picture.headers.get("content-type"), "image/png");
  await world.midtrans.isPaid();
  await world.advance({ seconds: 5 });
  const done = await reseller.order(code);
  assert.equal(done.state, "delivered");
  assert.equal(done.payment, undefined);
  await world.booksBalance();
});

test("the same key and body are one order, answered the same to the byte; another body is refused", async (t) => {
  const world = await openWorld(t, { seed: 103 });
  const reseller = await createReseller(world, { saldoIdr: 100_000n });
  const quote = await reseller.quotes("ML_86");
  const first = await reseller.places(quote.id, "key-1");
  await world.advance({ minutes: 1 });
  const again = await reseller.places(quote.id, "key-1");
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text, "also when the order has gone on meanwhile");
  const other = await reseller.places((await reseller.quotes("ML_86")).id, "key-1");
  assert.deepEqual([other.status, other.code], [422, "idempotency_key.reused"]);
  const sameQuote = await reseller.places(quote.id, "key-2");
  assert.deepEqual([sameQuote.status, sameQuote.code], [409, "quote.used"]);
  assert.match(sameQuote.text, new RegExp(first.data.code));
  assert.equal(await reseller.saldo(), 80_000);
});

test("a refusal is remembered by its key, to the byte; a new key asks afresh", async (t) => {
  const world = await openWorld(t, { seed: 104 });
  const poor = await createReseller(world, { saldoIdr: 1_000n });
  const quote = await poor.quotes("ML_86");
  const first = await poor.places(quote.id, "key-1");
  assert.deepEqual([first.status, first.code], [402, "saldo.insufficient"]);
  assert.equal((await poor.places(quote.id, "key-1")).text, first.text);
  const later = await poor.places(quote.id, "key-2", "gopay");
  assert.equal(later.status, 201);
});

test("two keys of two resellers never meet, whatever they are called", async (t) => {
  const world = await openWorld(t, { seed: 105 });
  const one = await createReseller(world, { saldoIdr: 50_000n });
  const other = await createReseller(world, { saldoIdr: 50_000n });
  const mine = await one.places((await one.quotes("ML_86")).id, "same");
  const theirs = await other.places((await other.quotes("ML_86")).id, "same");
  assert.deepEqual([mine.status, theirs.status], [201, 201]);
  const foreign = await other.call("GET", `/orders/${mine.data.code}`);
  assert.deepEqual([foreign.status, foreign.code], [404, "order.unknown"]);
  const stolen = await other.places((await one.quotes("ML_86")).id, "mine-now");
  assert.deepEqual([stolen.status, stolen.code], [404, "quote.unknown"]);
  assert.deepEqual([await one.saldo(), await other.saldo()], [30_000, 30_000]);
});

test("a hundred keys used for the first time, all at once and twice, are a hundred customers", async (t) => {
  const world = await openWorld(t, { seed: 113 });
  const { db, clock, url } = world;
  const random = createRandom();
  const deps = { clock, random, ids: createIds(clock, random) };
  const keys: string[] = [];
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < 100; n++) {
      keys.push((await createKey(tx, deps, { name: `${n}`, scopes: ["sell"] })).key);
    }
  });
  const answers = await Promise.all(
    [...keys, ...keys].map((key) =>
      fetch(`${url}/api/v1/saldo`, { headers: { authorization: `Bearer ${key}` } }),
    ),
  );
  assert.ok(answers.every((answer) => answer.status === 200));
  const customers = await db.selectFrom("customers").selectAll().execute();
  assert.equal(customers.filter((customer) => customer.key_id !== null).length, 100);
});

test("who may call: a key, that works, with the right scope", async (t) => {
  const world = await openWorld(t, { seed: 106 });
  const reader = await createReseller(world, { scopes: ["read"] });
  const refused = async (headers: Record<string, string>) => {
    const answer = await reader.call("GET", "/orders", { headers });
    return [answer.status, answer.code];
  };
  assert.deepEqual(await refused({ authorization: "" }), [401, "key.missing"]);
  assert.deepEqual(await refused({ authorization: "Basic abc" }), [401, "key.missing"]);
  assert.deepEqual(await refused({ authorization: "Bearer konter_none" }), [401, "key.invalid"]);
  assert.equal((await reader.call("GET", "/orders")).status, 200);
  const sale = await reader.call("POST", "/quotes", { body: { sku: "ML_86", user_id: "1" } });
  assert.deepEqual([sale.status, sale.code], [403, "key.scope"]);
  await world.db.updateTable("api_keys").set({ revoked_at: world.clock.now() }).execute();
  await world.advance({ seconds: 2 });
  assert.equal((await reader.call("GET", "/orders")).code, "key.invalid", "a second later");
});

test("an order needs an Idempotency-Key, and bad input is told by its field", async (t) => {
  const world = await openWorld(t, { seed: 107 });
  const reseller = await createReseller(world);
  const { id } = await reseller.quotes("ML_86");
  for (const key of ["", " ", "ü", "x".repeat(201)]) {
    const answer = await reseller.places(id, key).catch(() => undefined);
    if (answer === undefined) continue; // not even a header
    assert.deepEqual([answer.status, answer.code], [400, "idempotency_key.missing"], key);
  }
  const wrong = async (path: string, body: unknown) => {
    const answer = await reseller.call("POST", path, { body, headers: { "idempotency-key": "k" } });
    return [answer.status, answer.code, answer.body.param];
  };
  assert.deepEqual(await wrong("/orders", { quote_id: "x", method: "saldo" }), [
    ...[400, "input.invalid", "quote_id"],
  ]);
  assert.deepEqual(await wrong("/orders", { quote_id: id, method: "gold" }), [
    ...[400, "input.invalid", "method"],
  ]);
  assert.deepEqual(await wrong("/quotes", { sku: "NONE", user_id: "1" }), [
    ...[404, "sku.unknown", undefined],
  ]);
  assert.deepEqual(await wrong("/quotes", { sku: "ML_86", user_id: "abc" }), [
    ...[422, "game_account.invalid", "user_id"],
  ]);
  assert.deepEqual(
    await wrong("/quotes", { sku: "ML_86", user_id: "404123456", server_id: "2001" }),
    [422, "game_account.not_found", "user_id"],
  );
  const list = await reseller.call("GET", "/orders?cursor=none");
  assert.deepEqual([list.status, list.code, list.body.param], [400, "input.invalid", "cursor"]);
});

test("an account nobody can check is quoted only when the reseller says so", async (t) => {
  const world = await openWorld(t, { seed: 108 });
  const reseller = await createReseller(world, { saldoIdr: 50_000n });
  const body = { sku: "ML_86", user_id: "503123456", server_id: "2001" };
  const unsure = await reseller.call("POST", "/quotes", { body });
  assert.deepEqual([unsure.status, unsure.code], [409, "game_account.unchecked"]);
  const quote = await reseller.quotes("ML_86", { ...body, confirm_unchecked: true });
  assert.equal((await reseller.places(quote.id)).status, 201);
});

test("the list of orders is paged, newest first, and can be narrowed to a state", async (t) => {
  const world = await openWorld(t, { seed: 109 });
  const reseller = await createReseller(world, { saldoIdr: 200_000n });
  const codes: string[] = [];
  for (let count = 0; count < 5; count++) {
    codes.unshift((await reseller.orders("ML_86", "saldo")).code);
    await world.advance({ seconds: 1 });
  }
  const seen: string[] = [];
  let cursor: unknown = "";
  do {
    const page = await reseller.call<Order[]>("GET", `/orders?limit=2${cursor}`);
    seen.push(...page.data.map((order) => order.code));
    cursor = page.body.next === null ? undefined : `&cursor=${page.body.next}`;
  } while (cursor !== undefined);
  assert.deepEqual(seen, codes);
  assert.deepEqual((await reseller.call("GET", "/orders?state=expired")).data, []);
});

test("an unpaid order can be cancelled, twice without harm; a paid one cannot", async (t) => {
  const world = await openWorld(t, { seed: 110 });
  const reseller = await createReseller(world, { saldoIdr: 50_000n });
  const unpaid = await reseller.orders("ML_86", "gopay");
  await world.untilQuiet();
  for (const time of ["first", "again"]) {
    const cancelled = await reseller.cancels(unpaid.code);
    assert.deepEqual([cancelled.status, cancelled.data.state], [200, "cancelled"], time);
  }
  assert.equal(await world.available("ML_86"), 100);
  const paid = await reseller.orders("ML_86", "saldo");
  const refused = await reseller.cancels(paid.code);
  assert.deepEqual([refused.status, refused.code], [409, "order.paid"]);
});

test("an order of somebody who is blocked is refused, moves no money and can be appealed", async (t) => {
  const world = await openWorld(t, { seed: 112 });
  const reseller = await createReseller(world, { saldoIdr: 50_000n });
  await world.db
    .insertInto("risk_blocks")
    .values({
      id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a",
      kind: "game_account",
      value: "ml:123456789:2001",
      reason: "stolen money was spent on it",
      blocked_at: world.clock.now(),
    })
    .execute();
  const quote = await reseller.quotes("ML_86");
  const refused = await reseller.places(quote.id, "key-1");
  assert.deepEqual([refused.status, refused.code], [403, "order.blocked"]);
  assert.equal((await reseller.places(quote.id, "key-1")).text, refused.text);
  const [order] = (await reseller.call<Order[]>("GET", "/orders")).data;
  assert.deepEqual([order?.state, order?.paid], ["blocked", 0]);
  assert.match(refused.text, new RegExp(`${order?.code}`), "the number to appeal with");
  assert.equal(await reseller.saldo(), 50_000);
  assert.equal(await world.available("ML_86"), 100);
  const decision = await world.db.selectFrom("risk_decisions").selectAll().executeTakeFirst();
  assert.equal(decision?.decision, "block");
  const other = await reseller.orders("ML_86", "saldo", {
    user_id: "223456789",
    server_id: "2001",
  });
  assert.equal(other.state, "paid");
});

test("200 orders at once on a saldo for ten: exactly ten are placed", async (t) => {
  const world = await openWorld(t, { seed: 111 });
  const rounds = scale({ short: 3, long: 20 });
  for (let round = 0; round < rounds; round++) {
    const reseller = await createReseller(world, { saldoIdr: 100_000n });
    const quotes = await reseller.quotesMany("FF_70", 200);
    const answers = await Promise.all(quotes.map((id) => reseller.places(id)));
    const placed = answers.filter((answer) => answer.status === 201);
    const refused = answers.filter((answer) => answer.code === "saldo.insufficient");
    assert.deepEqual([placed.length, refused.length], [10, 190], `round ${round}`);
    assert.equal(await reseller.saldo(), 0);
    await world.advance({ seconds: 5 });
  }
  await world.booksBalance();
});
