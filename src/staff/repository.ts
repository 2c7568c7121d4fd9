/** Staff repository: every statement that touches staff and keys. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";

export async function selectStaff(db: Db) {
  return db
    .selectFrom("staff")
    .select(["id", "discord_id as discordId", "role", "added_at as addedAt"])
    .where("removed_at", "is", null)
    .orderBy("added_at")
    .execute();
}

export async function lockStaff(tx: Tx, discordId: string) {
  return tx
    .selectFrom("staff")
    .select(["id", "role", "removed_at as removedAt"])
    .where("discord_id", "=", discordId)
    .forUpdate()
    .executeTakeFirst();
}

export async function insertStaff(
  tx: Tx,
  person: { id: string; discordId: string; role: string; now: Date },
) {
  await tx
    .insertInto("staff")
    .values({
      id: person.id,
      discord_id: person.discordId,
      role: person.role,
      added_at: person.now,
    })
    .execute();
}

export async function updateStaff(
  tx: Tx,
  staffId: string,
  change: { role?: string; removed_at: Date | null },
) {
  await tx.updateTable("staff").set(change).where("id", "=", staffId).execute();
}

export async function insertKey(
  tx: Tx,
  key: { id: string; name: string; hash: Buffer; scopes: string[]; now: Date },
) {
  await tx
    .insertInto("api_keys")
    .values({
      id: key.id,
      name: key.name,
      hash: key.hash,
      scopes: key.scopes,
      created_at: key.now,
    })
    .execute();
}

export async function selectKeys(db: Db) {
  return db
    .selectFrom("api_keys")
    .select(["id", "name", "scopes", "created_at as createdAt", "revoked_at as revokedAt"])
    .orderBy("created_at")
    .execute();
}

export async function selectKeysByHash(db: Db, hashes: readonly Buffer[]) {
  return db
    .selectFrom("api_keys")
    .select(["id", "name", "scopes", "hash"])
    .where("hash", "=", sql<Buffer>`any(${hashes}::bytea[])`)
    .where("revoked_at", "is", null)
    .execute();
}

export async function updateKeyHash(tx: Tx, keyId: string, hash: Buffer) {
  const row = await tx
    .updateTable("api_keys")
    .set({ hash })
    .where("id", "=", keyId)
    .where("revoked_at", "is", null)
    .returning("name")
    .executeTakeFirst();
  return row?.name;
}

export async function revokeKeyRow(tx: Tx, keyId: string, now: Date) {
  const row = await tx
    .updateTable("api_keys")
    .set({ revoked_at: now })
    .where("id", "=", keyId)
    .where("revoked_at", "is", null)
    .returning("name")
    .executeTakeFirst();
  return row?.name;
}
