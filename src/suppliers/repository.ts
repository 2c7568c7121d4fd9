/** Supplier repository: every statement that touches purchases. Private to this folder. */
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";
import { compare } from "../platform/proof.ts";
import type { Exchange } from "./supplier.ts";

export type PurchaseRow = Selectable<Schema["purchases"]>;

export async function selectSupplierSku(db: Db, supplier: string, skuId: number) {
  const row = await db
    .selectFrom("supplier_skus")
    .select("supplier_sku")
    .where("supplier", "=", supplier)
    .where("sku_id", "=", skuId)
    .executeTakeFirst();
  return row?.supplier_sku;
}

export async function selectSuppliedSkus(db: Db, supplier: string) {
  return db
    .selectFrom("supplier_skus")
    .select("sku_id as skuId")
    .where("supplier", "=", supplier)
    .execute();
}

export async function insertSupplierSku(
  tx: Tx,
  row: { supplier: string; skuId: number; supplierSku: string },
) {
  await tx
    .insertInto("supplier_skus")
    .values({ supplier: row.supplier, sku_id: row.skuId, supplier_sku: row.supplierSku })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function insertPurchase(tx: Tx, purchase: Insertable<Schema["purchases"]>) {
  await tx.insertInto("purchases").values(purchase).execute();
}

export async function lockPurchase(tx: Tx, purchaseId: string) {
  return tx
    .selectFrom("purchases")
    .selectAll()
    .where("id", "=", purchaseId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export async function selectPurchase(db: Db, purchaseId: string) {
  return db
    .selectFrom("purchases")
    .selectAll()
    .where("id", "=", purchaseId)
    .executeTakeFirstOrThrow();
}

export async function selectPurchaseByRef(db: Db, ref: string) {
  return db.selectFrom("purchases").selectAll().where("ref", "=", ref).executeTakeFirst();
}

export async function selectPurchaseOfOrder(db: Db, orderId: string) {
  return db
    .selectFrom("purchases")
    .selectAll()
    .where("order_id", "=", orderId)
    .orderBy("opened_at", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function updatePurchase(
  tx: Tx,
  purchaseId: string,
  change: Updateable<Schema["purchases"]>,
) {
  await tx.updateTable("purchases").set(change).where("id", "=", purchaseId).execute();
}

export async function insertExchange(
  tx: Tx,
  purchaseId: string,
  kind: "purchase" | "inquiry" | "webhook",
  exchange: Exchange,
  now: Date,
) {
  await tx
    .insertInto("purchase_exchanges")
    .values({ purchase_id: purchaseId, kind, ...exchange, exchanged_at: now })
    .execute();
}

export async function compareInTransit(db: Db) {
  return compare(
    db,
    sql`
      select coalesce(underway.supplier, moved.supplier) as subject,
        coalesce(underway.amount, 0)::text as expected,
        coalesce(moved.amount, 0)::text as found
      from (
        select supplier, sum(max_cost) filter (where state = 'open') as amount
        from purchases
        group by supplier
      ) underway
      full join (
        select split_part(ledger_account, ':', 2) as supplier,
          sum(case when side = 'debit' then amount else -amount end) as amount
        from entries
        where ledger_account like 'in_transit:%'
        group by ledger_account
      ) moved on moved.supplier = underway.supplier`,
  );
}

export async function selectPurchasesOfOrder(db: Db, orderId: string) {
  return db
    .selectFrom("purchases")
    .selectAll()
    .where("order_id", "=", orderId)
    .orderBy("opened_at")
    .execute();
}

export async function selectExchangesOfOrder(db: Db, orderId: string) {
  return db
    .selectFrom("purchase_exchanges")
    .innerJoin("purchases", "purchases.id", "purchase_exchanges.purchase_id")
    .select([
      "purchases.id",
      "purchases.ref",
      "purchases.supplier",
      "purchase_exchanges.kind",
      "purchase_exchanges.status",
      "purchase_exchanges.body",
      "purchase_exchanges.exchanged_at as at",
    ])
    .where("purchases.order_id", "=", orderId)
    .orderBy("purchase_exchanges.id")
    .execute();
}
