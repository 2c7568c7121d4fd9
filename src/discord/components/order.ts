/** Buttons of an order card: check the status, stop an unpaid order. */
import { cancelOrder } from "../../orders/expire.ts";
import { viewOwnOrder } from "../../orders/find.ts";
import { decideShort, type ShortChoice } from "../../orders/short.ts";
import { requestInquiry } from "../../payments/request-inquiry.ts";
import { inTransaction } from "../../platform/db.ts";
import { formatRupiah } from "../../platform/money.ts";
import { Refusal } from "../../platform/refusal.ts";
import { showHere } from "../cards.ts";
import type { Context, Handled } from "../context.ts";
import { notice } from "../render/message.ts";
import { shortButtons } from "../render/order-card.ts";

/** Asks the gateway again and shows the order here; the click's fresh token gives 15 more minutes. */
export async function status(context: Context, orderCode: string): Promise<Handled> {
  const { db, customerId } = context;
  const { order, payment } = await viewOwnOrder(db, { orderCode, customerId });
  await inTransaction(db, async (tx) => {
    await showHere(tx, context, { ...context.person, ...context, of: { orderId: order.id } });
    if (payment?.state === "pending") await requestInquiry(tx, context, payment.id);
  });
  return "shown_by_card";
}

/** What becomes of money that was too little: the buyer's own word. */
export async function choose(
  context: Context,
  orderCode: string,
  choice: ShortChoice,
): Promise<Handled> {
  const { db, customerId, texts } = context;
  try {
    await decideShort(db, context, { orderCode, customerId, choice });
  } catch (error) {
    // It is over, or decided: the card tells.
    if (error instanceof Refusal && error.code === "order.not_short") {
      return status(context, orderCode);
    }
    if (!(error instanceof Refusal && error.code === "saldo.insufficient")) throw error;
    const { saldo = "0", price = "0" } = error.details;
    const [have, total] = [formatRupiah(BigInt(saldo)), formatRupiah(BigInt(price))];
    return notice(texts.order.restTooLittle(have, total), shortButtons(orderCode, texts));
  }
  return status(context, orderCode);
}

/** Stops an unpaid order, when the gateway confirms that no money can come any more. */
export async function cancel(context: Context, orderCode: string): Promise<Handled> {
  const { db, customerId, texts } = context;
  const ended = await cancelOrder(db, context, { orderCode, customerId });
  if (ended === "unknown") {
    return notice(texts.order.notYetCancelled, [
      { label: texts.order.check, id: { action: "status", orderCode } },
    ]);
  }
  return status(context, orderCode);
}
