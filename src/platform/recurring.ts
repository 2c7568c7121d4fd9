/** Recurring: jobs that come again by themselves, enqueued once per due time however many workers look. */
import { sql } from "kysely";
import type { Clock } from "./clock.ts";
import { type Database, inTransaction, noteEnqueue } from "./db.ts";

/** How often: every so many seconds, or each day at a time of Jakarta's clock, "03:30". */
export type Schedule = { readonly everySeconds: number } | { readonly dailyAt: string };

export interface RecurringJob {
  /** The job's name; its handler is given `dueAt`. */
  readonly name: string;
  readonly schedule: Schedule;
}

// The shop's day. Indonesia has no summer time; the time zone says so itself.
const timeZone = "Asia/Jakarta";

/** The first due time after `now`. Those of an interval stay in step with `lastDueAt`. */
export function nextRunAt(schedule: Schedule, lastDueAt: Date, now: Date): Date {
  if ("everySeconds" in schedule) {
    const everyMs = schedule.everySeconds * 1000;
    const passed = Math.floor((now.getTime() - lastDueAt.getTime()) / everyMs);
    return new Date(lastDueAt.getTime() + Math.max(1, passed + 1) * everyMs);
  }
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const today = here.withPlainTime(Temporal.PlainTime.from(schedule.dailyAt));
  const next = Temporal.ZonedDateTime.compare(today, here) > 0 ? today : today.add({ days: 1 });
  return new Date(next.epochMilliseconds);
}

/** Makes the table of recurring jobs say this. One whose schedule stays the same keeps its due time. */
export async function keepRecurring(
  db: Database,
  deps: { clock: Clock },
  jobs: readonly RecurringJob[],
): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(db, async (tx) => {
    for (const { name, schedule } of jobs) {
      const row = {
        every_seconds: "everySeconds" in schedule ? schedule.everySeconds : null,
        daily_at: "dailyAt" in schedule ? schedule.dailyAt : null,
        next_run_at: nextRunAt(schedule, now, now),
      };
      await tx
        .insertInto("recurring_jobs")
        .values({ name, ...row })
        .onConflict((conflict) =>
          conflict
            .column("name")
            .doUpdateSet(row)
            .where((is) =>
              is.or([
                is("recurring_jobs.every_seconds", "is distinct from", row.every_seconds),
                is("recurring_jobs.daily_at", "is distinct from", row.daily_at),
              ]),
            ),
        )
        .execute();
    }
    const kept = jobs.map((job) => job.name);
    const others = tx.deleteFrom("recurring_jobs");
    await (kept.length === 0 ? others : others.where("name", "not in", kept)).execute();
  });
}

/**
 * Enqueues what is due and returns when to look again; undefined when nothing recurs. Due times that
 * were missed while no worker ran are made up for by one run.
 */
export async function enqueueRecurring(
  db: Database,
  deps: { clock: Clock },
): Promise<Date | undefined> {
  const now = deps.clock.now();
  const next = await earliest(db);
  if (next === undefined || next > now) return next;
  await inTransaction(db, async (tx) => {
    const due = await tx
      .selectFrom("recurring_jobs")
      .select(["name", "every_seconds", "daily_at", "next_run_at"])
      .where("next_run_at", "<=", now)
      .orderBy("name")
      // Who holds the row enqueues the job and moves the due time in one commit.
      .forUpdate()
      .skipLocked()
      .execute();
    const next = due.map(({ every_seconds, daily_at, next_run_at }) => {
      const schedule =
        every_seconds === null ? { dailyAt: daily_at ?? "" } : { everySeconds: every_seconds };
      return nextRunAt(schedule, next_run_at, now);
    });
    if (due.length > 0) noteEnqueue(tx);
    await sql`
      with due as (
        select * from unnest(
          ${due.map((job) => job.name)}::text[],
          ${due.map((job) => JSON.stringify({ dueAt: job.next_run_at.toISOString() }))}::jsonb[],
          ${next}::timestamptz[]
        ) due (name, payload, next_run_at)
      ), moved as (
        update recurring_jobs set next_run_at = due.next_run_at from due
        where recurring_jobs.name = due.name
      )
      select jobs_enqueue(name, 'recurring', payload, ${now}, ${now}) from due`.execute(tx);
  });
  return earliest(db);
}

async function earliest(db: Database): Promise<Date | undefined> {
  const row = await db
    .selectFrom("recurring_jobs")
    .select("next_run_at")
    .orderBy("next_run_at")
    .limit(1)
    .executeTakeFirst();
  return row?.next_run_at;
}
