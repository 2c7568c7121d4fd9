/** Inbox: interactions are written down as they come, together for all that come at once. */
import type { Clock } from "../platform/clock.ts";
import { type Database, inOneStatement } from "../platform/db.ts";
import { gather } from "../platform/gather.ts";
import { insertInteractions, markAcknowledged } from "./repository.ts";

// Discord gives up after 3 s; work that was not answered by then is dropped.
const answerWithinMs = 3_000;

export interface Inbox {
  /** Records an interaction and its work. False for one that is known: it was delivered again. */
  record(arrived: { id: string; payload: string }): Promise<boolean>;
  /** Discord took the first answer: the work may begin. */
  acknowledge(interactionId: string): Promise<void>;
}

/** Makes the inbox of a bot. */
export function createInbox({ db, clock }: { db: Database; clock: Clock }): Inbox {
  return {
    record: gather(async (arrived) => {
      const now = clock.now();
      const runAt = new Date(now.getTime() + answerWithinMs);
      const fresh = await insertInteractions(db, arrived, { now, runAt });
      // Delivered twice in one batch, it is new once.
      return arrived.map(({ id }) => fresh.delete(id));
    }),
    acknowledge: gather(async (interactionIds: readonly string[]) => {
      await inOneStatement(db, (tx) => markAcknowledged(tx, interactionIds, clock.now()));
      return interactionIds.map(() => undefined);
    }),
  };
}
