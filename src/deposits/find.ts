/** Find: deposits as they are shown. */
import { paymentsFor } from "../payments/find.ts";
import { isPaid, type Payment } from "../payments/payment.ts";
import { readCursor, writeCursor } from "../platform/cursor.ts";
import type { Db } from "../platform/db.ts";
import { readCode } from "../platform/ids.ts";
import { Refusal } from "../platform/refusal.ts";
import { type Deposit, type DepositState, pageLifeMs } from "./deposit.ts";
import { selectDepositBy, selectDepositsOfCustomer, selectEvents } from "./repository.ts";

export interface DepositView {
  readonly deposit: Deposit;
  /** The first that brought money, else the newest attempt. */
  readonly payment: Payment | undefined;
  /** What all its payments brought: it is in the saldo. */
  readonly cameIdr: bigint;
  readonly events: readonly { state: DepositState; reason: string; at: Date }[];
}

/** A customer's own deposit by its code. Refuses one that is unknown or somebody else's. */
export async function viewOwnDeposit(
  db: Db,
  input: { depositCode: string; customerId: string },
): Promise<DepositView> {
  const deposit = await selectDepositBy(db, "code", input.depositCode);
  if (deposit?.customer_id !== input.customerId) throw new Refusal("deposit.unknown");
  return view(db, deposit);
}

/** A deposit by its code as somebody typed it; undefined when there is none. */
export async function findDeposit(
  db: Db,
  input: { depositCode: string },
): Promise<Deposit | undefined> {
  return selectDepositBy(db, "code", readCode(input.depositCode));
}

/** Everything a card shows of a deposit. Throws when there is none: ids come from our own rows. */
export async function viewDeposit(db: Db, depositId: string): Promise<DepositView> {
  const deposit = await selectDepositBy(db, "id", depositId);
  if (deposit === undefined) throw new Error(`there is no deposit ${depositId}`);
  return view(db, deposit);
}

/** A deposit by the token of its page, which opens it for 30 days; undefined when there is none. */
export async function viewDepositByToken(
  db: Db,
  input: { pageToken: string; now: Date },
): Promise<DepositView | undefined> {
  const deposit = await selectDepositBy(db, "page_token", input.pageToken);
  if (deposit === undefined) return undefined;
  const ageMs = input.now.getTime() - deposit.opened_at.getTime();
  return ageMs > pageLifeMs ? undefined : view(db, deposit);
}

async function view(db: Db, deposit: Deposit): Promise<DepositView> {
  const payments = await paymentsFor(db, { depositId: deposit.id });
  return {
    deposit,
    payment: payments.find(isPaid) ?? payments.at(-1),
    cameIdr: payments.reduce((sum, payment) => sum + (payment.paid_amount ?? 0n), 0n),
    events: await selectEvents(db, deposit.id),
  };
}

/**
 * A customer's deposits, newest first, a page at a time: `next` is the cursor of the page after, null
 * at the end. Refuses a cursor that is none.
 */
export async function listDeposits(
  db: Db,
  input: {
    customerId: string;
    limit: number;
    state?: DepositState | undefined;
    cursor?: string | undefined;
  },
): Promise<{ deposits: DepositView[]; next: string | null }> {
  const { cursor, ...wanted } = input;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const rows = await selectDepositsOfCustomer(db, { ...wanted, after, limit: input.limit + 1 });
  const deposits = rows.slice(0, input.limit);
  const last = rows.length > deposits.length ? deposits.at(-1) : undefined;
  return {
    deposits: await Promise.all(deposits.map((deposit) => view(db, deposit))),
    next: last === undefined ? null : writeCursor({ at: last.opened_at, id: last.id }),
  };
}
