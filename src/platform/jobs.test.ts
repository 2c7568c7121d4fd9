/** The rules of jobs, on a real database and a clock that stands still. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "./clock.ts";
import { inTransaction } from "./db.ts";
import { enqueue, type JobHandler, LeaseLost, type NewJob, RunAgain } from "./jobs.ts";
import { createLog } from "./log.ts";
import { createSeededRandom } from "./random.ts";
import { Refusal } from "./refusal.ts";
import { retryAfterMs, startWorker } from "./worker.ts";

const start = new Date("2026-11-23T03:00:00Z");
const after = (ms: number) => new Date(start.getTime() + ms);
const log = createLog({ level: "silent", terminal: false });
const random = createSeededRandom(3);
const leaseMs = 15_000;

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 8, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: start });
  const jobs = () => db.selectFrom("jobs").selectAll().orderBy("id").execute();
  const gates: ReturnType<typeof createGate>[] = [];
  return {
    db,
    clock,
    jobs,
    gate() {
      const gate = createGate();
      gates.push(gate);
      return gate;
    },
    onlyJob: async () => {
      const [job, ...others] = await jobs();
      assert.deepEqual(others, []);
      assert.ok(job, "there is no job");
      return job;
    },
    enqueue: (job: Partial<NewJob> = {}) =>
      inTransaction(db, (tx) =>
        enqueue(tx, { clock }, { name: "test.work", key: "k", payload: { n: "1" }, ...job }),
      ),
    work(handler: JobHandler, ownClock = clock) {
      const worker = startWorker({ db, clock: ownClock, random, log }, { "test.work": handler });
      atEnd(() => {
        for (const gate of gates) gate.letAllGo();
        return worker.stop();
      });
      return worker;
    },
  };
}

/** A handler that waits inside its work until it is let go, and counts those within. */
function createGate() {
  const waiting: (() => void)[] = [];
  const arrivals: (() => void)[] = [];
  const seen = { entered: 0 };
  let open = false;
  return {
    seen,
    async handler() {
      seen.entered += 1;
      for (const arrive of arrivals.splice(0)) arrive();
      if (!open) await new Promise<void>((go) => waiting.push(go));
    },
    async entered(count: number) {
      while (seen.entered < count) await new Promise<void>((arrive) => arrivals.push(arrive));
    },
    letOneGo: () => waiting.shift()?.(),
    letAllGo() {
      open = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

test("a job exists when the transaction that wanted it commits, and only then", async (t) => {
  const shop = await openShop(t);
  const { clock } = shop;
  const job: NewJob = { name: "test.work", key: "k", payload: {} };
  const failing = inTransaction(shop.db, async (tx) => {
    await enqueue(tx, { clock }, job);
    throw new Error("the order could not be placed");
  });
  await assert.rejects(failing, /could not be placed/);
  assert.deepEqual(await shop.jobs(), []);
  await shop.enqueue();
  assert.equal((await shop.onlyJob()).state, "waiting");
});

test("waiting work of the same name and key is kept once, at the earlier time", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue({ runAt: after(60_000) });
  await shop.enqueue({ runAt: after(20_000) });
  await shop.enqueue({ runAt: after(90_000) });
  assert.deepEqual((await shop.onlyJob()).run_at, after(20_000));
  await shop.enqueue({ key: "another" });
  await shop.enqueue({ name: "test.other" });
  assert.equal((await shop.jobs()).length, 3);
});

test("a job runs at its time, not before, and is gone when it is done", async (t) => {
  const shop = await openShop(t);
  const payloads: unknown[] = [];
  const worker = shop.work(async (payload) => void payloads.push(payload));
  await shop.enqueue({ runAt: after(60_000), payload: { order: "o1" } });
  shop.clock.advance(59_999);
  await worker.quiet();
  assert.deepEqual(payloads, []);
  shop.clock.advance(1);
  await worker.quiet();
  assert.deepEqual(payloads, [{ order: "o1" }]);
  assert.deepEqual(await shop.jobs(), []);
});

test("work enqueued while the same work runs waits its turn, also with two workers", async (t) => {
  const shop = await openShop(t);
  const { handler, seen, entered, letOneGo, letAllGo } = shop.gate();
  await shop.enqueue();
  const workers = [shop.work(handler), shop.work(handler)];
  await entered(1);
  await shop.enqueue();
  // The same key waits; another key goes past it.
  await shop.enqueue({ key: "another" });
  await entered(2);
  assert.deepEqual(
    (await shop.jobs()).map((job) => [job.key, job.state]),
    [
      ["k", "running"],
      ["k", "waiting"],
      ["another", "running"],
    ],
  );
  letOneGo();
  await entered(3);
  letAllGo();
  await Promise.all(workers.map((worker) => worker.quiet()));
  assert.equal(seen.entered, 3);
  assert.deepEqual(await shop.jobs(), []);
});

test("an expired lease is taken over, and the old holder can neither finish nor renew", async (t) => {
  const shop = await openShop(t);
  const slow = shop.gate();
  const fast = shop.gate();
  // A paused worker's clock stands still, so it does not renew.
  const pausedClock = createSandboxClock({ frozenAt: start });
  let refused: unknown;
  await shop.enqueue();
  const paused = shop.work(async (_payload, run) => {
    await slow.handler();
    await inTransaction(shop.db, run.finish).catch((error: unknown) => {
      refused = error;
      throw error;
    });
  }, pausedClock);
  await slow.entered(1);
  let takenAt: Date | undefined;
  shop.work(async () => {
    takenAt = shop.clock.now();
    await fast.handler();
  });
  while (takenAt === undefined) {
    shop.clock.advance(1_000);
    await new Promise((done) => setImmediate(done));
  }
  assert.ok(takenAt >= after(leaseMs), "taken over before the lease ran out");
  const taken = await shop.onlyJob();
  assert.equal(taken.fence, 2);

  pausedClock.advance(5_000);
  slow.letOneGo();
  await paused.stop();
  assert.ok(refused instanceof LeaseLost, "its transaction is undone");
  assert.deepEqual(await shop.onlyJob(), taken, "the old holder changed nothing");
  fast.letOneGo();
});

test("a living worker renews the lease of a job that takes long", async (t) => {
  const shop = await openShop(t);
  const long = shop.gate();
  const other = shop.gate();
  await shop.enqueue();
  const first = shop.work(long.handler);
  await long.entered(1);
  const second = shop.work(other.handler);
  for (let seconds = 0; seconds < 60; seconds += 5) {
    const before = (await shop.onlyJob()).lease_until;
    shop.clock.advance(5_000);
    while ((await shop.onlyJob()).lease_until?.getTime() === before?.getTime()) {
      await new Promise((done) => setImmediate(done));
    }
  }
  assert.equal((await shop.onlyJob()).fence, 1);
  assert.equal(other.seen.entered, 0);
  long.letOneGo();
  await Promise.all([first.quiet(), second.quiet()]);
});

test("an error is tried again, each time after twice as long, less up to a half by chance", async (t) => {
  const shop = await openShop(t);
  let runs = 0;
  const worker = shop.work(async () => {
    runs += 1;
    throw new Error(`broken ${runs}`);
  });
  await shop.enqueue();
  await worker.quiet();
  for (const longestMs of [500, 1_000, 2_000, 4_000]) {
    const job = await shop.onlyJob();
    const waitMs = job.run_at.getTime() - shop.clock.now().getTime();
    assert.ok(waitMs > longestMs / 2 && waitMs <= longestMs, `${waitMs} of ${longestMs} ms`);
    assert.equal(job.attempt_count, runs);
    assert.match(job.last_error ?? "", new RegExp(`broken ${runs}`));
    shop.clock.advance(waitMs);
    await worker.quiet();
  }
  assert.equal(runs, 5);
});

test("jobs that failed together come back apart, the same way for the same seed", () => {
  const waits = (seed: number) => {
    const source = createSeededRandom(seed);
    return Array.from({ length: 200 }, () => retryAfterMs(source, 4));
  };
  const [first, again, other] = [waits(1), waits(1), waits(2)];
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
  assert.ok(new Set(first).size > 150);
  assert.ok(Math.min(...first) < 2_100 && Math.max(...first) > 3_900);
  assert.ok(first.every((waitMs) => waitMs >= 2_000 && waitMs <= 4_000));
  assert.ok(retryAfterMs(createSeededRandom(1), 25) <= 5 * 60_000);
});

test("a job that takes its worker down each time is dead after 25 leases", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue();
  await shop.db.updateTable("jobs").set({ attempt_count: 25 }).execute();
  const worker = shop.work(async () => assert.fail("run once more"));
  await worker.quiet();
  assert.equal((await shop.onlyJob()).state, "dead");
});

test("what a job writes in the transaction that finishes it happens with it or not at all", async (t) => {
  const shop = await openShop(t);
  await sql`create table effects (n text not null)`.execute(shop.db);
  const effects = async () => (await sql`select n from effects`.execute(shop.db)).rows;
  let runs = 0;
  const worker = shop.work(async (payload, run) => {
    runs += 1;
    await inTransaction(shop.db, async (tx) => {
      await sql`insert into effects (n) values (${payload.n})`.execute(tx);
      await run.finish(tx);
      if (runs === 1) throw new Error("broken before the commit");
    });
    // After the commit nothing can undo it or run it again.
    throw new Error("broken after the commit");
  });
  await shop.enqueue();
  await worker.quiet();
  assert.equal((await shop.onlyJob()).state, "waiting");
  assert.deepEqual(await effects(), []);
  shop.clock.advance(500);
  await worker.quiet();
  assert.deepEqual(await effects(), [{ n: "1" }]);
  assert.deepEqual(await shop.jobs(), []);
  assert.equal(runs, 2);
});

test("a job that keeps failing is dead after 25 tries, and its story is kept", async (t) => {
  const shop = await openShop(t);
  let runs = 0;
  const worker = shop.work(async () => {
    runs += 1;
    throw new Error("still broken");
  });
  await shop.enqueue();
  for (let tries = 0; tries < 30; tries++) {
    await worker.quiet();
    shop.clock.advance(5 * 60_000);
  }
  await worker.quiet();
  const job = await shop.onlyJob();
  assert.equal(runs, 25);
  assert.equal(job.state, "dead");
  assert.match(job.last_error ?? "", /still broken/);
});

test("a job that chose to run again does so at its time and is not counted as failing", async (t) => {
  const shop = await openShop(t);
  let runs = 0;
  const worker = shop.work(async () => {
    runs += 1;
    if (runs === 41) throw new Error("a moment without database");
    if (runs < 42) throw new RunAgain(60_000);
  });
  await shop.enqueue();
  for (let polls = 1; polls <= 40; polls++) {
    await worker.quiet();
    assert.equal(runs, polls);
    assert.deepEqual((await shop.onlyJob()).run_at, after(polls * 60_000));
    shop.clock.advance(60_000);
  }
  await worker.quiet();
  assert.equal((await shop.onlyJob()).state, "waiting", "one error after 40 polls is the first");
  shop.clock.advance(500);
  await worker.quiet();
  assert.deepEqual(await shop.jobs(), []);
});

test("what is refused is dead at once: asking again would be refused again", async (t) => {
  const shop = await openShop(t);
  let runs = 0;
  const worker = shop.work(async () => {
    runs += 1;
    throw new Refusal("order.unknown");
  });
  await shop.enqueue();
  await worker.quiet();
  shop.clock.advance(60_000);
  await worker.quiet();
  assert.equal(runs, 1);
  assert.equal((await shop.onlyJob()).state, "dead");
  // A dead job stands in nobody's way.
  await shop.enqueue();
  await worker.quiet();
  assert.equal(runs, 2);
});

test("a job without a handler waits for a version that has one", async (t) => {
  const shop = await openShop(t);
  const worker = shop.work(async () => {});
  await shop.enqueue({ name: "test.unheard_of" });
  await worker.quiet();
  const job = await shop.onlyJob();
  assert.equal(job.state, "waiting");
  assert.match(job.last_error ?? "", /no handler for job test.unheard_of/);
});

test("a worker that stops takes nothing new and waits for what it began", async (t) => {
  const shop = await openShop(t);
  const { handler, seen, entered, letOneGo } = shop.gate();
  const worker = shop.work(handler);
  await shop.enqueue();
  await entered(1);
  let stopped = false;
  const stopping = worker.stop().then(() => {
    stopped = true;
  });
  await shop.enqueue({ key: "another" });
  shop.clock.advance(2_000);
  assert.equal((await shop.jobs()).length, 2);
  assert.equal(stopped, false);
  letOneGo();
  await stopping;
  assert.equal(seen.entered, 1);
  assert.deepEqual(
    (await shop.jobs()).map((job) => [job.key, job.state]),
    [["another", "waiting"]],
  );
});
