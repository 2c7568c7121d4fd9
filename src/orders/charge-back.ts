/** Charge back: the payer's side took an order's money back. Not delivered yet, it never will be. */
import assert from "node:assert/strict";
import { releaseReservation } from "../inventory/stock.ts";
import type { Transfer } from "../ledger/transfer.ts";
import { findPayment } from "../payments/find.ts";
import type { Payment } from "../payments/payment.ts";
import { type LiesAt, postTakenBack, takeBack } from "../payments/take-back.ts";
import type { Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import { changeState, noteEvent } from "./change-state.ts";
import { backAtSourceReason, shortReturnedReason } from "./notes.ts";
import { type Order, secondPaymentReason } from "./order.ts";
import { closeOrRefuse } from "./refund-order.ts";
import { addRefunded, hasEvent, lockOrder } from "./repository.ts";

export interface ChargeBackOrder {
  readonly paymentId: string;
  /** Absent: all that is left of the payment. */
  readonly amountIdr?: bigint;
  readonly actor: string;
  readonly reason: string;
  /** The person knows from the supplier itself that an open purchase was not delivered. */
  readonly saysPurchaseFailed: boolean;
}

/**
 * Posts what the payer's side took back of an order's payment, from where it lies: escrow, which ends the
 * order as refunded at its source; sales, which stay; or the buyer's saldo. Refuses while the purchase may
 * still deliver, while the order has not learnt of the money, and a part of what an order holds. Returns
 * the transfers.
 */
export async function chargeBackOrder(
  tx: Tx,
  deps: ReportDeps,
  input: ChargeBackOrder,
): Promise<readonly Transfer[]> {
  const { order_id: orderId } = await findPayment(tx, input.paymentId);
  assert.ok(orderId, "the payment of an order");
  const order = await lockOrder(tx, orderId);
  const { payment, amountIdr } = await takeBack(tx, input);
  const liesAt = await findMoney(tx, order, payment, amountIdr);
  if (liesAt.escrowIdr !== undefined && order.state === "fulfilling") {
    await closeOrRefuse(tx, deps, order, input);
  }
  const { reason } = input;
  const transfers = await postTakenBack(tx, deps, { payment, liesAt, reason });
  const what = `${formatRupiah(amountIdr)} of ${payment.ref} taken back by the payer's side`;
  const cause = { actor: input.actor, reason: `${what}: ${reason}` };
  if (liesAt.escrowIdr === undefined) await noteEvent(tx, deps, order, cause);
  else await end(tx, deps, order, liesAt.escrowIdr, cause);
  return transfers;
}

/** Where the money of a payment lies that is taken back. */
async function findMoney(
  tx: Tx,
  order: Order,
  payment: Payment,
  amountIdr: bigint,
): Promise<LiesAt> {
  if (payment.state === "short") {
    if (await hasEvent(tx, order.id, shortReturnedReason(payment.ref))) {
      return { saldoIdr: amountIdr };
    }
    if (amountIdr !== payment.paid_amount) throw notInPart(order);
    return { suspenseIdr: amountIdr };
  }
  if (order.paid_payment_id !== payment.id) {
    if (await hasEvent(tx, order.id, secondPaymentReason(payment.ref))) {
      return { saldoIdr: amountIdr };
    }
    throw new Refusal("chargeback.not_applied", { order: order.code });
  }
  const heldIdr = order.paid - order.refunded;
  switch (order.state) {
    case "paid":
    case "under_review":
    case "fulfilling":
    case "refunding":
      if (amountIdr < heldIdr) throw notInPart(order);
      // What came beyond the price is in the saldo.
      return { escrowIdr: heldIdr, saldoIdr: amountIdr - heldIdr };
    case "delivered": {
      const soldIdr = amountIdr < heldIdr ? amountIdr : heldIdr;
      return { soldIdr, saldoIdr: amountIdr - soldIdr };
    }
    case "refunded":
      return { saldoIdr: amountIdr };
    case "blocked":
    case "awaiting_verification":
    case "awaiting_payment":
    case "expired":
    case "cancelled":
      throw new Error(`order ${order.code} is ${order.state} and has been paid`);
    default:
      return order.state satisfies never;
  }
}

const notInPart = (order: Order) =>
  new Refusal("chargeback.not_in_part", { field: "amount", order: order.code });

/** All that the order held is with the payer again: as refunded to its source as it can be. */
async function end(
  tx: Tx,
  deps: ReportDeps,
  order: Order,
  heldIdr: bigint,
  cause: { actor: string; reason: string },
): Promise<void> {
  const refunding =
    order.state === "refunding" ? order : await changeState(tx, deps, order, "refunding", cause);
  await addRefunded(tx, order.id, heldIdr);
  await releaseReservation(tx, deps, { orderId: order.id, actor: cause.actor });
  const reason = backAtSourceReason;
  await changeState(tx, deps, refunding, "refunded", { actor: cause.actor, reason });
}
