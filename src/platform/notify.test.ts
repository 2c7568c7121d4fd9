/** Notices between processes: soon, few, and again after a connection broke. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { cleanUp, cloneDatabase } from "../../test/database.ts";
import { createSandboxClock } from "./clock.ts";
import { inTransaction, openDatabase } from "./db.ts";
import { enqueue, jobsChannel } from "./jobs.ts";
import { createLog } from "./log.ts";
import { createNotifier } from "./notify.ts";
import { createSeededRandom } from "./random.ts";
import { startWorker } from "./worker.ts";

const channel = "test.changed";

async function openWire(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const troubles: Error[] = [];
  const onTrouble = (error: Error) => void troubles.push(error);
  const notifier = createNotifier(connectionString, onTrouble);
  atEnd(() => notifier.close());
  let heard = 0;
  let arrive: (() => void) | undefined;
  const onNotice = () => {
    heard += 1;
    arrive?.();
  };
  const other = createNotifier(connectionString, onTrouble);
  atEnd(() => other.close());
  other.listen(channel, onNotice);
  const wire = {
    connectionString,
    atEnd,
    notifier,
    troubles,
    heard: () => heard,
    async until(count: number) {
      while (heard < count) {
        await new Promise<void>((done) => {
          arrive = done;
        });
      }
    },
    /** Ends every connection of this database but ours, as a restart of the server would. */
    async cutAll() {
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      await client.end();
    },
  };
  await wire.until(1); // it looks once when it begins to listen
  return wire;
}

test("what a process says itself is not heard by it, and by all others", async (t) => {
  const wire = await openWire(t);
  let heard = 0;
  wire.notifier.listen(channel, () => heard++);
  const other = createNotifier(wire.connectionString, assert.fail);
  wire.atEnd(() => other.close());
  while (heard === 0) await delay(1); // it looks once when it begins to listen
  wire.notifier.notify(channel);
  await wire.until(2);
  assert.equal(heard, 1);
  for (let more = 1; more <= 3; more++) {
    other.notify(channel);
    await wire.until(2 + more);
  }
  // What was said is heard in its order, so that the last one tells that nothing else came.
  while (heard < 4) await delay(1);
  await delay(20);
  assert.equal(heard, 4);
});

test("a notice is heard at once, one on another channel is not", async (t) => {
  const wire = await openWire(t);
  const from = performance.now();
  wire.notifier.notify(channel);
  await wire.until(2);
  assert.ok(performance.now() - from < 500);
  wire.notifier.notify("test.another");
  wire.notifier.notify(channel);
  await wire.until(3);
  await delay(50);
  assert.equal(wire.heard(), 3);
});

test("many changes are one notice every 5 ms at most, and the last is never left out", async (t) => {
  const wire = await openWire(t);
  const from = performance.now();
  while (performance.now() - from < 200) {
    for (let change = 0; change < 50; change++) wire.notifier.notify(channel);
    await new Promise((done) => setImmediate(done));
  }
  await delay(50);
  const notices = wire.heard() - 1;
  assert.ok(notices >= 2 && notices <= 200 / 5 + 1, `${notices} notices in 200 ms`);
  wire.notifier.notify(channel);
  await wire.until(notices + 2);
});

test("a connection that broke is opened again by itself, and looks at what it may have missed", async (t) => {
  const wire = await openWire(t);
  wire.notifier.notify(channel);
  await wire.until(2);
  await wire.cutAll();
  await wire.until(3);
  assert.ok(wire.troubles.length > 0);
  wire.notifier.notify(channel);
  await wire.until(4);
});

test("what is to be sent is sent before it closes, and closing twice as a stop does is harmless", async (t) => {
  const wire = await openWire(t);
  wire.notifier.notify(channel);
  await wire.notifier.close();
  await wire.until(2);
});

test("a job that another process enqueues runs at once, without waiting for the poll", async (t) => {
  const wire = await openWire(t);
  const { connectionString, atEnd } = wire;
  const open = () => {
    const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
    atEnd(() => db.destroy());
    return db;
  };
  // A clock that stands still never polls, so only the notice can wake the worker.
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const [api, background] = [open(), open()];
  api.afterEnqueue.add(() => wire.notifier.notify(jobsChannel));
  let ran: (() => void) | undefined;
  const log = createLog({ level: "silent", terminal: false });
  const worker = startWorker(
    { db: background, clock, log, random: createSeededRandom(1) },
    { "test.work": async () => ran?.() },
  );
  atEnd(() => worker.stop());
  const listener = createNotifier(connectionString, () => {});
  atEnd(() => listener.close());
  listener.listen(jobsChannel, worker.wake);
  const tookMs: number[] = [];
  for (let round = 0; round < 20; round++) {
    const done = new Promise<void>((resolve) => {
      ran = resolve;
    });
    const from = performance.now();
    await inTransaction(api, (tx) =>
      enqueue(tx, { clock }, { name: "test.work", key: String(round), payload: {} }),
    );
    await done;
    tookMs.push(performance.now() - from);
  }
  const median = tookMs.sort((a, b) => a - b)[10] ?? 0;
  t.diagnostic(`from the commit of one process to the work of another: ${median.toFixed(1)} ms`);
  assert.ok(median < 250, `${median} ms`);
});
