/** Payment: one attempt to collect an order's total or a deposit; its states and its times. */
import type { Selectable } from "kysely";
import type { Schema } from "../platform/db.ts";

export type PaymentState =
  | "opening" // recorded, not sent
  | "charging" // sent, or about to be; the answer is not recorded
  | "pending" // the buyer can pay
  | "lost" // sent, and the answer never came: closed at the gateway before another is opened
  | "paid" // as much as was asked for, or more
  | "short" // less came than was asked for: an order's waits in suspense
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
/** A worker is taken for dead 15 s after it was last heard of: by then its question has left or never will. */
const askWithinMs = 10_000;

/** Until when a question to a gateway, asked now, may leave. */
export const askBy = (now: Date): Date => new Date(now.getTime() + askWithinMs);

/** What a payment is for. */
export type PaidFor = { readonly orderId: string } | { readonly depositId: string };

// A check holds that it is for one thing; the generated types let both be null.
export type Payment = Omit<Selectable<Schema["payments"]>, "order_id" | "deposit_id"> &
  (
    | { readonly order_id: string; readonly deposit_id: null }
    | { readonly order_id: null; readonly deposit_id: string }
  );

// Checks hold these columns to these values; the generated types say text.
export type Refund = Omit<Selectable<Schema["refunds"]>, "state" | "from_account"> & {
  readonly state:
    | "requested" // recorded, and not at the gateway
    | "pending" // sent, or about to be; not confirmed
    | "refunded"
    | "failed";
  readonly from_account: "escrow" | "suspense";
};

/** True while the gateway has not said that this payment is over. */
export function isOpen(payment: Payment): boolean {
  return openPaymentStates.includes(payment.state);
}

/** True when the money came that it was to bring. A deposit takes whatever comes. */
export function isPaid(payment: Payment): boolean {
  return payment.state === "paid" || (payment.state === "short" && payment.deposit_id !== null);
}
