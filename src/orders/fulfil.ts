/** Fulfil: from paid to delivered, or to refunding when the supplier has definitely failed. */
import { openItem } from "../desk/item.ts";
import { consumeReservation } from "../inventory/stock.ts";
import { post } from "../ledger/transfer.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { findPurchase, type Purchase } from "../suppliers/find.ts";
import { openPurchase } from "../suppliers/purchase.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { changeState, type StateDeps } from "./change-state.ts";
import type { Order } from "./order.ts";
import { refundToSaldo } from "./refund.ts";
import { hasReached, lockOrder } from "./repository.ts";

type Deps = StateDeps & { ids: Ids };

/** Job `orders.fulfil`: opens the purchase of a paid order. */
export async function fulfilOrder(
  db: Database,
  deps: Deps & { supplier: Supplier },
  input: { orderId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, input.orderId);
    if (order.state !== "paid") return;
    const reason = `buying from ${deps.supplier.name}`;
    await changeState(tx, deps, order, "fulfilling", { actor: "system", reason });
    await openPurchase(tx, deps, {
      orderId: order.id,
      skuId: order.sku_id,
      target: { gameCode: order.game_code, playerId: order.player_id, zoneId: order.zone_id },
      maxCostIdr: order.cost,
    });
  });
}

/** Job `orders.applyPurchase`: the supplier delivered, or has definitely failed. */
export async function applyPurchase(
  db: Database,
  deps: Deps,
  input: { purchaseId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const purchase = await findPurchase(tx, input.purchaseId);
    const order = await lockOrder(tx, purchase.order_id);
    const actor = `supplier:${purchase.supplier}`;
    if (order.state !== "fulfilling") {
      const returned = order.state === "refunding" || order.state === "refunded";
      if (purchase.state === "succeeded" && returned) await reportBoth(tx, deps, order, purchase);
      return;
    }
    if (purchase.state === "succeeded") {
      await post(tx, deps, [
        {
          debit: "escrow",
          credit: "sales",
          amountIdr: order.price,
          key: `delivery:${order.id}`,
          reason: "delivered",
          orderId: order.id,
        },
      ]);
      await consumeReservation(tx, deps, { orderId: order.id, actor });
      await changeState(tx, deps, order, "delivered", { actor, reason: "supplier confirmed" });
    } else if (purchase.state === "failed") {
      const reason = purchase.failure ?? "supplier failed";
      const refunding = await changeState(tx, deps, order, "refunding", { actor, reason });
      await refundToSaldo(tx, deps, refunding, reason);
    }
  });
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
