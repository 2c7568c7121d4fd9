/** Find: payments as other modules may read them. */
import type { Db } from "../platform/db.ts";
import { isOpen, isPaid, type PaidFor, type Payment, type Refund } from "./payment.ts";
import {
  selectLiveRefunds,
  selectPayment,
  selectPaymentByRef,
  selectPaymentsFor,
  selectRefund,
} from "./repository.ts";

/** One payment. Throws when there is none: ids come from our own rows. */
export async function findPayment(db: Db, paymentId: string): Promise<Payment> {
  return selectPayment(db, paymentId);
}

/** A payment by its reference, as parties see it; undefined when there is none. */
export async function findPaymentByRef(db: Db, ref: string): Promise<Payment | undefined> {
  return selectPaymentByRef(db, ref);
}

/** One refund. Throws when there is none: ids come from our own rows. */
export async function findRefund(db: Db, refundId: string): Promise<Refund> {
  return selectRefund(db, refundId);
}

/** True while a refund of a payment to its source is asked for or under way, and once it is done. */
export async function isBeingRefunded(db: Db, paymentId: string): Promise<boolean> {
  return (await selectLiveRefunds(db, paymentId)).length > 0;
}

/** All attempts to collect for an order or a deposit, oldest first. */
export async function paymentsFor(db: Db, what: PaidFor): Promise<Payment[]> {
  return selectPaymentsFor(db, what);
}

/** True while money has come for an order or a deposit, or still may in the ordinary way. */
export async function mayBePaid(db: Db, what: PaidFor): Promise<boolean> {
  const payments = await selectPaymentsFor(db, what);
  return payments.some((payment) => isPaid(payment) || isOpen(payment));
}
