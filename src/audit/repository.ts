/** Audit repository: every statement that touches the audit log. Private to this folder. */
import type { Tx } from "../platform/db.ts";
import type { Act } from "./act.ts";

export async function insertAct(tx: Tx, act: Act, now: Date) {
  const { id } = await tx
    .insertInto("audit_log")
    .values({
      actor: act.actor,
      action: act.action,
      object: act.object,
      before: toJson(act.before),
      after: toJson(act.after),
      reason: act.reason ?? null,
      request_id: act.requestId ?? null,
      acted_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { machineUser, ip } = act.origin ?? {};
  if (machineUser === undefined && ip === undefined) return;
  await tx
    .insertInto("audit_details")
    .values({ audit_id: id, machine_user: machineUser ?? null, ip: ip ?? null })
    .execute();
}

function toJson(value: Readonly<Record<string, unknown>> | undefined): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? item.toString() : item));
}
