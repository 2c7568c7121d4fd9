/** When a recurring job is due, and that it is enqueued once per due time. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "./clock.ts";
import { inTransaction } from "./db.ts";
import { createLog } from "./log.ts";
import { createSeededRandom } from "./random.ts";
import {
  enqueueRecurring,
  keepRecurring,
  nextRunAt,
  type RecurringJob,
  type Schedule,
} from "./recurring.ts";
import { startWorker } from "./worker.ts";

// Ten in the morning in Jakarta.
const start = new Date("2026-11-23T03:00:00Z");
const daily: RecurringJob = { name: "test.daily", schedule: { dailyAt: "03:30" } };
const minutely: RecurringJob = { name: "test.minutely", schedule: { everySeconds: 60 } };

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 12, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: start });
  return {
    db,
    clock,
    jobs: () => db.selectFrom("jobs").select(["name", "payload"]).orderBy("name").execute(),
    rows: () =>
      db.selectFrom("recurring_jobs").select(["name", "next_run_at"]).orderBy("name").execute(),
    work(ran: string[]) {
      const note = (name: string) => async (payload: { dueAt?: string }) => {
        ran.push(`${name} ${payload.dueAt}`);
      };
      const log = createLog({ level: "silent", terminal: false });
      const worker = startWorker(
        { db, clock, log, random: createSeededRandom(1) },
        { "test.daily": note("daily"), "test.minutely": note("minutely") },
      );
      atEnd(() => worker.stop());
      return worker;
    },
  };
}

test("a daily job is due at its time in Jakarta, an interval stays in step", () => {
  const next = (schedule: Schedule, lastDueAt: string, now: string) =>
    nextRunAt(schedule, new Date(lastDueAt), new Date(now)).toISOString();
  const day = daily.schedule;
  for (const [now, expected] of [
    ["2026-11-23T03:00:00Z", "2026-11-23T20:30:00.000Z"],
    ["2026-11-23T20:29:59Z", "2026-11-23T20:30:00.000Z"],
    ["2026-11-23T20:30:00Z", "2026-11-24T20:30:00.000Z"],
    ["2026-12-31T22:00:00Z", "2027-01-01T20:30:00.000Z"],
  ] as const) {
    assert.equal(next(day, now, now), expected);
  }
  const minute = minutely.schedule;
  assert.equal(
    next(minute, "2026-11-23T03:00:00Z", "2026-11-23T03:00:00Z"),
    "2026-11-23T03:01:00.000Z",
  );
  assert.equal(
    next(minute, "2026-11-23T03:00:00Z", "2026-11-23T03:04:31Z"),
    "2026-11-23T03:05:00.000Z",
  );
});

test("each due time is enqueued once, however many workers look at the same moment", async (t) => {
  const shop = await openShop(t);
  await keepRecurring(shop.db, shop, [daily, minutely]);
  assert.equal(
    (await enqueueRecurring(shop.db, shop))?.toISOString(),
    "2026-11-23T03:01:00.000Z",
    "when to look again",
  );
  assert.deepEqual(await shop.jobs(), []);
  for (let round = 1; round <= 10; round++) {
    shop.clock.advance(60_000);
    await Promise.all(Array.from({ length: 8 }, () => enqueueRecurring(shop.db, shop)));
    const dueAt = new Date(start.getTime() + round * 60_000).toISOString();
    assert.deepEqual(await shop.jobs(), [{ name: "test.minutely", payload: { dueAt } }]);
    await shop.db.deleteFrom("jobs").execute();
    await enqueueRecurring(shop.db, shop);
    assert.deepEqual(await shop.jobs(), [], "done once, not enqueued again");
  }
});

test("several workers run each due time once, and one run makes up for those that were missed", async (t) => {
  const shop = await openShop(t);
  await keepRecurring(shop.db, shop, [daily, minutely]);
  const ran: string[] = [];
  const workers = [shop.work(ran), shop.work(ran), shop.work(ran)];
  for (let minute = 0; minute < 5; minute++) {
    shop.clock.advance(60_000);
    for (const worker of workers) await worker.quiet();
  }
  const minutes = [1, 2, 3, 4, 5].map((n) => `minutely 2026-11-23T03:0${n}:00.000Z`);
  assert.deepEqual(ran.splice(0), minutes);
  shop.clock.advance(3 * 24 * 3600_000);
  for (const worker of workers) await worker.quiet();
  assert.deepEqual(ran.sort(), [
    "daily 2026-11-23T20:30:00.000Z",
    "minutely 2026-11-23T03:06:00.000Z",
  ]);
});

test("nothing is quiet while somebody is still enqueueing what is due", async (t) => {
  const shop = await openShop(t);
  await keepRecurring(shop.db, shop, [minutely]);
  const ran: string[] = [];
  const worker = shop.work(ran);
  await worker.quiet();
  const enqueued = Promise.withResolvers<void>();
  const enqueueing = Promise.withResolvers<void>();
  const slowly = inTransaction(shop.db, async (tx) => {
    await tx.selectFrom("recurring_jobs").selectAll().forUpdate().execute();
    enqueueing.resolve();
    await enqueued.promise;
  });
  await enqueueing.promise;
  shop.clock.advance(60_000);
  let isQuiet = false;
  const quiet = worker.quiet().then(() => {
    isQuiet = true;
  });
  for (let look = 0; look < 200; look++) await shop.rows();
  const quietTooEarly = isQuiet;
  enqueued.resolve();
  await Promise.all([slowly, quiet]);
  assert.equal(quietTooEarly, false);
  assert.deepEqual(ran, ["minutely 2026-11-23T03:01:00.000Z"]);
});

test("the table says what this version says, and an unchanged schedule keeps its due time", async (t) => {
  const shop = await openShop(t);
  await keepRecurring(shop.db, shop, [daily, minutely]);
  const before = await shop.rows();
  shop.clock.advance(30_000);
  await keepRecurring(shop.db, shop, [daily, minutely]);
  assert.deepEqual(await shop.rows(), before);
  await keepRecurring(shop.db, shop, [{ ...daily, schedule: { dailyAt: "11:00" } }]);
  assert.deepEqual(await shop.rows(), [
    { name: "test.daily", next_run_at: new Date("2026-11-23T04:00:00Z") },
  ]);
  await keepRecurring(shop.db, shop, []);
  assert.deepEqual(await shop.rows(), []);
});
