/** Find: orders as they are shown, with their facts side by side. */
import { skuById } from "../catalog/product.ts";
import { paymentsFor } from "../payments/find.ts";
import type { Payment } from "../payments/payment.ts";
import { readCursor, writeCursor } from "../platform/cursor.ts";
import type { Db, Tx } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import { type Purchase, purchaseOfOrder } from "../suppliers/find.ts";
import { type Order, type OrderState, pageLifeMs } from "./order.ts";
import {
  lockOrder,
  selectEvents,
  selectNotice,
  selectOrder,
  selectOrderBy,
  selectOrdersOfCustomer,
  selectPlacedOrder,
} from "./repository.ts";

export interface OrderView {
  readonly order: Order;
  readonly skuCode: string;
  readonly skuName: string;
  readonly gameName: string;
  /** The one that paid, else the newest attempt; absent for an order paid from saldo. */
  readonly payment: Payment | undefined;
  readonly purchase: Purchase | undefined;
  /** What the buyer was last told, and when. */
  readonly notice: "none" | { readonly of: OrderState; readonly at: Date };
  readonly events: readonly { state: OrderState; reason: string; at: Date }[];
}

/** True when money came that was not what was asked for: "no money was taken" would be false. */
export const isMismatched = (view: OrderView) => view.payment?.state === "mismatched";

/** Nobody changes the order until this transaction ends. Waits for whoever is changing it. */
export async function holdOrder(tx: Tx, orderId: string): Promise<void> {
  await lockOrder(tx, orderId);
}

/** Everything a card or a page shows of an order. */
export async function viewOrder(db: Db, orderId: string): Promise<OrderView> {
  return view(db, await selectOrder(db, orderId));
}

/** A customer's own order by its code. Refuses one that is unknown or somebody else's. */
export async function viewOwnOrder(
  db: Db,
  input: { orderCode: string; customerId: string },
): Promise<OrderView> {
  const order = await selectOrderBy(db, "code", input.orderCode);
  if (order?.customer_id !== input.customerId) throw new Refusal("order.unknown");
  return view(db, order);
}

/** An order by the token of its page: who has the token may see it, for 30 days. */
export async function viewOrderByToken(
  db: Db,
  input: { pageToken: string; now: Date },
): Promise<OrderView> {
  const order = await selectOrderBy(db, "page_token", input.pageToken);
  const ageMs = order === undefined ? 0 : input.now.getTime() - order.placed_at.getTime();
  if (order === undefined || ageMs > pageLifeMs) throw new Refusal("page.unknown");
  return view(db, order);
}

/** The code of the order that a quote became, if it became one. */
export async function orderOfQuote(
  db: Db,
  input: { quoteId: string; customerId: string },
): Promise<string | undefined> {
  return (await selectPlacedOrder(db, { key: input.quoteId, customerId: input.customerId }))?.code;
}

async function view(db: Db, order: Order): Promise<OrderView> {
  const sku = await skuById(db, order.sku_id);
  const payments = await paymentsFor(db, { orderId: order.id });
  return {
    order,
    skuCode: sku.code,
    skuName: sku.name,
    gameName: sku.gameName,
    payment: payments.find((payment) => payment.id === order.paid_payment_id) ?? payments.at(-1),
    purchase: await purchaseOfOrder(db, order.id),
    notice: (await selectNotice(db, order.id)) ?? "none",
    events: await selectEvents(db, order.id),
  };
}

/**
 * A customer's orders, newest first, a page at a time: `next` is the cursor of the page after, null at
 * the end. Refuses a cursor that is none.
 */
export async function listOrders(
  db: Db,
  input: {
    customerId: string;
    limit: number;
    state?: OrderState | undefined;
    cursor?: string | undefined;
  },
): Promise<{ orders: OrderView[]; next: string | null }> {
  const { cursor, ...wanted } = input;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const rows = await selectOrdersOfCustomer(db, { ...wanted, after, limit: input.limit + 1 });
  const orders = rows.slice(0, input.limit);
  const last = rows.length > orders.length ? orders.at(-1) : undefined;
  return {
    orders: await Promise.all(orders.map((order) => view(db, order))),
    next: last === undefined ? null : writeCursor({ at: last.placed_at, id: last.id }),
  };
}
