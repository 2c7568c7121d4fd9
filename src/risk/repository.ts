/** Risk repository: every statement that touches risk, outside its .sql. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";
import type { RiskDecision } from "./rules.ts";
import type { BlockedSubject, RiskSubject } from "./subject.ts";

export async function insertBlock(
  tx: Tx,
  block: { id: string; subject: BlockedSubject; reason: string; now: Date },
) {
  return tx
    .insertInto("risk_blocks")
    .values({
      id: block.id,
      kind: block.subject.kind,
      value: subjectValue(block.subject),
      reason: block.reason,
      blocked_at: block.now,
    })
    .onConflict((conflict) =>
      conflict.columns(["kind", "value"]).where("removed_at", "is", null).doNothing(),
    )
    .returning("id")
    .executeTakeFirst();
}

export async function endBlock(tx: Tx, subject: BlockedSubject, now: Date) {
  return tx
    .updateTable("risk_blocks")
    .set({ removed_at: now })
    .where("kind", "=", subject.kind)
    .where("value", "=", subjectValue(subject))
    .where("removed_at", "is", null)
    .returning("id")
    .executeTakeFirst();
}

export async function selectBlocks(db: Db) {
  return db
    .selectFrom("risk_blocks")
    .select(["id", "kind", "value", "reason", "blocked_at as blockedAt"])
    .where("removed_at", "is", null)
    .orderBy("blocked_at")
    .orderBy("id")
    .execute();
}

export async function selectNewestRules(db: Db) {
  return db
    .selectFrom("risk_rules")
    .select(["version", "name", "feature", "operator", "threshold", "points"])
    .where("version", "=", (one) =>
      one.selectFrom("risk_rules").select(one.fn.max("version").as("newest")),
    )
    .orderBy("name")
    .execute();
}

// As score.sql looks for it.
function subjectValue(subject: BlockedSubject) {
  switch (subject.kind) {
    case "customer":
      return sql<string>`${subject.customerId}::uuid::text`;
    case "discord_id":
      return sql<string>`${subject.discordId}::text`;
    case "game_account":
      return sql<string>`risk_game_account(${subject.gameCode}, ${subject.playerId}, ${subject.zoneId ?? null})`;
    default:
      return subject satisfies never;
  }
}

export async function callScore(tx: Tx, subject: RiskSubject, now: Date): Promise<RiskDecision> {
  const { rows } = await sql<{ decision: RiskDecision }>`
    with scored as (
      select order_id, version, score, decision, hits
      from risk_score(
        array[${subject.orderId}::uuid], array[${subject.customerId}::uuid],
        array[${subject.discordId}::text], array[${subject.gameCode}::text],
        array[${subject.playerId}::text], array[${subject.zoneId}::text], ${now}
      )
    ), kept as (
      select risk_record(array_agg(
        row(order_id, version, score, decision, hits, ${now}::timestamptz)::risk_decisions
      )) from scored
    )
    select decision from scored cross join kept`.execute(tx);
  const [scored] = rows;
  if (scored === undefined) throw new Error(`order ${subject.orderId} was not scored`);
  return scored.decision;
}

export async function selectDecisions(db: Db, orderId: string) {
  return db
    .selectFrom("risk_decisions")
    .select(["version", "score", "decision", "hits", "decided_at"])
    .where("order_id", "=", orderId)
    .orderBy("decided_at")
    .execute();
}
