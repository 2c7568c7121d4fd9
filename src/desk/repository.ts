/** Desk repository: every statement that touches desk items. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";

export interface NewItemRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly orderId: string | null;
  readonly details: Readonly<Record<string, string>>;
  readonly now: Date;
}

/** True when it was not open yet. Looked for first, so that what is found again uses up no numbers. */
export async function insertUnlessOpen(tx: Tx, item: NewItemRow): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into desk_items (id, kind, subject, order_id, details, opened_at)
    select ${item.id}::uuid, ${item.kind}, ${item.subject}, ${item.orderId}::uuid,
      ${JSON.stringify(item.details)}::jsonb, ${item.now}::timestamptz
    where not exists (
      select from desk_items
      where kind = ${item.kind} and subject = ${item.subject} and closed_at is null
    )
    on conflict (kind, subject) where closed_at is null do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

/** Returns the id of the one that was open. */
export async function closeOpen(
  tx: Tx,
  item: { kind: string; subject: string; closedBy: string; resolution: string; now: Date },
): Promise<string | undefined> {
  const closed = await tx
    .updateTable("desk_items")
    .set({ closed_at: item.now, closed_by: item.closedBy, resolution: item.resolution })
    .where("kind", "=", item.kind)
    .where("subject", "=", item.subject)
    .where("closed_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return closed?.id;
}

export async function lockItem(tx: Tx, itemNumber: number) {
  return select(tx).where("number", "=", itemNumber).forUpdate().executeTakeFirst();
}

export async function updateTaken(tx: Tx, itemId: string, takenBy: string, now: Date) {
  await tx
    .updateTable("desk_items")
    .set({ taken_by: takenBy, taken_at: now })
    .where("id", "=", itemId)
    .execute();
}

export async function updateClosed(
  tx: Tx,
  itemId: string,
  closing: { closedBy: string; resolution: string; now: Date },
) {
  await tx
    .updateTable("desk_items")
    .set({
      closed_at: closing.now,
      closed_by: closing.closedBy,
      resolution: closing.resolution,
    })
    .where("id", "=", itemId)
    .execute();
}

export async function selectOpenItems(db: Db) {
  return select(db).where("closed_at", "is", null).orderBy("opened_at").orderBy("number").execute();
}

export async function selectItems(db: Db, limit: number) {
  return select(db).orderBy("number", "desc").limit(limit).execute();
}

export async function selectItem(db: Db, itemId: string) {
  return select(db).where("id", "=", itemId).executeTakeFirst();
}

export async function selectItemsOfOrder(db: Db, orderId: string) {
  return select(db).where("order_id", "=", orderId).orderBy("number").execute();
}

function select(db: Db) {
  return db
    .selectFrom("desk_items")
    .select([
      "id",
      "number",
      "kind",
      "subject",
      "order_id as orderId",
      "details",
      "opened_at as openedAt",
      "taken_by as takenBy",
      "taken_at as takenAt",
      "closed_at as closedAt",
      "closed_by as closedBy",
      "resolution",
    ]);
}

export async function selectLain(
  db: Db,
  item: { kind: string; subject: string; details: Readonly<Record<string, string>> },
): Promise<boolean> {
  const row = await db
    .selectFrom("desk_items")
    .select("id")
    .where("kind", "=", item.kind)
    .where("subject", "=", item.subject)
    .where("details", "@>", JSON.stringify(item.details))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
