/** Due: when something next happens by itself, so that a test need not let time pass minute by minute. */
import type { Simulators } from "../simulators/world.ts";
import type { Clock } from "../src/platform/clock.ts";
import type { Database } from "../src/platform/db.ts";

/**
 * The milliseconds until the next job runs or a party does something: 0 when that is now, and Infinity
 * when nothing is to come. What recurs is not counted, because one run makes up for all that were missed.
 * It is 0 while a job runs, so no job may sleep by the clock.
 */
export async function untilDueMs(shop: {
  readonly db: Database;
  readonly clock: Clock;
  readonly simulators: Simulators;
}): Promise<number> {
  const { running, next } = await shop.db
    .selectFrom("jobs")
    .select((of) => [
      of.fn.countAll().filterWhere("state", "=", "running").as("running"),
      of.fn.min("run_at").filterWhere("state", "=", "waiting").as("next"),
    ])
    .executeTakeFirstOrThrow();
  if (BigInt(running) > 0n) return 0;
  const jobMs = next?.getTime() ?? Number.POSITIVE_INFINITY;
  const nowMs = shop.clock.now().getTime();
  return Math.max(0, Math.min(jobMs, shop.simulators.nextDueMs()) - nowMs);
}
