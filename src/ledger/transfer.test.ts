/** The rules of the ledger, against the database that holds it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { type LedgerAccount, saldoOf } from "./chart.ts";
import { rollUp } from "./roll-up.ts";
import { post, saldo, type Transfer, trialBalance } from "./transfer.ts";

const buyer = "00000000-0000-7000-8000-000000000001";
const other = "00000000-0000-7000-8000-000000000002";

async function openLedger(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 12, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const deps = { clock, ids: createIds(clock, createSeededRandom(1)) };
  const postAll = (transfers: readonly Transfer[]) =>
    inTransaction(db, (tx) => post(tx, deps, transfers));
  return {
    db,
    postAll,
    gives: (customer: string, amountIdr: bigint, key: string) =>
      postAll([transfer("gateway:midtrans", saldoOf(customer), amountIdr, key)]),
    spends: (customer: string, amountIdr: bigint, key: string) =>
      postAll([transfer(saldoOf(customer), "escrow", amountIdr, key)]),
    insert: (debit: string, credit: string, amount: bigint) =>
      db
        .insertInto("transfers")
        .values({
          id: deps.ids.uuid(),
          debit_account: debit,
          credit_account: credit,
          amount,
          key: `raw:${debit}:${credit}:${amount}`,
          reason: "test",
          posted_at: clock.now(),
        })
        .execute(),
  };
}

function transfer(
  debit: LedgerAccount,
  credit: LedgerAccount,
  amountIdr: bigint,
  key: string,
): Transfer {
  return { debit, credit, amountIdr, key, reason: "test" };
}

test("an event is posted once, however often and together with whatever it comes", async (t) => {
  const ledger = await openLedger(t);
  await ledger.gives(buyer, 20_000n, "payment:1");
  await ledger.gives(buyer, 20_000n, "payment:1");
  await ledger.postAll([
    transfer("gateway:midtrans", saldoOf(buyer), 20_000n, "payment:1"),
    transfer("gateway:midtrans", saldoOf(buyer), 5_000n, "payment:2"),
    transfer("gateway:midtrans", saldoOf(buyer), 5_000n, "payment:2"),
  ]);
  await Promise.all(
    Array.from({ length: 8 }, () => ledger.gives(buyer, 1_000n, "payment:at_once")),
  );
  assert.equal(await saldo(ledger.db, buyer), 26_000n);
  assert.equal((await trialBalance(ledger.db)).get(saldoOf(buyer)), 26_000n);
});

test("a customer nobody paid has a saldo of nothing", async (t) => {
  const ledger = await openLedger(t);
  assert.equal(await saldo(ledger.db, other), 0n);
});

test("saldo never goes below zero, and what was refused leaves nothing behind", async (t) => {
  const ledger = await openLedger(t);
  await ledger.gives(buyer, 10_000n, "in");
  await assert.rejects(ledger.spends(buyer, 10_001n, "out"), /balances_posted_check/);
  assert.equal(await saldo(ledger.db, buyer), 10_000n);
  assert.equal((await trialBalance(ledger.db)).get("escrow"), undefined);
  await ledger.spends(buyer, 10_000n, "out");
  assert.equal(await saldo(ledger.db, buyer), 0n);
});

test("of two who spend the same saldo at once, one can", async (t) => {
  const ledger = await openLedger(t);
  await ledger.gives(buyer, 30_000n, "in");
  const tries = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => ledger.spends(buyer, 10_000n, `out:${index}`)),
  );
  assert.equal(tries.filter((one) => one.status === "fulfilled").length, 3);
  assert.equal(await saldo(ledger.db, buyer), 0n);
  assert.equal((await trialBalance(ledger.db)).get("escrow"), 30_000n);
});

test("transfers that cross never wait for each other in a circle", async (t) => {
  const ledger = await openLedger(t);
  await ledger.gives(buyer, 100_000n, "in:1");
  await ledger.gives(other, 100_000n, "in:2");
  const [one, two] = [saldoOf(buyer), saldoOf(other)];
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      ledger.postAll(
        index % 2 === 0
          ? [transfer(one, two, 100n, `to:${index}`)]
          : [transfer(two, one, 100n, `fro:${index}`), transfer(one, "escrow", 1n, `e:${index}`)],
      ),
    ),
  );
  assert.equal(await saldo(ledger.db, buyer), 99_980n);
  assert.equal(await saldo(ledger.db, other), 100_000n);
});

test("the same events posted at once in any order never wait for each other in a circle", async (t) => {
  const ledger = await openLedger(t);
  const events = Array.from({ length: 3_000 }, (_, index) =>
    transfer("gateway:midtrans", "escrow", 1n, `event:${index}`),
  );
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      ledger.postAll(index % 2 === 0 ? events : events.toReversed()),
    ),
  );
  assert.equal((await trialBalance(ledger.db)).get("escrow"), 3_000n);
});

test("what was posted is never changed, removed or emptied away", async (t) => {
  const ledger = await openLedger(t);
  const { db } = ledger;
  const before = await db.selectFrom("transfers").selectAll().orderBy("id").execute();
  assert.notEqual(before.length, 0);
  for (const statement of [
    sql`update transfers set amount = amount + 1`,
    sql`delete from transfers`,
    sql`truncate transfers`,
  ]) {
    await assert.rejects(statement.execute(db), /transfers rows are never changed or removed/);
  }
  assert.deepEqual(await db.selectFrom("transfers").selectAll().orderBy("id").execute(), before);
});

test("a server that counts its transactions from before the last roll-up rolls nothing up, and says why", async (t) => {
  const { db, gives } = await openLedger(t);
  const roll = () => inTransaction(db, rollUp, "repeatable read");
  await gives(buyer, 100n, "a");
  await roll();
  const rolledUp = () => sql`select * from ledger_rollups order by 1`.execute(db);
  const before = (await rolledUp()).rows;
  // What a dump brings along from a server that had counted much further.
  await sql`update ledger_rolled_up set before_tx = '4000000000'`.execute(db);
  await assert.rejects(roll(), /was restored from a dump into a new server \(docs\/live\.md/);
  assert.deepEqual((await rolledUp()).rows, before);
});

test("a transfer takes from one and gives to another, and moves something", async (t) => {
  const ledger = await openLedger(t);
  await assert.rejects(ledger.insert("bank", "capital", 0n), /transfers_amount_check/);
  await assert.rejects(ledger.insert("bank", "capital", -5n), /transfers_amount_check/);
  await assert.rejects(ledger.insert("bank", "bank", 5n), /violates check constraint/);
  await assert.rejects(
    ledger.postAll([transfer("escrow", "escrow", 5n, "self")]),
    /violates check constraint/,
  );
});

test("rupiah beyond what JSON numbers hold are kept to the last one", async (t) => {
  const ledger = await openLedger(t);
  const amount = 9_007_199_254_740_993n;
  await ledger.gives(buyer, amount, "in");
  assert.equal(await saldo(ledger.db, buyer), amount);
});

test("an account that is not in the chart is refused with all that came with it", async (t) => {
  const ledger = await openLedger(t);
  for (const [debit, credit] of [
    ["tips", "bank"],
    ["bank", "Escrow"],
    ["gateway", "escrow"],
    ["gateway:", "escrow"],
    ["bank", "customer:somebody"],
    ["escrow:1", "bank"],
  ]) {
    const strange = transfer(debit as LedgerAccount, credit as LedgerAccount, 5n, "strange");
    await assert.rejects(
      ledger.postAll([transfer("bank", "capital", 7n, "fine"), strange]),
      /ledger_account_is_in_chart/,
      `${debit} → ${credit}`,
    );
  }
  assert.equal((await trialBalance(ledger.db)).get("capital"), 10_000_000n, "only the seed's");
});
