/** Payment: one attempt to collect an order's total; its states and its times. */
import type { PaymentRow } from "./repository.ts";

export type PaymentState =
  | "opening" // recorded, not sent
  | "charging" // sent, or about to be; the answer is not recorded
  | "pending" // the buyer can pay
  | "lost" // sent, and the answer never came: closed at the gateway before another is opened
  | "paid"
  | "expired"
  | "cancelled"
  | "failed"
  | "mismatched"; // money came that is not what was asked for: nothing is posted, a person looks

/** The states in which money may still come in the ordinary way. */
const openPaymentStates: readonly string[] = [
  "opening",
  "charging",
  "pending",
  "lost",
] satisfies PaymentState[];

/** A QR and its link live 12 minutes, so that the card's token outlives them. */
export const paymentLifeMs = 12 * 60_000;
/** A charge that has not left after this long is not sent any more. */
export const chargeWithinMs = 60_000;
/** "Not found" means something once no charge can still be on its way. */
export const chargeSettledMs = 20_000;
export const maxAttempts = 3;

export type Payment = PaymentRow;

/** True while the gateway has not said that this payment is over. */
export function isOpen(payment: Payment): boolean {
  return openPaymentStates.includes(payment.state);
}
