/** Discord repository: interactions and cards. Private to this folder. */
import { type Selectable, sql } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";

export type CardRow = Selectable<Schema["discord_cards"]>;

/**
 * Records interactions and their work in one statement. The work waits until `runAt`, when it finds
 * out whether the first answer was taken. Returns the ids of those that were not recorded before.
 */
export async function insertInteractions(
  db: Db,
  arrived: readonly { id: string; payload: string }[],
  { now, runAt }: { now: Date; runAt: Date },
): Promise<Set<string>> {
  const ids = arrived.map((one) => one.id);
  const payloads = arrived.map((one) => one.payload);
  const { rows } = await sql<{ id: string }>`
    with recorded as (
      insert into discord_interactions (id, payload, received_at)
      select id, payload::jsonb, ${now}
      from unnest(${ids}::text[], ${payloads}::text[]) arrived (id, payload)
      on conflict (id) do nothing
      returning id
    )
    select id,
      jobs_enqueue('discord.work', id, jsonb_build_object('interactionId', id), ${runAt}, ${now})
    from recorded`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Their first answers were taken: the work of each is due now. One statement. */
export async function markAcknowledged(tx: Tx, interactionIds: readonly string[], now: Date) {
  await sql`
    with marked as (
      update discord_interactions set acknowledged_at = ${now}
      where id = any (${interactionIds}::text[])
      returning id
    )
    select jobs_enqueue('discord.work', id, jsonb_build_object('interactionId', id), ${now}, ${now})
    from marked`.execute(tx);
}

/** In the order of the ids; undefined for one that is not kept. */
export async function selectInteractions(db: Db, ids: readonly string[]) {
  const rows = await db
    .selectFrom("discord_interactions")
    .selectAll()
    .where("id", "=", sql<string>`any(${ids}::text[])`)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}

export async function keepResult(db: Db, interactionId: string, result: string) {
  await db
    .updateTable("discord_interactions")
    .set({ result })
    .where("id", "=", interactionId)
    .execute();
}

/** Deletes interactions received before an instant, at most `limit`. Returns how many. */
export async function deleteInteractions(db: Db, before: Date, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("discord_interactions")
    .where("id", "in", (old) =>
      old
        .selectFrom("discord_interactions")
        .select("id")
        .where("received_at", "<", before)
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function upsertCard(
  tx: Tx,
  card: Omit<CardRow, "dm_channel_id" | "dm_message_id" | "shown_hash">,
) {
  const { subject_id: _, ...latest } = card;
  await tx
    .insertInto("discord_cards")
    .values(card)
    .onConflict((conflict) =>
      conflict.column("subject_id").doUpdateSet({ ...latest, shown_hash: null }),
    )
    .execute();
}

export async function selectCard(db: Db, subjectId: string) {
  return db
    .selectFrom("discord_cards")
    .selectAll()
    .where("subject_id", "=", subjectId)
    .executeTakeFirst();
}

export async function selectOrdersWithCard(db: Db, orderIds: readonly string[]) {
  const rows = await db
    .selectFrom("discord_cards")
    .select("subject_id")
    .where("subject_id", "=", sql<string>`any(${orderIds}::uuid[])`)
    .execute();
  return rows.map((row) => row.subject_id);
}

export async function markShown(tx: Tx, subjectId: string, token: string, hash: string) {
  await tx
    .updateTable("discord_cards")
    .set({ shown_hash: hash })
    .where("subject_id", "=", subjectId)
    // A click in the meantime brought a new place to show the order in.
    .where("token", "=", token)
    .execute();
}

export async function markTokenDead(db: Db, subjectId: string, token: string, now: Date) {
  await db
    .updateTable("discord_cards")
    .set({ token_expires_at: now })
    .where("subject_id", "=", subjectId)
    .where("token", "=", token)
    .execute();
}

export async function rememberDirectMessage(
  db: Db,
  subjectId: string,
  direct: { channelId: string; messageId: string },
) {
  await db
    .updateTable("discord_cards")
    .set({ dm_channel_id: direct.channelId, dm_message_id: direct.messageId })
    .where("subject_id", "=", subjectId)
    .execute();
}

/** The presses of buttons that carry one of these words, while they are kept. */
export async function selectPresses(db: Db, words: readonly string[]) {
  const { rows } = await sql<{
    id: string;
    customId: string;
    receivedAt: Date;
    acknowledged: boolean;
  }>`
    select id, payload -> 'data' ->> 'custom_id' as "customId", received_at as "receivedAt",
      acknowledged_at is not null as acknowledged
    from discord_interactions
    where split_part(payload -> 'data' ->> 'custom_id', ':', 3) = any (${words})
    order by received_at, id`.execute(db);
  return rows;
}

/** Since when a person's direct messages are known to be closed to us. */
export async function selectClosedDoor(db: Db, discordId: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom("discord_closed_doors")
    .select("found_at")
    .where("discord_id", "=", discordId)
    .executeTakeFirst();
  return row?.found_at;
}

export async function keepClosedDoor(db: Db, discordId: string, now: Date) {
  await db
    .insertInto("discord_closed_doors")
    .values({ discord_id: discordId, found_at: now })
    .onConflict((conflict) => conflict.column("discord_id").doUpdateSet({ found_at: now }))
    .execute();
}

export async function selectStaffNotice(db: Db, itemId: string) {
  return db
    .selectFrom("discord_staff_notices")
    .selectAll()
    .where("item_id", "=", itemId)
    .executeTakeFirst();
}

/** About to be sent for the first time. */
export async function insertStaffNotice(db: Db, notice: { itemId: string; channelId: string }) {
  await db
    .insertInto("discord_staff_notices")
    .values({ item_id: notice.itemId, channel_id: notice.channelId })
    .execute();
}

export async function keepStaffNotice(
  db: Db,
  notice: { itemId: string; messageId: string; hash: string },
) {
  await db
    .updateTable("discord_staff_notices")
    .set({ message_id: notice.messageId, shown_hash: notice.hash })
    .where("item_id", "=", notice.itemId)
    .execute();
}

/** Forgets whose direct messages were found closed before an instant. */
export async function deleteClosedDoors(db: Db, before: Date) {
  await db.deleteFrom("discord_closed_doors").where("found_at", "<", before).execute();
}

/** The hash of the commands that were registered last. */
export async function selectDeployment(db: Db, applicationId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("discord_deployments")
    .select("hash")
    .where("application_id", "=", applicationId)
    .executeTakeFirst();
  return row?.hash;
}

export async function keepDeployment(db: Db, applicationId: string, hash: string, now: Date) {
  const row = { hash, deployed_at: now };
  await db
    .insertInto("discord_deployments")
    .values({ application_id: applicationId, ...row })
    .onConflict((conflict) => conflict.column("application_id").doUpdateSet(row))
    .execute();
}
