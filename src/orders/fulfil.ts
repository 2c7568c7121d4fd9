/** Fulfil: from paid to delivered, or to refunding when the supplier has definitely failed. */
import { openItem } from "../desk/item.ts";
import { consumeReservations } from "../inventory/stock.ts";
import { post, type Transfer } from "../ledger/transfer.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { findPurchases, type Purchase } from "../suppliers/find.ts";
import { openPurchases } from "../suppliers/purchase.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { changeState, changeStates, type StateDeps } from "./change-state.ts";
import type { Order } from "./order.ts";
import { refundToSaldo } from "./refund.ts";
import { hasReached, lockOrder, lockOrders } from "./repository.ts";

type Deps = StateDeps & { ids: Ids };

/** Jobs `orders.fulfil`: open the purchases of paid orders. */
export async function fulfilOrders(
  db: Database,
  deps: Deps & { supplier: Supplier },
  orderIds: readonly string[],
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const paid = (await lockOrders(tx, orderIds)).filter((order) => order.state === "paid");
    const reason = `buying from ${deps.supplier.name}`;
    await changeStates(tx, deps, paid, "fulfilling", { actor: "system", reason });
    const purchases = paid.map((order) => ({
      orderId: order.id,
      skuId: order.sku_id,
      target: { gameCode: order.game_code, playerId: order.player_id, zoneId: order.zone_id },
      maxCostIdr: order.cost,
    }));
    await openPurchases(tx, deps, purchases);
  });
}

interface Ended {
  readonly purchase: Purchase;
  readonly order: Order;
}

/** Jobs `orders.applyPurchase`: the supplier delivered, or has definitely failed. */
export async function applyPurchases(
  db: Database,
  deps: Deps,
  purchaseIds: readonly string[],
): Promise<void> {
  const purchases = await findPurchases(db, purchaseIds);
  const succeeded = purchases.filter((purchase) => purchase.state === "succeeded");
  if (succeeded.length > 0) await inTransaction(db, (tx) => applySuccesses(tx, deps, succeeded));
  // Each by itself: it locks a buyer's saldo, and no two such locks are held at once.
  for (const purchase of purchases.filter(({ state }) => state === "failed")) {
    await inTransaction(db, (tx) => applyFailure(tx, deps, purchase));
  }
}

async function applySuccesses(tx: Tx, deps: Deps, purchases: readonly Purchase[]): Promise<void> {
  const orders = await lockOrders(
    tx,
    purchases.map((purchase) => purchase.order_id),
  );
  const ended = orders.flatMap((order): Ended[] => {
    const purchase = purchases.find((one) => one.order_id === order.id);
    return purchase === undefined ? [] : [{ purchase, order }];
  });
  for (const { order, purchase } of ended) {
    if (order.state === "refunding" || order.state === "refunded") {
      await reportBoth(tx, deps, order, purchase);
    }
  }
  const delivered = ended.filter(({ order }) => order.state === "fulfilling");
  for (const supplier of new Set(delivered.map(({ purchase }) => purchase.supplier))) {
    const own = delivered.filter(({ purchase }) => purchase.supplier === supplier);
    await deliver(
      tx,
      deps,
      own.map(({ order }) => order),
      `supplier:${supplier}`,
    );
  }
}

async function deliver(tx: Tx, deps: Deps, orders: readonly Order[], actor: string): Promise<void> {
  const sales = orders.map(
    (order): Transfer => ({
      debit: "escrow",
      credit: "sales",
      amountIdr: order.price,
      key: `delivery:${order.id}`,
      reason: "delivered",
      orderId: order.id,
    }),
  );
  await post(tx, deps, sales);
  await consumeReservations(tx, deps, { orderIds: orders.map((order) => order.id), actor });
  await changeStates(tx, deps, orders, "delivered", { actor, reason: "supplier confirmed" });
}

async function applyFailure(tx: Tx, deps: Deps, purchase: Purchase): Promise<void> {
  const order = await lockOrder(tx, purchase.order_id);
  if (order.state !== "fulfilling") return;
  const actor = `supplier:${purchase.supplier}`;
  const reason = purchase.failure ?? "supplier failed";
  const refunding = await changeState(tx, deps, order, "refunding", { actor, reason });
  await refundToSaldo(tx, deps, refunding, reason);
}

/** Goods and money both went out, unless the goods came first and a person took the sale back. */
async function reportBoth(tx: Tx, deps: Deps, order: Order, purchase: Purchase): Promise<void> {
  if (await hasReached(tx, order.id, "delivered")) return;
  await openItem(tx, deps, {
    kind: "purchase_contradiction",
    subject: `purchase:${purchase.ref}`,
    orderId: order.id,
    details: { order: order.code, says: "delivered, although the order was refunded" },
  });
}
