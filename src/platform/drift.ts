/**
 * Drift: how far this machine's clock is from the database's. Ours decides everything; all processes
 * of a shop share one database, so one that is away from its clock is away from the others.
 */
import { sql } from "kysely";
import type { StoreClock } from "./clock.ts";
import type { Db } from "./db.ts";

// Beyond this a store is not ready: leases and expiries would be judged by two different times.
const mostDriftMs = 2_000;

/** Milliseconds that this machine is ahead of the database, negative when behind. */
export async function measureDriftMs(db: Db, clock: StoreClock): Promise<number> {
  const askedAtMs = clock.machineNow().getTime();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const answeredAtMs = clock.machineNow().getTime();
  const theirsMs = rows[0]?.now.getTime() ?? Number.NaN;
  // It was read somewhere in between, so a slow answer is not drift.
  if (theirsMs < askedAtMs) return askedAtMs - theirsMs;
  return Math.min(0, answeredAtMs - theirsMs);
}

/** True when nothing needs to be done about it. */
export function isInStep(driftMs: number): boolean {
  return Math.abs(driftMs) <= mostDriftMs;
}
