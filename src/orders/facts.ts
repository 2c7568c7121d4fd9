/** Facts: what is known of an order's payment, purchase, delivery and notice, each with its time. */
import type { OrderView } from "./find.ts";
import { backAtSourceReason, readNote } from "./notes.ts";
import type { OrderState } from "./order.ts";

export interface Fact<State extends string> {
  readonly state: State;
  /** When that became so; null while nothing has happened or nobody wrote the time down. */
  readonly at: Date | null;
}

export type PaymentFact =
  | "none" // no money is wanted
  | "preparing" // the gateway is being asked for a way to pay
  | "waiting"
  | "held" // saldo that waits for the order PIN
  | "paid"
  | "not_paid" // confirmed: no money came
  | "short" // less came than was asked for, and waits for the buyer's word
  | "mismatched" // money came that is not what was asked for
  | "refunding"
  | "refunded"
  | "unknown";

export type PurchaseFact =
  | "none"
  | "waiting"
  | "sent" // the supplier was asked and has not confirmed
  | "unknown" // what it answered leaves open whether it bought
  | "confirmed"
  | "reversed" // the supplier took its confirmation back; a person decides
  | "failed";

export type DeliveryFact = "none" | "waiting" | "delivered" | "unknown";

export type NoticeFact =
  | "sent" // the buyer was told of the state the order is in
  | "behind" // of an earlier one
  | "not_sent";

export interface Facts {
  readonly payment: Fact<PaymentFact>;
  readonly purchase: Fact<PurchaseFact>;
  readonly delivery: Fact<DeliveryFact>;
  readonly notice: Fact<NoticeFact>;
}

/** What may be claimed of an order: nothing that was not confirmed. */
export function factsOf(view: OrderView): Facts {
  return {
    payment: paymentFact(view),
    purchase: purchaseFact(view),
    delivery: deliveryFact(view),
    notice: noticeFact(view),
  };
}

/** True when the money went back to where it came from, and not to saldo. */
export const isBackAtSource = (view: OrderView) =>
  view.events.some(({ reason }) => reason === backAtSourceReason);

/** When an order last came into a state. */
function reached(view: OrderView, state: OrderState): Date | null {
  return view.events.findLast((event) => event.state === state)?.at ?? null;
}

function paymentFact(view: OrderView): Fact<PaymentFact> {
  const { order, payment } = view;
  const { state } = order;
  if (state === "refunding" || state === "refunded") return { state, at: reached(view, state) };
  const paidAt = payment?.state === "paid" ? payment.paid_at : null;
  if (order.paid > 0n || paidAt) return { state: "paid", at: paidAt ?? reached(view, "paid") };
  if (payment?.state === "mismatched") return { state: "mismatched", at: null };
  // What the payer took back waits for nobody's word.
  if (payment?.state === "short" && payment.refund_amount === 0n) {
    const back = view.events.findLast(({ reason }) => readNote(reason)?.note === "short_returned");
    return back ? { state: "refunded", at: back.at } : { state: "short", at: payment.paid_at };
  }
  switch (state) {
    case "blocked":
      return { state: "none", at: null };
    case "awaiting_verification":
      return order.method === "saldo"
        ? { state: "held", at: reached(view, state) }
        : { state: "waiting", at: null };
    case "awaiting_payment":
      return { state: unpaidFact(view), at: null };
    case "expired":
    case "cancelled":
      return { state: "not_paid", at: reached(view, state) };
    case "paid":
    case "under_review":
    case "fulfilling":
    case "delivered":
      return { state: "unknown", at: null };
    default:
      return state satisfies never;
  }
}

function unpaidFact({ payment }: OrderView): PaymentFact {
  switch (payment?.state) {
    case "pending":
      return "waiting";
    case "lost": // whether anybody can pay it is being asked
      return "unknown";
    case "expired":
    case "cancelled":
    case "failed":
    case "short": // and taken back: see above
      return "not_paid";
    default:
      return "preparing";
  }
}

/** Whether a purchase that has not begun is still to come. */
const purchaseAhead: Readonly<Record<OrderState, "waiting" | "none">> = {
  blocked: "none",
  awaiting_verification: "waiting",
  awaiting_payment: "waiting",
  paid: "waiting",
  under_review: "waiting",
  fulfilling: "waiting",
  delivered: "none",
  refunding: "none",
  refunded: "none",
  expired: "none",
  cancelled: "none",
};

function purchaseFact({ order, purchase }: OrderView): Fact<PurchaseFact> {
  if (purchase === undefined) return { state: purchaseAhead[order.state], at: null };
  if (purchase.reversed_at !== null) return { state: "reversed", at: purchase.reversed_at };
  if (purchase.state === "succeeded") return { state: "confirmed", at: purchase.ended_at };
  if (purchase.state === "failed") return { state: "failed", at: purchase.ended_at };
  if (purchase.sent_at === null) return { state: "waiting", at: null };
  return { state: purchase.doubt === null ? "sent" : "unknown", at: purchase.sent_at };
}

function deliveryFact(view: OrderView): Fact<DeliveryFact> {
  const bought = purchaseFact(view).state;
  if (bought === "unknown" || bought === "reversed") return { state: "unknown", at: null };
  const deliveredAt = reached(view, "delivered");
  if (deliveredAt) return { state: "delivered", at: deliveredAt };
  return { state: purchaseAhead[view.order.state], at: null };
}

function noticeFact({ order, notice }: OrderView): Fact<NoticeFact> {
  if (notice === "none") return { state: "not_sent", at: null };
  return { state: notice.of === order.state ? "sent" : "behind", at: notice.at };
}

/** Why the buyer's money came back, as a key of the texts. */
export function refundReason(view: OrderView): "account" | "supplier" | "late" | "decision" {
  const late = view.events.some(({ state }) => state === "expired" || state === "cancelled");
  if (late) return "late";
  if (view.purchase?.state !== "failed") return "decision";
  return view.purchase.failure?.startsWith("account:") ? "account" : "supplier";
}
