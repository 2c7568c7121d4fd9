/** Find jobs: what waits, runs or is dead, for a person; and letting the dead live again. */
import { sql } from "kysely";
import type { Clock } from "./clock.ts";
import { type Db, noteEnqueue, type Tx } from "./db.ts";
import { linesAbout, type StoryLine } from "./story.ts";

const line = linesAbout("job");

/** A finished job is gone, so it is none of these. */
export type JobState = "waiting" | "running" | "dead";

export interface FoundJob {
  readonly id: bigint;
  readonly name: string;
  readonly key: string | null;
  readonly state: JobState;
  readonly attemptCount: number;
  readonly runAt: Date;
  readonly diedAt: Date | null;
  readonly lastError: string | null;
}

/** The jobs in these states, the one that is due longest first, at most `limit`. */
export async function findJobs(
  db: Db,
  input: { states: readonly JobState[]; limit: number },
): Promise<FoundJob[]> {
  const { rows } = await sql<FoundJob>`
    select id, name, key, state, attempt_count as "attemptCount", run_at as "runAt",
      died_at as "diedAt", last_error as "lastError"
    from jobs
    where state = any (${input.states})
    order by run_at, id
    limit ${input.limit}`.execute(db);
  return rows;
}

/** Every dead job, the oldest first. */
export async function deadJobIds(db: Db): Promise<bigint[]> {
  const rows = await db
    .selectFrom("jobs")
    .select("id")
    .where("state", "=", "dead")
    .orderBy("died_at")
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Makes dead jobs due now, as if they were new; where the same work waits already, that stands for
 * it. Returns those that were dead.
 */
export async function replayJobs(
  tx: Tx,
  deps: { clock: Clock },
  ids: readonly bigint[],
): Promise<{ id: bigint; name: string }[]> {
  noteEnqueue(tx);
  const { rows } = await sql<{ id: bigint; name: string }>`
    select id, name from jobs_replay(${ids}::bigint[], ${deps.clock.now()})`.execute(tx);
  return rows;
}

/** The jobs that carry one of these ids, as lines of a story. */
export async function storyOfJobs(db: Db, ids: readonly string[]): Promise<StoryLine[]> {
  const { rows } = await sql<FoundJob>`
    select id, name, key, state, attempt_count as "attemptCount", run_at as "runAt",
      died_at as "diedAt", last_error as "lastError"
    from jobs
    where exists (select from jsonb_each_text(payload) carried where carried.value = any (${ids}))
    order by run_at, id`.execute(db);
  return rows.map(({ id, name, state, attemptCount, runAt, diedAt, lastError }) => {
    const what = `${name} ${{ waiting: "waits", running: "is running", dead: "is dead" }[state]}`;
    const details = { id: String(id), tries: attemptCount || null, error: lastError };
    return line(diedAt ?? runAt, String(id), "system", what, details);
  });
}
