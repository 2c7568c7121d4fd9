/** Customer repository: every statement that touches customers. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";

export async function selectByDiscordIds(db: Db, discordIds: readonly string[]) {
  return db
    .selectFrom("customers")
    .select(["id", "discord_id"])
    .where("discord_id", "=", sql<string>`any(${discordIds}::text[])`)
    .execute();
}

export async function findByDiscordId(db: Db, discordId: string) {
  return db
    .selectFrom("customers")
    .select("id")
    .where("discord_id", "=", discordId)
    .executeTakeFirst();
}

export async function findByKeyId(db: Db, keyId: string) {
  return db.selectFrom("customers").select("id").where("key_id", "=", keyId).executeTakeFirst();
}

export async function insertCustomer(
  tx: Tx,
  customer: {
    id: string;
    discordId?: string;
    keyId?: string;
    locale: "id" | "en";
    createdAt: Date;
  },
) {
  await tx
    .insertInto("customers")
    .values({
      id: customer.id,
      discord_id: customer.discordId ?? null,
      key_id: customer.keyId ?? null,
      locale: customer.locale,
      created_at: customer.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function selectExists(db: Db, customerId: string) {
  const row = await db
    .selectFrom("customers")
    .select("id")
    .where("id", "=", customerId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function selectDiscordId(db: Db, customerId: string) {
  const row = await db
    .selectFrom("customers")
    .select("discord_id")
    .where("id", "=", customerId)
    .executeTakeFirstOrThrow();
  return row.discord_id;
}

export async function callLock(tx: Tx, customerIds: readonly string[]) {
  await sql`select customers_lock(${customerIds}::uuid[])`.execute(tx);
}
