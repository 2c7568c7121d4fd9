/** Standing: where what waits for its money stands, by its newest payment. Pure. */
import { isPaid, type Payment } from "./payment.ts";

/** `now` tells a QR that can be paid from one whose time has passed. */
export function unpaidStanding(payment: Payment | undefined, now: Date) {
  // What it is for follows in a moment.
  if (payment !== undefined && isPaid(payment)) return "paid";
  switch (payment?.state) {
    case "mismatched":
      return payment.state;
    case "pending":
      return now < payment.expires_at ? "payable" : "closing";
    case "short": // and what came is with the buyer again, or it would wait for their word
      return "lapsed";
    case "expired":
    case "cancelled":
    case "failed":
      // One that was never shown is replaced, or ends what it is for.
      return payment.gateway_ref === null ? "preparing" : "lapsed";
    default:
      return "preparing";
  }
}
