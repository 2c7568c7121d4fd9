/** Worker: leases due jobs, runs their handlers, renews the leases, and tries again what failed. */
import { sql } from "kysely";
import type { Clock } from "./clock.ts";
import { type Database, type Db, inTransaction, type Tx } from "./db.ts";
import { gather } from "./gather.ts";
import { type JobHandler, type JobPayload, LeaseLost, RunAgain } from "./jobs.ts";
import type { Log } from "./log.ts";
import type { Random } from "./random.ts";
import { enqueueRecurring } from "./recurring.ts";
import { Refusal } from "./refusal.ts";

// Short, so that a killed worker's jobs run again in seconds; a living worker renews it.
const leaseMs = 15_000;
const renewMs = 5_000;
const pollMs = 1_000;
// Most of a job is waiting for a party, which holds no database connection, or for a batch.
const concurrency = 256;
const maxAttempts = 25;
const firstRetryMs = 500;
const longestRetryMs = 5 * 60_000;
// Another version of the store may have changed what recurs.
const readRecurringMs = 60_000;

/**
 * How long to wait after a failed attempt: each time twice as long, less up to a half by chance, so
 * that jobs which failed together do not all come back together.
 */
export function retryAfterMs(random: Random, attemptCount: number): number {
  const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** (attemptCount - 1));
  const [high = 0, low = 0] = random.bytes(2);
  const chance = (high * 256 + low) / 65_536;
  return Math.round(longest * (1 - chance / 2));
}

interface LeasedJob {
  readonly id: bigint;
  readonly name: string;
  readonly key: string | null;
  readonly payload: JobPayload;
  readonly attempt_count: number;
  readonly fence: number;
}

/**
 * Ends every lease, for a process that knows it is the only one: the workers that held them are dead,
 * and a buyer need not wait for the leases to run out.
 */
export async function endLeases(db: Database, deps: { clock: Clock }): Promise<void> {
  await db
    .updateTable("jobs")
    .set({ lease_until: deps.clock.now() })
    .where("state", "=", "running")
    .execute();
}

/** A job that goes back to wait. */
interface Retry {
  readonly job: LeasedJob;
  readonly runAt: Date;
  readonly attempts: number;
  readonly error: string | null;
}

/** A job that was refused or has failed too often: nobody tries it again unless a person says so. */
export interface DeadJob {
  readonly id: bigint;
  readonly name: string;
  readonly key: string | null;
  readonly payload: JobPayload;
  readonly error: string;
}

export interface Worker {
  /** Looks for due jobs now: another process says that there are some. */
  wake(): void;
  /** Waits until no job is due or running. */
  quiet(): Promise<void>;
  /** Takes no new job and waits for the running ones. */
  stop(): Promise<void>;
}

/** Whether a job is due or running, and whether a recurring one is to be enqueued. */
async function whatIsDue(db: Db, now: Date): Promise<{ job: boolean; recurring: boolean }> {
  const { rows } = await sql<{ job: boolean; recurring: boolean }>`
    select exists (select from jobs where state <> 'dead' and run_at <= ${now}) as job,
      exists (select from recurring_jobs where next_run_at <= ${now}) as recurring`.execute(db);
  return rows[0] ?? { job: true, recurring: true };
}

/** Finishes a job outside its handler's transaction. False when the lease was taken over. */
function createFinisher(db: Database): (job: LeasedJob) => Promise<boolean> {
  return gather(async (jobs) => {
    const deleted = await deleteHeld(db, jobs);
    return jobs.map((job) => deleted.has(job.id));
  });
}

/** Deletes the jobs that are still held by these leases and returns their ids. */
async function deleteHeld(db: Db, jobs: readonly LeasedJob[]): Promise<Set<bigint>> {
  const ids = jobs.map((job) => job.id);
  const fences = jobs.map((job) => job.fence);
  const { rows } = await sql<{ id: bigint }>`
    delete from jobs
    using unnest(${ids}::bigint[], ${fences}::int[]) as held (id, fence)
    where jobs.id = held.id and jobs.fence = held.fence and jobs.state = 'running'
    returning jobs.id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Starts a worker: it looks for due jobs when this process commits some, when woken, every second. */
export function startWorker(
  deps: {
    db: Database;
    clock: Clock;
    random: Random;
    log: Log;
    /** Called in the transaction that buries a job, so that none dies unseen. */
    onDead?: (tx: Tx, job: DeadJob) => Promise<void>;
  },
  handlers: Readonly<Record<string, JobHandler>>,
): Worker {
  const { db, clock, random, log } = deps;
  const running = new Map<bigint, { readonly fence: number; readonly done: Promise<void> }>();
  const allDone = () => Promise.all([...running.values()].map((task) => task.done));
  const finish = createFinisher(db);
  const stopping = new AbortController();
  // Leases are renewed to the end: a stopping worker still finishes what it began.
  const stopped = new AbortController();
  let nap = new AbortController();
  const wake = () => nap.abort();
  db.afterEnqueue.add(wake);

  const lease = async (limit: number) => {
    const leased = await sql<LeasedJob>`
      select id, name, key, payload, attempt_count, fence
      from jobs_lease(${limit}, ${leaseMs}, ${[...running.keys()]}::bigint[], ${clock.now()})`.execute(
      db,
    );
    return leased.rows;
  };

  const retryAll = gather(async (retries: readonly Retry[]) => {
    await sql`
      select jobs_retry(retry.id, retry.fence, retry.run_at, retry.attempts, retry.error, ${clock.now()})
      from unnest(
        ${retries.map(({ job }) => job.id)}::bigint[],
        ${retries.map(({ job }) => job.fence)}::int[],
        ${retries.map(({ runAt }) => runAt)}::timestamptz[],
        ${retries.map(({ attempts }) => attempts)}::int[],
        ${retries.map(({ error }) => error)}::text[]
      ) retry (id, fence, run_at, attempts, error)`.execute(db);
    return retries;
  });
  const retry = async (job: LeasedJob, afterMs: number, attempts: number, error: string | null) => {
    const runAt = new Date(clock.now().getTime() + afterMs);
    await retryAll({ job, runAt, attempts, error });
  };

  const bury = async (job: LeasedJob, error: string) => {
    const buried = await inTransaction(db, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable("jobs")
        .set({ state: "dead", lease_until: null, last_error: error, died_at: clock.now() })
        .where("id", "=", job.id)
        .where("fence", "=", job.fence)
        .where("state", "=", "running")
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return false; // another worker has taken it over
      await deps.onDead?.(tx, { ...job, error });
      return true;
    });
    if (!buried) return;
    log.error({ job: job.name, key: job.key, error }, "a job is dead: a person must look at it");
  };

  const run = async (job: LeasedJob) => {
    let finished = false;
    try {
      const handler = handlers[job.name];
      if (handler === undefined) throw new Error(`no handler for job ${job.name}`);
      // Each lease counts, so that a job which takes its worker down does not do so for ever.
      if (job.attempt_count > maxAttempts) return bury(job, "its workers died or were too slow");
      await handler(job.payload, {
        async finish(tx) {
          if (!(await deleteHeld(tx, [job])).has(job.id)) throw new LeaseLost();
          finished = true;
        },
      });
      if (!finished && !(await finish(job))) throw new LeaseLost();
    } catch (error) {
      if (error instanceof LeaseLost) {
        log.warn({ job: job.name, key: job.key }, "a job took longer than its lease");
        return;
      }
      if (error instanceof RunAgain) return retry(job, error.afterMs, 0, error.message);
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      // A refusal is an answer: asking again would be refused again.
      if (error instanceof Refusal || job.attempt_count >= maxAttempts) return bury(job, message);
      log.warn({ job: job.name, key: job.key, attempt: job.attempt_count, error: message }, "job");
      await retry(job, retryAfterMs(random, job.attempt_count), job.attempt_count, message);
    }
  };

  const start = (job: LeasedJob) => {
    const done = run(job)
      // The lease runs out and the job is taken over; the database may be away for a moment.
      .catch((error: unknown) => log.error({ job: job.name, error: String(error) }, "job lost"))
      .finally(() => {
        running.delete(job.id);
        wake();
      });
    running.set(job.id, { fence: job.fence, done });
  };

  const renew = async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(renewMs, stopped.signal).catch(() => {});
      if (running.size === 0) continue;
      const leaseUntil = new Date(clock.now().getTime() + leaseMs);
      const fences = [...running.values()].map((task) => task.fence);
      await sql`select jobs_renew(${[...running.keys()]}::bigint[], ${fences}::int[], ${leaseUntil})`
        .execute(db)
        .catch((error: unknown) => log.warn({ error: String(error) }, "cannot renew leases"));
    }
  };

  let recurringAtMs = 0;
  const recur = async () => {
    const nowMs = clock.now().getTime();
    if (nowMs < recurringAtMs) return;
    const next = await enqueueRecurring(db, { clock });
    recurringAtMs = Math.min(next?.getTime() ?? Number.POSITIVE_INFINITY, nowMs + readRecurringMs);
  };

  // Whoever waits for the next look has it, whether it found anything or not.
  let looked = Promise.withResolvers<void>();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      try {
        await recur();
        const free = concurrency - running.size;
        const jobs = free > 0 ? await lease(free) : [];
        // The stop came while these were on their way: somebody else shall begin them.
        if (stopping.signal.aborted) {
          for (const job of jobs) await retry(job, 0, job.attempt_count - 1, null);
          break;
        }
        for (const job of jobs) start(job);
      } catch (error) {
        log.error({ error: String(error) }, "cannot look for jobs; trying again");
      }
      looked.resolve();
      looked = Promise.withResolvers();
      await clock.sleep(pollMs, AbortSignal.any([nap.signal, stopping.signal])).catch(() => {});
    }
  };
  const looping = loop().finally(() => looked.resolve());
  const renewing = renew();

  return {
    wake,
    async quiet() {
      for (;;) {
        await allDone();
        const due = await whatIsDue(db, clock.now());
        if (!due.job && !due.recurring && running.size === 0) return;
        const { promise } = looked;
        if (due.recurring) recurringAtMs = 0;
        wake();
        await promise;
      }
    },
    async stop() {
      db.afterEnqueue.delete(wake);
      stopping.abort();
      await looping;
      await allDone();
      stopped.abort();
      await renewing;
    },
  };
}
