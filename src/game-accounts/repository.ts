/** Game account repository: every statement that touches checks. Private to this folder. */
import type { Insertable } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";

export async function insertCheck(tx: Tx, check: Insertable<Schema["game_account_checks"]>) {
  await tx.insertInto("game_account_checks").values(check).execute();
}

export async function selectCheck(
  db: Db,
  input: { checkToken: string; customerId: string; now: Date },
) {
  return db
    .selectFrom("game_account_checks")
    .select(["game_code as gameCode", "player_id as playerId", "zone_id as zoneId", "nickname"])
    .where("id", "=", input.checkToken)
    .where("customer_id", "=", input.customerId)
    .where("expires_at", ">", input.now)
    .executeTakeFirst();
}
