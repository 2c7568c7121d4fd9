/** Order repository: every statement that touches orders, outside place.sql. Private to this folder. */
import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";
import type { Order, OrderState } from "./order.ts";

const asOrder = (row: Selectable<Schema["orders"]>) => row as Order;

export async function insertQuote(tx: Tx, quote: Insertable<Schema["quotes"]>) {
  await tx.insertInto("quotes").values(quote).execute();
}

export async function selectQuote(db: Db, quoteId: string) {
  return db.selectFrom("quotes").selectAll().where("id", "=", quoteId).executeTakeFirst();
}

export async function confirmQuote(
  tx: Tx,
  input: { quoteId: string; customerId: string; now: Date },
) {
  await tx
    .updateTable("quotes")
    .set({ confirmed_at: input.now })
    .where("id", "=", input.quoteId)
    .where("customer_id", "=", input.customerId)
    .where("confirmed_at", "is", null)
    .execute();
}

export async function callPlace(tx: Tx, requests: readonly object[], now: Date) {
  const result = await sql<{ outcomes: unknown[] }>`
    select orders_place(${JSON.stringify(requests)}::jsonb, ${now}) as outcomes`.execute(tx);
  return result.rows[0]?.outcomes ?? [];
}

export async function lockOrder(tx: Tx, orderId: string) {
  const row = await tx
    .selectFrom("orders")
    .selectAll()
    .where("id", "=", orderId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return asOrder(row);
}

export async function selectOrder(db: Db, orderId: string) {
  const row = await db
    .selectFrom("orders")
    .selectAll()
    .where("id", "=", orderId)
    .executeTakeFirstOrThrow();
  return asOrder(row);
}

export async function selectOrderBy(db: Db, column: "code" | "page_token", value: string) {
  const row = await db
    .selectFrom("orders")
    .selectAll()
    .where(column, "=", value)
    .executeTakeFirst();
  return row && asOrder(row);
}

export async function selectOrdersOfCustomer(db: Db, customerId: string, limit: number) {
  const rows = await db
    .selectFrom("orders")
    .selectAll()
    .where("customer_id", "=", customerId)
    .orderBy("placed_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(asOrder);
}

export async function updateState(tx: Tx, orderId: string, state: OrderState, now: Date) {
  await tx
    .updateTable("orders")
    .set({ state, changed_at: now })
    .where("id", "=", orderId)
    .execute();
}

export async function setPaidBy(tx: Tx, orderId: string, paymentId: string) {
  await tx
    .updateTable("orders")
    .set({ paid_payment_id: paymentId })
    .where("id", "=", orderId)
    .execute();
}

export async function insertEvent(tx: Tx, event: Insertable<Schema["order_events"]>) {
  await tx.insertInto("order_events").values(event).execute();
}

export async function hasEvent(db: Db, orderId: string, reason: string): Promise<boolean> {
  const row = await db
    .selectFrom("order_events")
    .select("id")
    .where("order_id", "=", orderId)
    .where("reason", "=", reason)
    .executeTakeFirst();
  return row !== undefined;
}

export async function selectPlacedOrder(db: Db, input: { key: string; customerId: string }) {
  return db
    .selectFrom("orders")
    .select("code")
    .where("quote_id", "=", input.key)
    .where("customer_id", "=", input.customerId)
    .executeTakeFirst();
}

export async function selectEvents(db: Db, orderId: string) {
  return db
    .selectFrom("order_events")
    .select(["to_state as state", "reason", "happened_at as at"])
    .where("order_id", "=", orderId)
    .orderBy("id")
    .execute();
}
