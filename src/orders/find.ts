/** Find: orders as they are shown, with their facts side by side. */
import { skuById } from "../catalog/product.ts";
import { paymentsOfOrder } from "../payments/find.ts";
import type { Payment } from "../payments/payment.ts";
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import { type Purchase, purchaseOfOrder } from "../suppliers/find.ts";
import type { Order } from "./order.ts";
import { selectEvents, selectOrder, selectOrderBy, selectOrdersOfCustomer } from "./repository.ts";

export interface OrderView {
  readonly order: Order;
  readonly skuName: string;
  readonly gameName: string;
  /** The newest attempt; absent for an order paid from saldo. */
  readonly payment: Payment | undefined;
  readonly purchase: Purchase | undefined;
  readonly events: readonly { state: string; reason: string; at: Date }[];
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

/** An order by the token of its page: who has the token may see it. */
export async function viewOrderByToken(db: Db, pageToken: string): Promise<OrderView> {
  const order = await selectOrderBy(db, "page_token", pageToken);
  if (order === undefined) throw new Refusal("page.unknown");
  return view(db, order);
}

async function view(db: Db, order: Order): Promise<OrderView> {
  const sku = await skuById(db, order.sku_id);
  return {
    order,
    skuName: sku.name,
    gameName: sku.gameName,
    payment: (await paymentsOfOrder(db, order.id)).at(-1),
    purchase: await purchaseOfOrder(db, order.id),
    events: await selectEvents(db, order.id),
  };
}

/** A customer's orders, newest first. */
export async function listOrders(
  db: Db,
  input: { customerId: string; limit: number },
): Promise<OrderView[]> {
  const orders = await selectOrdersOfCustomer(db, input.customerId, input.limit);
  return Promise.all(orders.map((order) => view(db, order)));
}
