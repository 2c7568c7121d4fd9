/** Forget: interactions are what people typed, and nobody asks for them after a week. */
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { deleteClosedDoors, deleteInteractions } from "./repository.ts";

const keptMs = 7 * 24 * 3600_000;
/** For so long nobody is written to whose direct messages were found closed. */
export const closedDoorMs = 24 * 3600_000;
// Short transactions: each is over before anybody waits for it.
const atOnce = 5_000;

/** Job `discord.forget`, daily: deletes interactions older than 7 days, and doors closed a day ago. */
export async function forgetInteractions(
  db: Database,
  deps: { clock: Clock; log: Log },
): Promise<void> {
  const now = deps.clock.now().getTime();
  await deleteClosedDoors(db, new Date(now - closedDoorMs));
  const before = new Date(now - keptMs);
  let total = 0;
  for (;;) {
    const deleted = await deleteInteractions(db, before, atOnce);
    total += deleted;
    if (deleted < atOnce) break;
  }
  if (total > 0) deps.log.info({ interactions: total }, "forgot old interactions");
}
