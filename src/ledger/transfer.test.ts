/** The rules of the ledger, against the database that holds it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { cleanUp, cloneDatabase, scale } from "../../test/database.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction, openDatabase } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { type LedgerAccount, saldoOf } from "./chart.ts";
import { post, saldo, type Transfer, trialBalance } from "./transfer.ts";

const buyer = "00000000-0000-7000-8000-000000000001";
const other = "00000000-0000-7000-8000-000000000002";

async function openLedger(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
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

const accounts = [saldoOf(buyer), saldoOf(other), "escrow", "sales", "gateway:midtrans"] as const;
const batch = fc.array(
  fc.record({
    debit: fc.constantFrom(...accounts),
    credit: fc.constantFrom(...accounts),
    amountIdr: fc.bigInt({ min: 1n, max: 50_000n }),
    // Few keys, so that events come again.
    key: fc.integer({ min: 0, max: 3_000 }).map((number) => `event:${number}`),
  }),
  { minLength: 1, maxLength: 6 },
);

test("whatever is posted, the books are those of a simple model", async (t) => {
  const ledger = await openLedger(t);
  const seeded = await trialBalance(ledger.db);
  const posted = new Set<string>();
  const sides = new Map<LedgerAccount, bigint>(accounts.map((name) => [name, 0n]));
  const size = scale({ short: 600, long: 6_000 });
  const batches = fc.sample(batch, { numRuns: size, seed: 20_261_123 });
  let refused = 0;
  for (const moves of batches) {
    const transfers = moves.map((move) => ({ ...move, reason: "model" }));
    const next = new Map(sides);
    const keys = new Set<string>();
    for (const { debit, credit, amountIdr, key } of transfers) {
      if (posted.has(key) || keys.has(key)) continue;
      keys.add(key);
      next.set(debit, (next.get(debit) ?? 0n) - amountIdr);
      next.set(credit, (next.get(credit) ?? 0n) + amountIdr);
    }
    // A row's own check is asked before its key, so a bad repeat is refused as well.
    const selfish = transfers.some(({ debit, credit }) => debit === credit);
    const broke = [buyer, other].some((customer) => (next.get(saldoOf(customer)) ?? 0n) < 0n);
    if (selfish || broke) {
      await assert.rejects(ledger.postAll(transfers), /violates check constraint/);
      refused += 1;
      continue;
    }
    await ledger.postAll(transfers);
    for (const key of keys) posted.add(key);
    for (const [name, amount] of next) sides.set(name, amount);
  }
  assert.ok(refused > size / 10 && posted.size > size / 10, "the model saw both ways");

  const books = await trialBalance(ledger.db);
  const grown = (name: string) => (books.get(name) ?? 0n) - (seeded.get(name) ?? 0n);
  for (const [name, amount] of sides) {
    // The gateway is an asset: it grows by debits.
    assert.equal(grown(name), name === "gateway:midtrans" ? -amount : amount, name);
  }
  for (const customer of [buyer, other]) {
    assert.equal(await saldo(ledger.db, customer), sides.get(saldoOf(customer)));
  }
});
