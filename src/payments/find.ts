/** Find: payments as other modules may read them. */
import type { Db } from "../platform/db.ts";
import { isOpen, type Payment, type Refund } from "./payment.ts";
import { selectPayment, selectPaymentsOfOrder, selectRefund } from "./repository.ts";

/** One payment. Throws when there is none: ids come from our own rows. */
export async function findPayment(db: Db, paymentId: string): Promise<Payment> {
  return selectPayment(db, paymentId);
}

/** One refund. Throws when there is none: ids come from our own rows. */
export async function findRefund(db: Db, refundId: string): Promise<Refund> {
  return selectRefund(db, refundId);
}

/** All attempts to collect an order's total, oldest first. */
export async function paymentsOfOrder(db: Db, orderId: string): Promise<Payment[]> {
  return selectPaymentsOfOrder(db, orderId);
}

/** True while money has come for an order or still may in the ordinary way. */
export async function mayBePaid(db: Db, orderId: string): Promise<boolean> {
  const payments = await selectPaymentsOfOrder(db, orderId);
  return payments.some((payment) => payment.state === "paid" || isOpen(payment));
}
