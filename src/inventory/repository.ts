/** Inventory repository: every statement that touches stock, outside its .sql. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";
import { compare } from "../platform/proof.ts";

export interface Level {
  readonly onHand: number;
  readonly reserved: number;
}

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

export async function selectLevels(db: Db) {
  return db
    .selectFrom("stock")
    .select(["sku_id as skuId", "on_hand as onHand", "reserved"])
    .execute();
}

export async function lockLevel(tx: Tx, skuId: number) {
  return tx
    .selectFrom("stock")
    .select(["on_hand as onHand", "reserved"])
    .where("sku_id", "=", skuId)
    .forUpdate()
    .executeTakeFirst();
}

export async function updateOnHand(
  tx: Tx,
  input: { skuId: number; onHand: number; before: Level; actor: string; at: Date },
) {
  const { skuId, onHand, before, actor, at } = input;
  await tx.updateTable("stock").set({ on_hand: onHand }).where("sku_id", "=", skuId).execute();
  await tx
    .insertInto("stock_movements")
    .values({
      sku_id: skuId,
      kind: "stocked",
      on_hand_before: before.onHand,
      on_hand_after: onHand,
      reserved_before: before.reserved,
      reserved_after: before.reserved,
      actor,
      moved_at: at,
    })
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

export async function callReserve(
  tx: Tx,
  input: { orderId: string; skuId: number; actor: string; at: Date },
): Promise<boolean> {
  const { orderId, skuId, actor, at } = input;
  const { rows } = await sql`
    select inventory_reserve(
      array[${orderId}::uuid], array[${skuId}::int], array['permanent'], array[${actor}::text], ${at}
    )`.execute(tx);
  return rows.length === 1;
}

export async function endReservations(
  tx: Tx,
  input: {
    orderIds: readonly string[];
    ending: "consumed" | "released";
    actor: string;
    at: Date;
  },
) {
  const { orderIds, ending, actor, at } = input;
  await sql`select inventory_end_reservations(${orderIds}::uuid[], ${ending}, ${actor}, ${at})`.execute(
    tx,
  );
}

export async function compareReserved(db: Db) {
  return compare(
    db,
    sql`
      select 'SKU ' || coalesce(stock.sku_id, kept.sku_id) as subject,
        coalesce(kept.quantity, 0)::text as expected,
        coalesce(stock.reserved::text, 'no stock row') as found
      from stock
      full join (
        select sku_id, sum(quantity) as quantity from reservations
        where state in ('live', 'permanent')
        group by sku_id
      ) kept on kept.sku_id = stock.sku_id`,
  );
}

export async function compareMovements(db: Db) {
  return compare(
    db,
    sql`
      select 'SKU ' || coalesce(stock.sku_id, moved.sku_id) as subject,
        format('%s on hand, %s reserved', coalesce(moved.on_hand, 0), coalesce(moved.reserved, 0))
          as expected,
        case when stock.sku_id is null then 'no stock row'
          else format('%s on hand, %s reserved', stock.on_hand, stock.reserved) end as found
      from stock
      full join (
        select sku_id, sum(on_hand_after - on_hand_before) as on_hand,
          sum(reserved_after - reserved_before) as reserved
        from stock_movements
        group by sku_id
      ) moved on moved.sku_id = stock.sku_id`,
  );
}

// By the order's SKU first: movements have an index by SKU only, because they are written with every order.
export async function selectMovements(db: Db, orderId: string) {
  return db
    .selectFrom("stock_movements")
    .select([
      "kind",
      "on_hand_before",
      "on_hand_after",
      "reserved_before",
      "reserved_after",
      "actor",
      "moved_at",
    ])
    .where("sku_id", "in", (of) =>
      of.selectFrom("reservations").select("sku_id").where("order_id", "=", orderId),
    )
    .where("order_id", "=", orderId)
    .orderBy("id")
    .execute();
}
