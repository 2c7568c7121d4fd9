/** Subscribers: observer; "when this event happens, run these jobs". */
import { ordersWithCard } from "./discord/cards.ts";
import type { Subscribers } from "./platform/events.ts";

export const subscribers: Subscribers = {
  "payment.paid": ["orders.applyPayment"],
  "payment.short": ["orders.applyShort"],
  "payment.changed": ["discord.updateCard"],
  "payment.closed": ["orders.replacePayment", "discord.updateCard"],
  "deposit.paid": ["deposits.applyPayment"],
  "deposit.changed": ["discord.updateCard"],
  "deposit.closed": ["deposits.replacePayment", "discord.updateCard"],
  "refund.confirmed": ["orders.applyRefund"],
  "refund.failed": ["orders.applyRefund"],
  "purchase.ended": ["orders.applyPurchase"],
  "desk.changed": ["discord.tellStaff"],
  // An order changes under its lock, and gets its card under it too: none is missed.
  "order.changed": [{ job: "discord.updateCard", among: ordersWithCard }],
};
