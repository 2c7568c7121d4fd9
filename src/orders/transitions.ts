/** Transitions: how many orders went from one state to another, counted as they are committed. */
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { countTransitions, newestEventId } from "./repository.ts";

// A transaction that is still open may hold a smaller number than one that is committed. None lasts
// this long, because nothing crosses the network while one is open.
const settleMs = 10_000;

export interface Transition {
  /** `new` for a placement. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/**
 * Reads order events from now on: each call returns what was added since the last one, up to ten
 * seconds ago, and so costs as much as there was to do, not as much as there ever was.
 */
export async function followTransitions(
  db: Db,
  deps: { clock: Clock },
): Promise<() => Promise<readonly Transition[]>> {
  let after = await newestEventId(db);
  return async () => {
    const before = new Date(deps.clock.now().getTime() - settleMs);
    const found = await countTransitions(db, { after, before });
    after = found.upTo;
    return found.transitions;
  };
}
