/** Pay: what money does to an order, in time, late or a second time. */
import { keepReservation, releaseReservation } from "../inventory/stock.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import { findPayment, paymentsOfOrder } from "../payments/find.ts";
import { openNextPayment } from "../payments/open.ts";
import { maxAttempts } from "../payments/payment.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { changeState, type StateDeps } from "./change-state.ts";
import { refundToSaldo } from "./refund.ts";
import { lockOrder, setPaidBy } from "./repository.ts";

type Deps = StateDeps & { ids: Ids };

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
    const order = await lockOrder(tx, payment.order_id);
    if (order.paid_payment_id === payment.id) return;
    const actor = `gateway:${payment.gateway}`;
    switch (order.state) {
      case "awaiting_payment":
        await setPaidBy(tx, order.id, payment.id);
        await keepReservation(tx, order.id);
        await changeState(tx, deps, order, "paid", { actor, reason: "payment confirmed" });
        await enqueue(tx, deps, {
          name: "orders.fulfil",
          key: order.id,
          payload: { orderId: order.id },
        });
        return;
      case "expired":
      case "cancelled": {
        await setPaidBy(tx, order.id, payment.id);
        const reason = order.state === "expired" ? "paid after expiry" : "paid after cancellation";
        const refunding = await changeState(tx, deps, order, "refunding", { actor, reason });
        await refundToSaldo(tx, deps, refunding, reason);
        return;
      }
      default:
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
        await deps.publish(tx, { name: "order.changed", orderId: order.id });
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
    const replaceable = last.failure === null || last.failure === "not_found";
    if (replaceable && last.attempt < maxAttempts && deps.clock.now() < order.pay_by) {
      return openNextPayment(tx, deps, last);
    }
    await releaseReservation(tx, deps, { orderId: order.id, actor: "system" });
    const reason = `payment could not be opened: ${last.failure ?? "answer lost"}`;
    await changeState(tx, deps, order, "cancelled", { actor: "system", reason });
  });
}
