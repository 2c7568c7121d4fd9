/** Order view: an order as the pages see it, in any state, for the tests of what is said of it. */
import type { OrderView } from "../src/orders/find.ts";
import { nextStates, type Order, type OrderState } from "../src/orders/order.ts";
import type { Payment } from "../src/payments/payment.ts";
import type { Purchase } from "../src/suppliers/find.ts";

const start = Date.parse("2026-11-23T03:00:00Z");

/** The instant so many minutes after the order was placed. */
export const minute = (minutes: number) => new Date(start + minutes * 60_000);

export const orderStates = Object.keys(nextStates) as OrderState[];

const order: Order = {
  ...{ id: "o1", code: "K7M2P9QX4R", page_token: "T".repeat(32), customer_id: "c1" },
  ...{ quote_id: "q1", sku_id: 1, price: 20_000n, price_version: 1, cost: 18_000n },
  ...{ game_code: "ML", paid: 0n, refunded: 0n },
  ...{ player_id: "123456789", zone_id: "2001", nickname: "Budi", method: "gopay" },
  ...{ state: "awaiting_payment", paid_payment_id: null },
  ...{ placed_at: minute(0), pay_by: minute(15), reserved_until: minute(17) },
  changed_at: minute(0),
};

export const payment: Payment = {
  ...{ id: "p1", ref: "P1", order_id: "o1", deposit_id: null, customer_id: "c1" },
  ...{ gateway: "midtrans", method: "gopay", amount: 20_000n, state: "pending" },
  ...{ attempt: 1, return_path: "/pay/T" },
  ...{ gateway_ref: "t1", deep_link: "gojek://pay", qr_image: Buffer.from("png"), failure: null },
  ...{ send_by: minute(1), expires_at: minute(12), opened_at: minute(0) },
  ...{ inquired_at: null, paid_at: null, paid_amount: null, refund_amount: 0n },
  ...{ claim: null, claimed_at: null },
};

export const paid: Payment = {
  ...{ ...payment, state: "paid", paid_at: minute(2), paid_amount: 20_000n },
};

export const purchase: Purchase = {
  ...{ id: "b1", ref: "B1", order_id: "o1", supplier: "digiflazz", supplier_sku: "ml86" },
  ...{ customer_no: "1234567892001", max_cost: 18_000n, state: "open", serial_number: null },
  ...{ charged: null, failure: null, doubt: null, opened_at: minute(3), sent_at: minute(3) },
  ...{ asked_at: minute(3), send_by: minute(4), ended_at: null },
  ...{ reversed_at: null, on_desk: false },
};

export const bought: Purchase = {
  ...{ ...purchase, state: "succeeded", serial_number: "SN-777", ended_at: minute(4) },
};

export const notBought: Purchase = {
  ...{ ...purchase, state: "failed", failure: "supplier: rc 53", ended_at: minute(4) },
};

// How an order comes to each state, a minute a step.
const roads: Readonly<Record<OrderState, readonly OrderState[]>> = {
  blocked: ["blocked"],
  awaiting_verification: ["awaiting_verification"],
  awaiting_payment: ["awaiting_payment"],
  paid: ["awaiting_payment", "paid"],
  under_review: ["awaiting_payment", "paid", "under_review"],
  fulfilling: ["awaiting_payment", "paid", "fulfilling"],
  delivered: ["awaiting_payment", "paid", "fulfilling", "delivered"],
  refunding: ["awaiting_payment", "paid", "fulfilling", "refunding"],
  refunded: ["awaiting_payment", "paid", "fulfilling", "refunding", "refunded"],
  expired: ["awaiting_payment", "expired"],
  cancelled: ["awaiting_payment", "cancelled"],
};

const unpaid: readonly OrderState[] = [
  ...(["blocked", "awaiting_verification", "awaiting_payment", "expired", "cancelled"] as const),
];

/** An order in a state, with the payment and the purchase that usually go with it. */
export function orderView(
  state: OrderState,
  change: Partial<Order> = {},
  rest: Partial<OrderView> = {},
): OrderView {
  const ended = state === "expired" || state === "cancelled";
  return {
    order: {
      ...{ ...order, state, paid: unpaid.includes(state) ? 0n : order.price },
      refunded: state === "refunded" ? order.price : 0n,
      ...{ paid_payment_id: unpaid.includes(state) ? null : "p1", ...change },
    },
    notice: "none",
    ...{ skuCode: "ML_86", skuName: "86 Diamond", gameName: "Mobile Legends" },
    payment: ended ? { ...payment, state } : unpaid.includes(state) ? payment : paid,
    purchase: {
      delivered: bought,
      fulfilling: purchase,
      refunding: notBought,
      refunded: notBought,
    }[state as string],
    events: roads[state].map((one, index) => ({ state: one, reason: "", at: minute(index) })),
    ...rest,
  };
}
