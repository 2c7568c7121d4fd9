import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { saldoOf } from "./chart.ts";
import { endHold, holdSaldo } from "./hold.ts";
import { post, saldo } from "./transfer.ts";

const buyer = "00000000-0000-7000-8000-000000000001";
const orderId = "00000000-0000-7000-8000-00000000000a";
const otherOrderId = "00000000-0000-7000-8000-00000000000b";

/** A buyer with Rp 30.000. */
async function openSaldo(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 8, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const deps = { clock, ids: createIds(clock, createSeededRandom(1)) };
  const event = { key: "in", reason: "test", amountIdr: 30_000n };
  await inTransaction(db, (tx) =>
    post(tx, deps, [{ ...event, debit: "gateway:midtrans", credit: saldoOf(buyer) }]),
  );
  return {
    db,
    saldo: () => saldo(db, buyer),
    holds: (order: string, amountIdr: bigint) =>
      inTransaction(db, (tx) =>
        holdSaldo(tx, deps, { orderId: order, customerId: buyer, amountIdr }),
      ),
    ends: (ending: "consumed" | "released") =>
      inTransaction(db, (tx) => endHold(tx, deps, { orderId, ending })),
    spends: (amountIdr: bigint) =>
      inTransaction(db, (tx) =>
        post(tx, deps, [
          {
            debit: saldoOf(buyer),
            credit: "escrow",
            amountIdr,
            key: `out:${amountIdr}`,
            reason: "",
          },
        ]),
      ),
  };
}

test("what is held cannot be spent or held again, and is there again when released", async (t) => {
  const till = await openSaldo(t);
  assert.equal(await till.holds(orderId, 20_000n), true);
  assert.equal(await till.saldo(), 10_000n);
  assert.equal(await till.holds(otherOrderId, 10_001n), false);
  await assert.rejects(till.spends(10_001n), /balances_still_hold/);
  assert.equal(await till.ends("released"), true);
  assert.equal(await till.saldo(), 30_000n);
  await till.spends(30_000n);
  assert.equal(await till.saldo(), 0n);
});

test("an order holds once and its hold ends once, however often and at once it is said", async (t) => {
  const till = await openSaldo(t);
  const eight = Array.from({ length: 8 });
  const held = await Promise.all(eight.map(() => till.holds(orderId, 8_000n)));
  assert.deepEqual(new Set(held), new Set([true]));
  assert.equal(await till.saldo(), 22_000n);
  const ended = await Promise.all(
    eight.map((_, index) => till.ends(index % 2 === 0 ? "consumed" : "released")),
  );
  assert.equal(ended.filter((one) => one).length, 1);
  assert.equal(await till.saldo(), 30_000n);
  assert.equal(await till.holds(orderId, 8_000n), false, "what has ended is not held any more");
  assert.equal(await till.saldo(), 30_000n);
});

test("of two orders that would hold the same saldo at once, one can", async (t) => {
  const till = await openSaldo(t);
  const held = await Promise.all([till.holds(orderId, 20_000n), till.holds(otherOrderId, 20_000n)]);
  assert.deepEqual(held.sort(), [false, true]);
  assert.equal(await till.saldo(), 10_000n);
});

test("a hold is not another one's, and nothing about it is changed by hand", async (t) => {
  const till = await openSaldo(t);
  await till.holds(orderId, 20_000n);
  await assert.rejects(till.holds(orderId, 1n), /holds 20000 of customer:/);
  await assert.rejects(till.holds(otherOrderId, 0n), /holds_amount_check/);
  for (const statement of [
    sql`update holds set amount = 1`,
    sql`update holds set ledger_account = 'customer:x'`,
    sql`delete from holds`,
  ]) {
    await assert.rejects(statement.execute(till.db), /a hold ends once/);
  }
  await till.ends("consumed");
  await assert.rejects(
    sql`update holds set state = 'held', ended_at = null`.execute(till.db),
    /a hold ends once/,
  );
  assert.equal(await till.saldo(), 30_000n);
});
