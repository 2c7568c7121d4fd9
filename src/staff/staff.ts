/** Staff: who works for the shop, by Discord id, and what they may do. */
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { Refusal } from "../platform/refusal.ts";
import { insertStaff, lockStaff, selectStaff, updateStaff } from "./repository.ts";
import type { StaffRole } from "./roles.ts";

/** What a change did, for the caller's audit row. */
export interface StaffChange {
  readonly staffId: string;
  readonly before: { readonly role: string } | undefined;
  readonly after: { readonly role: string } | undefined;
}

/** Adds somebody, or gives who is there another role. */
export async function addStaff(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  input: { discordId: string; role: StaffRole },
): Promise<StaffChange> {
  const known = await lockStaff(tx, input.discordId);
  const after = { role: input.role };
  if (known === undefined) {
    const staffId = deps.ids.uuid();
    await insertStaff(tx, { id: staffId, ...input, now: deps.clock.now() });
    return { staffId, before: undefined, after };
  }
  await updateStaff(tx, known.id, { role: input.role, removed_at: null });
  const before = known.removedAt === null ? { role: known.role } : undefined;
  return { staffId: known.id, before, after };
}

/** Removes somebody. The row stays: what they did names it. Refuses who is not there. */
export async function removeStaff(
  tx: Tx,
  deps: { clock: Clock },
  input: { discordId: string },
): Promise<StaffChange> {
  const known = await lockStaff(tx, input.discordId);
  if (known === undefined || known.removedAt !== null) {
    throw new Refusal("staff.unknown", { discord_id: input.discordId });
  }
  await updateStaff(tx, known.id, { removed_at: deps.clock.now() });
  return { staffId: known.id, before: { role: known.role }, after: undefined };
}

/** Who acts under a Discord id. Refuses who does not work here, and who has none of these roles. */
export async function actingStaff(
  db: Db,
  input: { discordId: string; roles: readonly StaffRole[] },
): Promise<{ staffId: string }> {
  const person = (await selectStaff(db)).find((one) => one.discordId === input.discordId);
  if (person === undefined) throw new Refusal("staff.unknown", { discord_id: input.discordId });
  if (!input.roles.some((role) => role === person.role)) {
    const needs = input.roles.join(" or ");
    throw new Refusal("staff.role", { role: person.role, needs });
  }
  return { staffId: person.id };
}

/** Everybody who works here now, oldest first. */
export async function listStaff(db: Db) {
  return selectStaff(db);
}
