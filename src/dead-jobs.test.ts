/** Dead jobs on the desk, with real workers and the real commands. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../test/database.ts";
import { lendDatabase, openDatabase } from "../test/kept.ts";
import { konter } from "../test/konter.ts";
import { reportDeadJob } from "./dead-jobs.ts";
import { listItems, listOpenItems } from "./desk/item.ts";
import { createSandboxClock } from "./platform/clock.ts";
import { inTransaction } from "./platform/db.ts";
import { createIds } from "./platform/ids.ts";
import { enqueue, type JobHandler, type JobPayload } from "./platform/jobs.ts";
import { createLog } from "./platform/log.ts";
import { createSeededRandom } from "./platform/random.ts";
import { Refusal } from "./platform/refusal.ts";
import { startWorker } from "./platform/worker.ts";

const start = new Date("2026-11-23T03:00:00Z");
const orderId = "01936d3e-0000-7000-8000-00000000000a";
const leaseMs = 15_000;

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 8, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: start });
  const random = createSeededRandom(4);
  const deps = { clock, random, ids: createIds(clock, random), publish: async () => {} };
  const log = createLog({ level: "silent", terminal: false });
  return {
    db,
    clock,
    deps,
    konter: (...args: string[]) => konter(args, { DATABASE_URL }),
    jobs: () => db.selectFrom("jobs").select(["id", "state"]).execute(),
    enqueue: (payload: JobPayload) =>
      inTransaction(db, (tx) => enqueue(tx, deps, { name: "test.work", key: "k", payload })),
    work(
      handler: JobHandler,
      { clock: ownClock, onDead }: Partial<Parameters<typeof startWorker>[0]> = {},
    ) {
      const worker = startWorker(
        {
          ...deps,
          db,
          log,
          clock: ownClock ?? clock,
          onDead: onDead ?? ((tx, job) => reportDeadJob(tx, deps, job)),
        },
        { "test.work": handler },
      );
      atEnd(() => worker.stop());
      return worker;
    },
  };
}

const refuse: JobHandler = async () => {
  throw new Refusal("order.unknown");
};

test("a dead job lies on the desk with its order until it is replayed", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue({ orderId });
  const worker = shop.work(refuse);
  await worker.quiet();
  await worker.stop();
  const [job] = await shop.jobs();
  const [item, ...others] = await listOpenItems(shop.db);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [item?.kind, item?.subject, item?.orderId, item?.openedAt],
    ["dead_job", `job:${job?.id}`, orderId, start],
  );
  assert.deepEqual(item?.details, {
    job: "test.work",
    key: "k",
    error: "Refusal: order.unknown {}",
  });
  assert.equal((await shop.konter("jobs", "replay", String(job?.id))).code, 0);
  assert.deepEqual(await listOpenItems(shop.db), []);
  const [closed] = await listItems(shop.db, { limit: 1 });
  assert.deepEqual([closed?.closedBy, closed?.resolution], ["system", "replayed"]);
});

test("every dead job that is replayed leaves the desk", async (t) => {
  const shop = await openShop(t);
  const worker = shop.work(refuse);
  for (let round = 0; round < 3; round++) {
    await shop.enqueue({});
    await worker.quiet();
  }
  await worker.stop();
  assert.equal((await listOpenItems(shop.db)).length, 3);
  assert.equal((await shop.konter("jobs", "replay", "--all")).stdout, "3 jobs are due again.\n");
  assert.deepEqual(await listOpenItems(shop.db), []);
});

test("a job is not dead unless it lies on the desk", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue({});
  let refusals = 0;
  const worker = shop.work(refuse, {
    async onDead() {
      refusals += 1;
      throw new Error("the desk is full");
    },
  });
  while (refusals === 0) await new Promise((done) => setImmediate(done));
  await worker.stop();
  assert.deepEqual(
    (await shop.jobs()).map((job) => job.state),
    ["running"],
  );
  shop.clock.advance(leaseMs);
  await shop.work(refuse).quiet();
  assert.equal((await listOpenItems(shop.db)).length, 1);
});

test("two workers that give up the same job put it on the desk once", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue({});
  let go = () => {};
  const later = new Promise<void>((done) => {
    go = done;
  });
  const both: (() => void)[] = [];
  const bothThere = new Promise<void>((done) => both.push(done));
  let entered = 0;
  const handler: JobHandler = async () => {
    entered += 1;
    if (entered === 2) for (const tell of both) tell();
    await later;
    throw new Refusal("order.unknown");
  };
  const first = shop.work(handler);
  while (entered === 0) await new Promise((done) => setImmediate(done));
  // The second one's clock says that the first one's lease has run out.
  const second = shop.work(handler, {
    clock: createSandboxClock({ frozenAt: new Date(start.getTime() + leaseMs) }),
  });
  await bothThere;
  go();
  await Promise.all([first.stop(), second.stop()]);
  assert.equal((await listOpenItems(shop.db)).length, 1);
  assert.deepEqual(
    (await shop.jobs()).map((job) => job.state),
    ["dead"],
  );
});
