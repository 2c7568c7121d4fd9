/** Books that contradict themselves: nothing more is bought, and nothing else happens, until a person says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { cleanUp } from "../database.ts";
import { konter } from "../konter.ts";
import { openWorld } from "../world.ts";

const account = { id: "123456789", server: "2001" };

test("a breach of the books stops fulfilment and calls a person; money waits, and goes on when they say so", async (t) => {
  const atEnd = cleanUp(t); // before the world's own, which ends its database
  const world = await openWorld(t, { seed: 91 });
  const { buyer } = world;
  const hand = new pg.Client({ connectionString: world.databaseUrl });
  await hand.connect();
  atEnd(() => hand.end());
  const kinds = async () => {
    const items = await world.db.selectFrom("desk_items").select(["kind", "subject"]).execute();
    return items.filter((item) => item.kind === "books_broken").map((item) => item.subject);
  };
  // The first minute's proof is of everything.
  await world.advance({ minutes: 1 });
  assert.deepEqual(await kinds(), []);

  await buyer.orders("ML_86", account);
  await world.midtrans.isPaid();
  await world.advance({ seconds: 10 });
  await world.advance({ seconds: 5 });
  assert.match(await buyer.reads(), /Terkirim/);
  await hand.query("set session_replication_role = replica");
  await hand.query(
    "update transfers set amount = amount - 1 where key = (select 'delivery:' || id from orders)",
  );
  await untilChecked(world);
  const [subject, ...others] = await kinds();
  assert.match(subject ?? "", /^escrow holds the price .*: \w{10} delivered$/);
  assert.deepEqual(others, []);

  const settings = { DATABASE_URL: world.databaseUrl };
  const listed = await konter(["supplier", "list"], settings);
  assert.match(
    listed.stdout,
    /paused since .* by system until `konter supplier resume`: the books are broken/,
  );
  const ran = await konter(["desk", "list"], settings);
  assert.match(ran.stdout, /books_broken: the books contradict themselves/);

  const reason = ["--reason", "looked into it"];
  const resumed = await konter(["supplier", "resume", "digiflazz", ...reason], settings);
  assert.equal(resumed.stdout, "digiflazz is bought from again.\n");
  await world.db
    .updateTable("recurring_jobs")
    .set({ next_run_at: world.clock.now() })
    .where("name", "=", "books.prove")
    .execute();
  await world.advance({ minutes: 2 });
  const again = await konter(["supplier", "list"], settings);
  assert.match(
    again.stdout,
    /digiflazz: bought from/,
    "what a person has seen stops nothing again",
  );
});

test("what is paid while the books are broken waits, longer than for any other pause, and is delivered after", async (t) => {
  const world = await openWorld(t, { seed: 92 });
  const { buyer } = world;
  await buyer.orders("ML_86", account);
  await world.db
    .insertInto("supplier_pauses")
    .values({
      supplier: "digiflazz",
      cause: "books",
      reason: "the books are broken: a test",
      paused_by: "system",
      paused_at: world.clock.now(),
    })
    .execute();
  await world.midtrans.isPaid();
  for (let minute = 0; minute < 15; minute++) await world.advance({ minutes: 1 });
  assert.deepEqual(await world.digiflazz.purchases(), []);
  const { state } = await world.db.selectFrom("orders").select("state").executeTakeFirstOrThrow();
  assert.equal(state, "fulfilling", "not refunded either");
  const settings = { DATABASE_URL: world.databaseUrl };
  await konter(["supplier", "resume", "digiflazz", "--reason", "mended"], settings);
  await world.advance({ minutes: 1 });
  await world.advance({ seconds: 5 });
  assert.match(await buyer.reads(), /Terkirim/);
  await world.booksBalance();
});

/** The minute's proof reads what no open transaction can add to, in any database of the server. */
async function untilChecked(world: Awaited<ReturnType<typeof openWorld>>): Promise<void> {
  for (let look = 0; look < 200; look++) {
    await world.advance({ minutes: 1 });
    const item = await world.db
      .selectFrom("desk_items")
      .select("id")
      .where("kind", "=", "books_broken")
      .executeTakeFirst();
    if (item !== undefined) return;
    await delay(50);
  }
  assert.fail("the breach was found in time");
}

test("of many breaches each new one stops the shop, and one that a person has seen does not, though totals go on", async (t) => {
  const atEnd = cleanUp(t);
  const world = await openWorld(t, { seed: 94 });
  const hand = new pg.Client({ connectionString: world.databaseUrl });
  await hand.connect();
  atEnd(() => hand.end());
  await world.advance({ minutes: 1 });
  const add = (names: readonly number[]) =>
    hand.query(
      `insert into balances (ledger_account, posted, held)
       select 'customer:00000000-0000-7000-8000-00000000000' || name, 5, 0 from unnest($1::int[]) name`,
      [names],
    );
  const isPausedAfterTheNight = async () => {
    await world.db
      .updateTable("recurring_jobs")
      .set({ next_run_at: world.clock.now() })
      .where("name", "=", "books.prove")
      .execute();
    await world.advance({ minutes: 1 });
    const ended = { ended_at: world.clock.now(), ended_by: "operator" };
    const { numUpdatedRows } = await world.db
      .updateTable("supplier_pauses")
      .set(ended)
      .where("ended_at", "is", null)
      .executeTakeFirstOrThrow();
    const closed = { closed_at: world.clock.now(), closed_by: "operator", resolution: "seen" };
    await world.db.updateTable("desk_items").set(closed).where("closed_at", "is", null).execute();
    return numUpdatedRows > 0n;
  };
  await add([1, 2, 3, 4, 5, 6, 7]);
  assert.equal(await isPausedAfterTheNight(), true);
  assert.equal(await isPausedAfterTheNight(), false, "seen");
  await add([8]);
  assert.equal(await isPausedAfterTheNight(), true, "an eighth, of which five are shown");
  // More money for one whose saldo is wrong: as wrong as before.
  await hand.query(`
    insert into transfers (id, debit_account, credit_account, amount, key, reason, posted_at)
    values (gen_random_uuid(), 'bank', 'customer:00000000-0000-7000-8000-000000000001', 100, 'more', 'test', now());
    update balances set posted = posted + 100 where ledger_account like '%1'`);
  assert.equal(await isPausedAfterTheNight(), false, "as wrong as before");
});
