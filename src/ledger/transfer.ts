/** Transfers: the only way money moves. */
import assert from "node:assert/strict";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { balanceOf, isLedgerAccount, type LedgerAccount, saldoOf } from "./chart.ts";
import {
  findBalance,
  insertTransfers,
  selectBetween,
  selectByKeys,
  sumSides,
  sumSidesOf,
} from "./repository.ts";

export interface Transfer {
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amountIdr: bigint;
  /** Names the event, e.g. `delivery:<order id>`: an event is posted once, however often it comes. */
  readonly key: string;
  readonly reason: string;
  readonly orderId?: string;
}

export interface Posted extends Transfer {
  readonly postedAt: Date;
}

/** Posts transfers in the caller's transaction. Ones posted before are left out. */
export async function post(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  transfers: readonly Transfer[],
): Promise<void> {
  const rows = transfers.map((transfer) => ({
    id: deps.ids.uuid(),
    debit_account: transfer.debit,
    credit_account: transfer.credit,
    // JSON numbers end at 2^53; the function reads the digits.
    amount: transfer.amountIdr.toString(),
    key: transfer.key,
    reason: transfer.reason,
    order_id: transfer.orderId ?? null,
  }));
  await insertTransfers(tx, rows, deps.clock.now());
}

/** The transfers of these keys that are posted, oldest first, and when. */
export async function findPosted(db: Db, keys: readonly string[]): Promise<readonly Posted[]> {
  return (await selectByKeys(db, keys)).map(asPosted);
}

/** What was posted from one account to another since an instant, oldest first. */
export async function findBetween(
  db: Db,
  what: { debit: LedgerAccount; credit: LedgerAccount; since: Date },
): Promise<readonly Posted[]> {
  return (await selectBetween(db, what)).map(asPosted);
}

function asPosted(row: Awaited<ReturnType<typeof selectByKeys>>[number]): Posted {
  const { debit_account: debit, credit_account: credit } = row;
  assert.ok(isLedgerAccount(debit) && isLedgerAccount(credit));
  const { amount: amountIdr, key, reason, posted_at: postedAt } = row;
  const ofOrder = row.order_id === null ? {} : { orderId: row.order_id };
  return { debit, credit, amountIdr, key, reason, postedAt, ...ofOrder };
}

/** What some ledger accounts hold, in rupiah, computed from their transfers alone. */
export async function holdings(
  db: Db,
  ledgerAccounts: readonly LedgerAccount[],
): Promise<ReadonlyMap<LedgerAccount, bigint>> {
  const rows = await sumSidesOf(db, ledgerAccounts);
  return new Map(
    ledgerAccounts.map((name) => {
      const row = rows.find((one) => one.ledger_account === name);
      return [name, balanceOf(name, row?.debits ?? 0n, row?.credits ?? 0n)];
    }),
  );
}

/** What a customer has, and what of it is held for orders that await verification, in rupiah. */
export async function standing(
  db: Db,
  customerId: string,
): Promise<{ postedIdr: bigint; heldIdr: bigint }> {
  return (await findBalance(db, saldoOf(customerId))) ?? { postedIdr: 0n, heldIdr: 0n };
}

/** What a customer can spend, in rupiah: what is posted less what is held. */
export async function saldo(db: Db, customerId: string): Promise<bigint> {
  const { postedIdr, heldIdr } = await standing(db, customerId);
  return postedIdr - heldIdr;
}

/** What every ledger account holds, in rupiah, computed from the transfers alone. */
export async function trialBalance(db: Db): Promise<Map<string, bigint>> {
  const rows = await sumSides(db);
  return new Map(
    rows.map((row) => [row.ledger_account, balanceOf(row.ledger_account, row.debits, row.credits)]),
  );
}
