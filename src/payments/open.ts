/** Open: another attempt to collect what is owed, in the caller's transaction. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import {
  chargeWithinMs,
  maxAttempts,
  type PaidFor,
  type Payment,
  paymentLifeMs,
} from "./payment.ts";
import { callOpen, selectPaymentsFor } from "./repository.ts";

type Deps = { clock: Clock; ids: Ids };

// Nobody can pay a QR that is gone before the phone is in hand.
const shortestPaymentMs = 2 * 60_000;

/** The times of a payment opened now: paid by `expiresAt`, charged by `sendBy`. */
export function paymentTimes(now: Date): { sendBy: Date; expiresAt: Date } {
  return {
    sendBy: new Date(now.getTime() + chargeWithinMs),
    expiresAt: new Date(now.getTime() + paymentLifeMs),
  };
}

/** Opens the first attempt to collect a deposit, payable until `payBy`. */
export async function openDepositPayment(
  tx: Tx,
  deps: Deps,
  input: {
    depositId: string;
    customerId: string;
    gateway: string;
    method: string;
    amountIdr: bigint;
    payBy: Date;
    returnPath: string;
  },
): Promise<void> {
  const first = {
    order_id: null,
    deposit_id: input.depositId,
    customer_id: input.customerId,
    gateway: input.gateway,
    method: input.method,
    amount: input.amountIdr,
    attempt: 1,
    return_path: input.returnPath,
  };
  await open(tx, deps, first, input.payBy);
}

export type Replaced =
  | { readonly outcome: "replaced" }
  /** The buyer saw a QR and let it lapse, or money is being looked into: it ends at its own time. */
  | { readonly outcome: "waits" }
  | { readonly outcome: "given_up"; readonly why: string };

/**
 * What follows when a payment closed without money while a locked order or deposit still waits for
 * some until `payBy`. An attempt that was lost on the way is replaced, with a new reference: an old
 * one is burnt. What the gateway refused, or lost too often, is given up.
 */
export async function replaceClosed(
  tx: Tx,
  deps: Deps,
  what: PaidFor,
  payBy: Date,
): Promise<Replaced> {
  const last = (await selectPaymentsFor(tx, what)).at(-1);
  const neverShown = last !== undefined && last.gateway_ref === null;
  if (!neverShown || !["failed", "cancelled", "expired"].includes(last.state)) {
    return { outcome: "waits" };
  }
  const replaceable = [null, "not_found", "not_sent"].includes(last.failure);
  const leftMs = payBy.getTime() - deps.clock.now().getTime();
  if (!replaceable || last.attempt >= maxAttempts || leftMs < shortestPaymentMs) {
    return { outcome: "given_up", why: last.failure ?? "answer lost" };
  }
  await open(tx, deps, { ...last, attempt: last.attempt + 1 }, payBy);
  return { outcome: "replaced" };
}

type NewPayment = Pick<
  Payment,
  | "order_id"
  | "deposit_id"
  | "customer_id"
  | "gateway"
  | "method"
  | "amount"
  | "attempt"
  | "return_path"
>;

async function open(tx: Tx, deps: Deps, payment: NewPayment, payBy: Date): Promise<void> {
  const now = deps.clock.now();
  const { sendBy, expiresAt } = paymentTimes(now);
  await callOpen(
    tx,
    {
      id: deps.ids.uuid(),
      ref: deps.ids.ref("P"),
      order_id: payment.order_id,
      deposit_id: payment.deposit_id,
      customer_id: payment.customer_id,
      gateway: payment.gateway,
      method: payment.method,
      amount: payment.amount.toString(),
      attempt: payment.attempt,
      send_by: sendBy,
      expires_at: expiresAt < payBy ? expiresAt : payBy,
      return_path: payment.return_path,
    },
    now,
  );
}
