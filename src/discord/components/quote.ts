/** Buttons of a quote card: pay, confirm the account, stop. */
import { skuById } from "../../catalog/product.ts";
import { saldo } from "../../ledger/transfer.ts";
import { orderOfQuote, viewOwnOrder } from "../../orders/find.ts";
import type { OrderMethod } from "../../orders/order.ts";
import { placeOrder } from "../../orders/place.ts";
import { confirmAccount, findQuote } from "../../orders/quote.ts";
import { inTransaction } from "../../platform/db.ts";
import { formatRupiah } from "../../platform/money.ts";
import { showHere } from "../cards.ts";
import type { Context, Handled } from "../context.ts";
import { card, colors, type Message, notice } from "../render/message.ts";
import { renderQuote } from "../render/quote-card.ts";

/** Places the order. A second click, or a redelivered one, shows the order that there is. */
export async function pay(
  context: Context,
  input: { quoteId: string; method: OrderMethod },
): Promise<Handled> {
  const { texts, customerId } = context;
  const placed = await placeOrder(context, {
    ...input,
    // A redelivered interaction is the same request; another click is caught by its quote.
    key: `discord:${context.interaction.id}`,
    requestId: context.interaction.id,
    customerId,
    gateway: context.gateway.name,
  });
  switch (placed.outcome) {
    case "placed":
    case "duplicate":
    case "blocked":
      await showOrder(context, placed.order_code);
      return "shown_by_card";
    case "insufficient_saldo": {
      const [have, price] = [formatRupiah(placed.saldo), formatRupiah(placed.price)];
      return showQuote(context, input.quoteId, texts.outcome.insufficient_saldo(have, price));
    }
    case "unconfirmed":
    case "too_many_unpaid":
      return showQuote(context, input.quoteId, texts.outcome[placed.outcome]);
    case "quote_expired":
    case "sold_out":
      return renderEnded(context, input.quoteId, texts.outcome[placed.outcome]);
    case "quote_unknown":
    case "key_reused":
      return notice(texts.outcome.quote_unknown);
    default:
      return placed satisfies never;
  }
}

/** The buyer says that an account nobody could check is right. */
export async function confirm(context: Context, quoteId: string): Promise<Handled> {
  const { customerId } = context;
  if (await showPlaced(context, quoteId)) return "shown_by_card";
  await inTransaction(context.db, (tx) => confirmAccount(tx, context, { quoteId, customerId }));
  return showQuote(context, quoteId);
}

/** The buyer stops before there is an order. */
export async function drop(context: Context, quoteId: string): Promise<Handled> {
  if (await showPlaced(context, quoteId)) return "shown_by_card";
  return card({ description: context.texts.quote.dropped, color: colors.neutral });
}

// A click that came after the quote had become an order: what it is about is the order now.
async function showPlaced(context: Context, quoteId: string): Promise<boolean> {
  const { db, customerId } = context;
  const orderCode = await orderOfQuote(db, { quoteId, customerId });
  if (orderCode !== undefined) await showOrder(context, orderCode);
  return orderCode !== undefined;
}

async function showOrder(context: Context, orderCode: string): Promise<void> {
  const { db, customerId, person } = context;
  const { order } = await viewOwnOrder(db, { orderCode, customerId });
  await inTransaction(db, (tx) =>
    showHere(tx, context, { ...person, ...context, of: { orderId: order.id } }),
  );
}

async function showQuote(context: Context, quoteId: string, remark?: string): Promise<Message> {
  const { db, texts, customerId } = context;
  const quote = await findQuote(db, { quoteId, customerId });
  return renderQuote(texts, {
    quoteId,
    sku: await skuById(db, quote.sku_id),
    playerId: quote.player_id,
    zoneId: quote.zone_id,
    nickname: quote.nickname,
    confirmed: quote.confirmed_at !== null,
    priceIdr: quote.price,
    expiresAt: quote.expires_at,
    saldoIdr: await saldo(db, customerId),
    ...(remark === undefined ? {} : { remark }),
  });
}

async function renderEnded(context: Context, quoteId: string, text: string): Promise<Message> {
  const { db, customerId, texts } = context;
  const quote = await findQuote(db, { quoteId, customerId });
  const sku = await skuById(db, quote.sku_id);
  return notice(text, [
    {
      label: texts.quote.again,
      style: "primary",
      id: {
        action: "account",
        skuCode: sku.code,
        playerId: quote.player_id,
        zoneId: quote.zone_id ?? "",
      },
    },
  ]);
}
