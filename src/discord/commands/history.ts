/** /history: a buyer's orders and what became of them. */
import { listOrders, type OrderView } from "../../orders/find.ts";
import { formatRupiah } from "../../platform/money.ts";
import type { Context, Handled } from "../context.ts";
import { timestamp } from "../render/escape.ts";
import { card, colors } from "../render/message.ts";
import { refundReason } from "../render/order-card.ts";

const shownCount = 10;

/** Shows the last ten orders, newest first. A refund says why. */
export async function history(context: Context): Promise<Handled> {
  const { texts } = context;
  const orders = await listOrders(context.db, {
    customerId: context.customerId,
    limit: shownCount,
  });
  const line = (view: OrderView) => {
    const { order } = view;
    const first = `**${order.code}** · ${view.gameName} ${view.skuName} · ${formatRupiah(order.price)}`;
    const state = `${timestamp(order.placed_at, "f")} · ${texts.states[order.state]}`;
    const why =
      order.state === "refunded" ? `\n${texts.order.refundReasons[refundReason(view)]}` : "";
    return `${first}\n${state}${why}`;
  };
  return card({
    title: texts.history.title,
    description: orders.map(line).join("\n\n") || texts.history.empty,
    color: colors.neutral,
  });
}
