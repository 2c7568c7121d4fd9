/** Jobs: work that is a row in the transaction that wanted it, done by a worker until it is done. */
import { sql } from "kysely";
import type { Clock } from "./clock.ts";
import type { Database, Tx } from "./db.ts";
import type { Log } from "./log.ts";
import { Refusal } from "./refusal.ts";

export type JobPayload = Readonly<Record<string, string>>;

export interface NewJob {
  /** `module.verb`, a key of the handler table. */
  readonly name: string;
  /** Waiting work of the same name and key is kept once. */
  readonly key: string;
  readonly payload: JobPayload;
  readonly runAt?: Date;
}

/** Does a job. Runs again after a crash or an error, so it is safe to run twice. */
export type JobHandler = (payload: JobPayload) => Promise<void>;

/** Thrown by a handler to be run again at a time of its choosing, without counting as an error. */
export class RunAgain extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`run again after ${afterMs} ms`);
    this.name = "RunAgain";
    this.afterMs = afterMs;
  }
}

// Short, so that a killed worker's jobs run again in seconds; a living worker renews it.
const leaseMs = 15_000;
const renewMs = 5_000;
const pollMs = 1_000;
// Most of a job is waiting for a party, which holds no database connection.
const concurrency = 32;
const maxAttempts = 25;
const firstRetryMs = 500;
const longestRetryMs = 5 * 60_000;

/** Enqueues a job in the caller's transaction. */
export async function enqueue(tx: Tx, deps: { clock: Clock }, job: NewJob): Promise<void> {
  const now = deps.clock.now();
  const payload = JSON.stringify(job.payload);
  await sql`select jobs_enqueue(${job.name}, ${job.key}, ${payload}::jsonb, ${job.runAt ?? now}, ${now})`.execute(
    tx,
  );
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

export interface Worker {
  /** Waits until no job is due or running. */
  quiet(): Promise<void>;
  /** Takes no new job and waits for the running ones. */
  stop(): Promise<void>;
}

/** Starts a worker: it looks for due jobs after each commit of this process and every second. */
export function startWorker(
  deps: { db: Database; clock: Clock; log: Log },
  handlers: Readonly<Record<string, JobHandler>>,
): Worker {
  const { db, clock, log } = deps;
  const running = new Map<bigint, { readonly fence: number; readonly done: Promise<void> }>();
  const allDone = () => Promise.all([...running.values()].map((task) => task.done));
  const stopping = new AbortController();
  // Leases are renewed to the end: a stopping worker still finishes what it began.
  const stopped = new AbortController();
  let nap = new AbortController();
  const wake = () => nap.abort();
  db.afterCommit.add(wake);

  const lease = async (limit: number) => {
    const leased = await sql<LeasedJob>`
      select id, name, key, payload, attempt_count, fence
      from jobs_lease(${limit}, ${leaseMs}, ${[...running.keys()]}::bigint[], ${clock.now()})`.execute(
      db,
    );
    return leased.rows;
  };

  const finish = async (job: LeasedJob) => {
    await db.deleteFrom("jobs").where("id", "=", job.id).where("fence", "=", job.fence).execute();
  };

  const retry = async (job: LeasedJob, afterMs: number, attempts: number, error: string) => {
    const now = clock.now();
    const runAt = new Date(now.getTime() + afterMs);
    await sql`select jobs_retry(${job.id}, ${job.fence}, ${runAt}, ${attempts}, ${error}, ${now})`.execute(
      db,
    );
  };

  const bury = async (job: LeasedJob, error: string) => {
    await db
      .updateTable("jobs")
      .set({ state: "dead", lease_until: null, last_error: error })
      .where("id", "=", job.id)
      .where("fence", "=", job.fence)
      .execute();
    log.error({ job: job.name, key: job.key, error }, "a job is dead: a person must look at it");
  };

  const run = async (job: LeasedJob) => {
    try {
      const handler = handlers[job.name];
      if (handler === undefined) throw new Error(`no handler for job ${job.name}`);
      await handler(job.payload);
      await finish(job);
    } catch (error) {
      if (error instanceof RunAgain) return retry(job, error.afterMs, 0, error.message);
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      // A refusal is an answer: asking again would be refused again.
      if (error instanceof Refusal || job.attempt_count >= maxAttempts) return bury(job, message);
      log.warn({ job: job.name, key: job.key, attempt: job.attempt_count, error: message }, "job");
      const afterMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (job.attempt_count - 1));
      await retry(job, afterMs, job.attempt_count, message);
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

  const loop = async () => {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      try {
        const free = concurrency - running.size;
        const jobs = free > 0 ? await lease(free) : [];
        for (const job of jobs) start(job);
        if (jobs.length > 0 && running.size < concurrency) continue;
      } catch (error) {
        log.error({ error: String(error) }, "cannot look for jobs; trying again");
      }
      await clock.sleep(pollMs, AbortSignal.any([nap.signal, stopping.signal])).catch(() => {});
    }
  };
  const looping = loop();
  const renewing = renew();

  return {
    async quiet() {
      for (;;) {
        await allDone();
        const due = await db
          .selectFrom("jobs")
          .select("id")
          .where("state", "<>", "dead")
          .where("run_at", "<=", clock.now())
          .limit(1)
          .executeTakeFirst();
        if (due === undefined && running.size === 0) return;
        wake();
        await new Promise((done) => setImmediate(done));
      }
    },
    async stop() {
      db.afterCommit.delete(wake);
      stopping.abort();
      await looping;
      await allDone();
      stopped.abort();
      await renewing;
    },
  };
}
