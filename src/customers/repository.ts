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

export async function selectByKeyIds(db: Db, keyIds: readonly string[]) {
  return db
    .selectFrom("customers")
    .select(["id", "key_id"])
    .where("key_id", "=", sql<string>`any(${keyIds}::uuid[])`)
    .execute();
}

export async function insertCustomers(
  tx: Tx,
  customers: readonly {
    id: string;
    discordId?: string;
    keyId?: string;
    locale: "id" | "en";
    createdAt: Date;
  }[],
) {
  await tx
    .insertInto("customers")
    .values(
      customers.map((customer) => ({
        id: customer.id,
        discord_id: customer.discordId ?? null,
        key_id: customer.keyId ?? null,
        locale: customer.locale,
        created_at: customer.createdAt,
      })),
    )
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
