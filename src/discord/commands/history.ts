/** /history: a buyer's orders and what became of them. */
import { refundReason } from "../../orders/facts.ts";
import { listOrders, type OrderView } from "../../orders/find.ts";
import { isSecondPayment, type OrderState } from "../../orders/order.ts";
import { formatRupiah } from "../../platform/money.ts";
import type { Context, Handled } from "../context.ts";
import { timestamp } from "../render/escape.ts";
import { card, colors } from "../render/message.ts";

const shownCount = 10;
const mostButtons = 5; // in a row
const openStates: ReadonlySet<OrderState> = new Set([
  "awaiting_verification",
  "awaiting_payment",
  "paid",
  "under_review",
  "fulfilling",
  "refunding",
]);

/** Shows the last ten orders, newest first. A refund says why. */
export async function history(context: Context): Promise<Handled> {
  const { texts } = context;
  const { orders } = await listOrders(context.db, {
    customerId: context.customerId,
    limit: shownCount,
  });
  const line = (view: OrderView) => {
    const { order } = view;
    const first = `**${order.code}** · ${view.gameName} ${view.skuName} · ${formatRupiah(order.price)}`;
    const state = `${timestamp(order.placed_at, "f")} · ${texts.states[order.state]}`;
    const why =
      order.state === "refunded" ? `\n${texts.order.refundReasons[refundReason(view)]}` : "";
    const twice = view.events.some((event) => isSecondPayment(event.reason))
      ? `\n${texts.history.second}`
      : "";
    return `${first}\n${state}${why}${twice}`;
  };
  // What is still on its way can be seen, paid and stopped from here, wherever its card has gone.
  const open = orders.filter(({ order }) => openStates.has(order.state)).slice(0, mostButtons);
  return card(
    {
      title: texts.history.title,
      description: orders.map(line).join("\n\n") || texts.history.empty,
      color: colors.neutral,
    },
    open.map(({ order }) => ({
      label: texts.history.show(order.code),
      id: { action: "status", orderCode: order.code },
    })),
  );
}
