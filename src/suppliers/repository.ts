/** Supplier repository: every statement that touches purchases. Private to this folder. */
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";
import { compare, isAmong } from "../platform/proof.ts";
import type { Exchange, ListedSku } from "./supplier.ts";

export type PurchaseRow = Selectable<Schema["purchases"]>;
export type PauseRow = Selectable<Schema["supplier_pauses"]>;

/** What a supplier calls our SKUs, by our id. */
export async function selectSupplierSkus(db: Db, supplier: string, skuIds: readonly number[]) {
  const rows = await db
    .selectFrom("supplier_skus")
    .select(["sku_id", "supplier_sku"])
    .where("supplier", "=", supplier)
    .where("sku_id", "=", sql<number>`any(${skuIds}::int[])`)
    .execute();
  return new Map(rows.map((row) => [row.sku_id, row.supplier_sku]));
}

/** What a supplier said last of one of our SKUs. */
export type OfferRow = Awaited<ReturnType<typeof selectOffersAt>>[number];

function offers(db: Db) {
  return db
    .selectFrom("supplier_skus")
    .select([
      "sku_id as skuId",
      "supplier_sku as supplierSku",
      "list_price as listPriceIdr",
      "offered",
      "closed_from as fromMinute",
      "closed_until as untilMinute",
      "disabled_reason as disabledReason",
    ]);
}

export async function selectOffersAt(db: Db, supplier: string) {
  return offers(db).where("supplier", "=", supplier).execute();
}

/** Those of these SKUs at suppliers that are not paused. */
export async function selectOffersOf(db: Db, skuIds: readonly number[]) {
  return offers(db)
    .where("sku_id", "=", sql<number>`any(${skuIds}::int[])`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("supplier_pauses")
            .select("id")
            .whereRef("supplier_pauses.supplier", "=", "supplier_skus.supplier")
            .where("ended_at", "is", null),
        ),
      ),
    )
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

export async function insertPurchases(
  tx: Tx,
  purchases: readonly Insertable<Schema["purchases"]>[],
) {
  await tx.insertInto("purchases").values(purchases).execute();
}

function purchasesOf(db: Db, purchaseIds: readonly string[]) {
  return db
    .selectFrom("purchases")
    .selectAll()
    .where("id", "=", sql<string>`any(${purchaseIds}::uuid[])`)
    .orderBy("id");
}

/** In the order that was asked for. Throws when one is missing: ids come from our own rows. */
function inOrder(purchaseIds: readonly string[], rows: readonly PurchaseRow[]): PurchaseRow[] {
  const found = new Map(rows.map((row) => [row.id, row]));
  return purchaseIds.map((id) => {
    const row = found.get(id);
    if (row === undefined) throw new Error(`there is no purchase ${id}`);
    return row;
  });
}

/** Locks them in the order of their ids. */
export async function lockPurchases(tx: Tx, purchaseIds: readonly string[]) {
  return inOrder(purchaseIds, await purchasesOf(tx, purchaseIds).forUpdate().execute());
}

export async function lockPurchase(tx: Tx, purchaseId: string): Promise<PurchaseRow> {
  const [purchase] = await lockPurchases(tx, [purchaseId]);
  if (purchase === undefined) throw new Error(`there is no purchase ${purchaseId}`);
  return purchase;
}

export async function selectPurchases(db: Db, purchaseIds: readonly string[]) {
  return inOrder(purchaseIds, await purchasesOf(db, purchaseIds).execute());
}

/** The ids of purchases by their references, in the order that was asked for. */
export async function selectIdsByRef(
  db: Db,
  asked: readonly { supplier: string; ref: string }[],
): Promise<(string | undefined)[]> {
  const { rows } = await sql<{ id: string | null }>`
    select purchases.id
    from unnest(
      ${asked.map((one) => one.supplier)}::text[], ${asked.map((one) => one.ref)}::text[]
    ) with ordinality one (supplier, ref, place)
    left join purchases on purchases.ref = one.ref and purchases.supplier = one.supplier
    order by one.place`.execute(db);
  return rows.map((row) => row.id ?? undefined);
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

export async function insertExchanges(
  tx: Tx,
  exchanges: readonly {
    purchaseId: string;
    kind: "purchase" | "inquiry" | "webhook";
    exchange: Exchange;
  }[],
  now: Date,
) {
  const rows = exchanges.map(({ purchaseId, kind, exchange }) => ({
    purchase_id: purchaseId,
    kind,
    ...exchange,
    exchanged_at: now,
  }));
  await tx.insertInto("purchase_exchanges").values(rows).execute();
}

/** About to be sent or asked about, at `now`. */
export async function markAsked(
  tx: Tx,
  purchaseIds: readonly string[],
  times: { now: Date; sendBy: Date },
) {
  await tx
    .updateTable("purchases")
    .set({
      sent_at: sql`coalesce(sent_at, ${times.now})`,
      asked_at: times.now,
      send_by: times.sendBy,
    })
    .where("id", "=", sql<string>`any(${purchaseIds}::uuid[])`)
    .execute();
}

export async function markSucceeded(
  tx: Tx,
  purchases: readonly { id: string; charged: bigint; serialNumber: string }[],
  now: Date,
) {
  await sql`
    update purchases
    set state = 'succeeded', charged = ended.charged, serial_number = ended.serial_number,
      ended_at = ${now}
    from unnest(
      ${purchases.map((one) => one.id)}::uuid[],
      ${purchases.map((one) => one.charged)}::bigint[],
      ${purchases.map((one) => one.serialNumber)}::text[]
    ) ended (id, charged, serial_number)
    where purchases.id = ended.id`.execute(tx);
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
          sum(case side when 'debit' then amount else -amount end) as amount
        from entries where ledger_account like 'in_transit:%' group by ledger_account
      ) moved on moved.supplier = underway.supplier`,
  );
}

/** The same of single orders. */
export async function compareInTransitOf(db: Db, orderIds: readonly string[]) {
  return compare(
    db,
    sql`
      select order_id::text as subject, sum(expected)::text as expected, sum(found)::text as found
      from (
        select order_id, max_cost as expected, 0 as found from purchases
        where state = 'open' and ${isAmong("order_id", orderIds)}
        union all
        select order_id, 0, case when debit_account like 'in_transit:%' then amount else -amount end
        from transfers
        where ${isAmong("order_id", orderIds)}
          and (debit_account like 'in_transit:%' or credit_account like 'in_transit:%')
      ) sides
      group by order_id`,
  );
}

export async function disableSupplierSku(
  tx: Tx,
  input: { supplier: string; supplierSku: string; reason: string; now: Date },
) {
  await tx
    .updateTable("supplier_skus")
    .set({ disabled_at: input.now, disabled_reason: input.reason })
    .where("supplier", "=", input.supplier)
    .where("supplier_sku", "=", input.supplierSku)
    .execute();
}

/**
 * Writes a price list that was asked for at `askedAt`. What is not on it is not offered; what was
 * disabled before that and is offered on it is back in sale.
 */
export async function updateListedSkus(
  tx: Tx,
  input: { supplier: string; skus: readonly ListedSku[]; askedAt: Date; now: Date },
) {
  const { supplier, skus, askedAt, now } = input;
  await sql`
    update supplier_skus ours
    set list_price = coalesce(listed.price, ours.list_price),
      offered = coalesce(listed.offered, false),
      closed_from = listed.closed_from,
      closed_until = listed.closed_until,
      seen_at = coalesce(listed.seen_at, ours.seen_at),
      disabled_at = case when listed.back then null else ours.disabled_at end,
      disabled_reason = case when listed.back then null else ours.disabled_reason end
    from (
      select old.sku_id, price, listed.offered, listed.closed_from, listed.closed_until,
        case when listed.sku is not null then ${now}::timestamptz end as seen_at,
        listed.offered and old.disabled_at < ${askedAt}::timestamptz as back
      from supplier_skus old
      left join unnest(
        ${skus.map((sku) => sku.supplierSku)}::text[],
        ${skus.map((sku) => sku.priceIdr)}::bigint[],
        ${skus.map((sku) => sku.offered)}::boolean[],
        ${skus.map((sku) => sku.cutOff?.fromMinute ?? null)}::int[],
        ${skus.map((sku) => sku.cutOff?.untilMinute ?? null)}::int[]
      ) as listed (sku, price, offered, closed_from, closed_until) on listed.sku = old.supplier_sku
      where old.supplier = ${supplier}
    ) listed
    where ours.supplier = ${supplier} and ours.sku_id = listed.sku_id`.execute(tx);
}

export async function lockReading(tx: Tx, supplier: string) {
  return tx
    .selectFrom("supplier_readings")
    .selectAll()
    .where("supplier", "=", supplier)
    .forUpdate()
    .executeTakeFirst();
}

export async function saveReading(
  tx: Tx,
  supplier: string,
  change: Updateable<Schema["supplier_readings"]>,
) {
  await tx
    .insertInto("supplier_readings")
    .values({ ...change, supplier })
    .onConflict((conflict) => conflict.column("supplier").doUpdateSet(change))
    .execute();
}

export async function selectReading(db: Db, supplier: string) {
  return db
    .selectFrom("supplier_readings")
    .selectAll()
    .where("supplier", "=", supplier)
    .executeTakeFirst();
}

/**
 * Opens a pause. One of the same cause that is open already stays, with the larger of both amounts;
 * then the answer is false.
 */
export async function insertPause(
  tx: Tx,
  row: {
    supplier: string;
    cause: string;
    reason: string;
    by: string;
    neededIdr: bigint | null;
    now: Date;
  },
): Promise<boolean> {
  const { rows } = await sql<{ isNew: boolean }>`
    insert into supplier_pauses (supplier, cause, reason, paused_by, paused_at, needed_amount)
    values (${row.supplier}, ${row.cause}, ${row.reason}, ${row.by}, ${row.now}, ${row.neededIdr})
    on conflict (supplier, cause) where ended_at is null
    do update set needed_amount = greatest(supplier_pauses.needed_amount, excluded.needed_amount)
    returning xmax = 0 as "isNew"`.execute(tx);
  return rows[0]?.isNew === true;
}

export async function selectOpenPauses(db: Db, supplier: string): Promise<PauseRow[]> {
  return db
    .selectFrom("supplier_pauses")
    .selectAll()
    .where("supplier", "=", supplier)
    .where("ended_at", "is", null)
    .orderBy("id")
    .execute();
}

export async function lockOpenPauses(tx: Tx, supplier: string): Promise<PauseRow[]> {
  return tx
    .selectFrom("supplier_pauses")
    .selectAll()
    .where("supplier", "=", supplier)
    .where("ended_at", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
}

export async function endPauses(tx: Tx, ids: readonly bigint[], by: string, now: Date) {
  await tx
    .updateTable("supplier_pauses")
    .set({ ended_by: by, ended_at: now })
    .where("id", "in", ids)
    .execute();
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

/** The one purchase of an order that has not failed: what is open, or what has delivered. */
export async function lockLivePurchase(tx: Tx, orderId: string) {
  return tx
    .selectFrom("purchases")
    .selectAll()
    .where("order_id", "=", orderId)
    .where("state", "<>", "failed")
    .forUpdate()
    .executeTakeFirst();
}
