/** Inventory repository: every statement that touches stock, outside its .sql. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";

export async function insertStock(
  tx: Tx,
  input: { skuId: number; onHand: number; actor: string; at: Date },
) {
  await tx.insertInto("stock").values({ sku_id: input.skuId, on_hand: input.onHand }).execute();
  await tx
    .insertInto("stock_movements")
    .values({
      sku_id: input.skuId,
      kind: "stocked",
      on_hand_before: 0,
      on_hand_after: input.onHand,
      reserved_before: 0,
      reserved_after: 0,
      actor: input.actor,
      moved_at: input.at,
    })
    .execute();
}

export async function selectAvailable(db: Db) {
  return db
    .selectFrom("stock")
    .select(["sku_id as skuId", sql<number>`on_hand - reserved`.as("available")])
    .execute();
}

export async function makePermanent(tx: Tx, orderId: string) {
  await tx
    .updateTable("reservations")
    .set({ state: "permanent" })
    .where("order_id", "=", orderId)
    .where("state", "=", "live")
    .execute();
}

export async function endReservation(
  tx: Tx,
  input: { orderId: string; ending: "consumed" | "released"; actor: string; at: Date },
) {
  const { orderId, ending, actor, at } = input;
  await sql`select inventory_end_reservation(${orderId}, ${ending}, ${actor}, ${at})`.execute(tx);
}
