/** Job counts: how much work waits, runs and is given up, for whoever watches the store. */
import { sql } from "kysely";
import type { Db } from "./db.ts";

export interface JobCounts {
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  /** When the job that is due longest should have begun; null when none is due. */
  readonly oldestDueAt: Date | null;
}

/** Counts all jobs: finished ones are gone, so the table is as small as the work that is left. */
export async function countJobs(db: Db, now: Date): Promise<JobCounts> {
  const { rows } = await sql<JobCounts>`
    select count(*) filter (where state = 'waiting')::int as waiting,
      count(*) filter (where state = 'running')::int as running,
      count(*) filter (where state = 'dead')::int as dead,
      min(run_at) filter (where state = 'waiting' and run_at <= ${now}) as "oldestDueAt"
    from jobs`.execute(db);
  const [counts] = rows;
  return counts ?? { waiting: 0, running: 0, dead: 0, oldestDueAt: null };
}
