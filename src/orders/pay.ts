/** Pay: what money does to an order, in time, late or a second time. */
import assert from "node:assert/strict";
import { keepReservation, releaseReservation } from "../inventory/stock.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import { findPayment, paymentsOfOrder } from "../payments/find.ts";
import { openNextPayment } from "../payments/open.ts";
import { maxAttempts } from "../payments/payment.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { changeState, noteEvent, type StateDeps } from "./change-state.ts";
import { secondPaymentReason } from "./order.ts";
import { refundToSaldo } from "./refund.ts";
import { hasEvent, lockOrder, setPaidBy } from "./repository.ts";

type Deps = StateDeps & { ids: Ids };

// Nobody can pay a QR that is gone before the phone is in hand.
const shortestPaymentMs = 2 * 60_000;

/**
 * Job `orders.applyPayment`. The payment's money is in escrow already. In time it pays the order;
 * after expiry or cancellation it goes to the buyer's saldo; a second payment does so too.
 */
export async function applyPayment(
  db: Database,
  deps: Deps,
  input: { paymentId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const payment = await findPayment(tx, input.paymentId);
    assert.equal(payment.state, "paid");
    const order = await lockOrder(tx, payment.order_id);
    if (order.paid_payment_id === payment.id) return;
    const actor = `gateway:${payment.gateway}`;
    switch (order.state) {
      case "awaiting_payment":
        await setPaidBy(tx, order, payment.id);
        await keepReservation(tx, order.id);
        await changeState(tx, deps, order, "paid", { actor, reason: "payment confirmed" });
        for (const name of ["orders.fulfil", "payments.closeOthers"]) {
          await enqueue(tx, deps, { name, key: order.id, payload: { orderId: order.id } });
        }
        return;
      case "expired":
      case "cancelled": {
        await setPaidBy(tx, order, payment.id);
        const reason = order.state === "expired" ? "paid after expiry" : "paid after cancellation";
        const refunding = await changeState(tx, deps, order, "refunding", { actor, reason });
        await refundToSaldo(tx, deps, refunding, reason);
        return;
      }
      default:
        // Applied before: the money of a payment goes to the saldo once.
        if (await hasEvent(tx, order.id, secondPaymentReason(payment.ref))) return;
        await post(tx, deps, [
          {
            debit: "escrow",
            credit: saldoOf(order.customer_id),
            amountIdr: payment.amount,
            key: `second_payment:${payment.id}`,
            reason: "second payment of an order",
            orderId: order.id,
          },
        ]);
        await noteEvent(tx, deps, order, { actor, reason: secondPaymentReason(payment.ref) });
    }
  });
}

/**
 * Job `orders.replacePayment`: a payment closed without money while the order still waits. An
 * attempt that was lost on the way is replaced; one that the gateway refused ends the order.
 */
export async function replacePayment(
  db: Database,
  deps: Deps,
  input: { orderId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, input.orderId);
    if (order.state !== "awaiting_payment") return;
    const last = (await paymentsOfOrder(tx, order.id)).at(-1);
    const neverShown = last !== undefined && last.gateway_ref === null;
    // A QR that the buyer saw and let lapse ends with the order, at its own time.
    if (!neverShown || !["failed", "cancelled", "expired"].includes(last.state)) return;
    const replaceable = [null, "not_found", "not_sent"].includes(last.failure);
    const leftMs = order.pay_by.getTime() - deps.clock.now().getTime();
    if (replaceable && last.attempt < maxAttempts && leftMs >= shortestPaymentMs) {
      return openNextPayment(tx, deps, last, order.pay_by);
    }
    await releaseReservation(tx, deps, { orderId: order.id, actor: "system" });
    const reason = `payment could not be opened: ${last.failure ?? "answer lost"}`;
    await changeState(tx, deps, order, "cancelled", { actor: "system", reason });
  });
}
