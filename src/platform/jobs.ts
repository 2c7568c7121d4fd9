/** Jobs: work that is a row in the transaction that wanted it, done by a worker until it is done. */
import { sql } from "kysely";
import type { Clock } from "./clock.ts";
import { noteEnqueue, type Tx } from "./db.ts";

export type JobPayload = Readonly<Record<string, string>>;

export interface NewJob {
  /** `module.verb`, a key of the handler table. */
  readonly name: string;
  /** Waiting work of the same name and key is kept once. */
  readonly key: string;
  readonly payload: JobPayload;
  readonly runAt?: Date;
}

/** The run a handler is in. */
export interface JobRun {
  /**
   * Makes the job done in the handler's own transaction, so that what else is written there happens
   * exactly once. Throws LeaseLost, which undoes all of it, when another worker has taken over.
   */
  finish(tx: Tx): Promise<void>;
}

/**
 * Does a job. Runs again after a crash or an error, so it is safe to run twice, or it calls `finish`
 * in the transaction that holds all its effects.
 */
export type JobHandler = (payload: JobPayload, run: JobRun) => Promise<void>;

/** Thrown by a handler to be run again at a time of its choosing, without counting as an error. */
export class RunAgain extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`run again after ${afterMs} ms`);
    this.name = "RunAgain";
    this.afterMs = afterMs;
  }
}

/** This worker was away for longer than its lease: the job is another's now. */
export class LeaseLost extends Error {
  constructor() {
    super("another worker has taken the job over");
    this.name = "LeaseLost";
  }
}

/** Where a notice says that a job may be due (see notify.ts). */
export const jobsChannel = "konter.jobs";

/** Enqueues jobs of one name, due now, in the caller's transaction. Their keys differ. */
export async function enqueueAll(
  tx: Tx,
  deps: { clock: Clock },
  name: string,
  jobs: readonly Pick<NewJob, "key" | "payload">[],
): Promise<void> {
  if (jobs.length === 0) return;
  const now = deps.clock.now();
  const keys = jobs.map((job) => job.key);
  const payloads = jobs.map((job) => JSON.stringify(job.payload));
  noteEnqueue(tx);
  await sql`select jobs_enqueue_all(${name}, ${keys}, ${payloads}::jsonb[], ${now}, ${now})`.execute(
    tx,
  );
}

/** Takes back what waits of these keys, because there is nothing left to do. */
export async function dropWaiting(tx: Tx, name: string, keys: readonly string[]): Promise<void> {
  await sql`delete from jobs where name = ${name} and key = any(${keys}) and state = 'waiting'`.execute(
    tx,
  );
}

/** Enqueues a job in the caller's transaction. */
export async function enqueue(tx: Tx, deps: { clock: Clock }, job: NewJob): Promise<void> {
  const now = deps.clock.now();
  const runAt = job.runAt ?? now;
  const payload = JSON.stringify(job.payload);
  if (runAt <= now) noteEnqueue(tx);
  await sql`select jobs_enqueue(${job.name}, ${job.key}, ${payload}::jsonb, ${runAt}, ${now})`.execute(
    tx,
  );
}
