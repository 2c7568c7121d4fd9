/** Fulfil: from paid to delivered, or to refunding when the supplier has definitely failed. */
import { consumeReservation } from "../inventory/stock.ts";
import { post } from "../ledger/transfer.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { findPurchase } from "../suppliers/find.ts";
import { openPurchase } from "../suppliers/purchase.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { changeState, type StateDeps } from "./change-state.ts";
import { refundToSaldo } from "./refund.ts";
import { lockOrder } from "./repository.ts";

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
    if (order.state !== "fulfilling") return;
    const actor = `supplier:${purchase.supplier}`;
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
