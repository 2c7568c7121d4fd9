/** `konter jobs`, as its operator types it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";

const at = new Date("2026-11-23T03:00:00Z");

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  return {
    db,
    run: (...args: string[]) => konter(["jobs", ...args], { DATABASE_URL }),
    jobs: () => db.selectFrom("jobs").selectAll().orderBy("id").execute(),
    async enqueue(count: number) {
      await sql`
        select jobs_enqueue('test.work', 'k' || n, '{"n": "1"}', ${at}, ${at})
        from generate_series(1, ${count}::int) n`.execute(db);
    },
    async die(error: string) {
      await db
        .updateTable("jobs")
        .set({ state: "dead", died_at: at, last_error: error, attempt_count: 25 })
        .execute();
    },
  };
}

test("a list says what waits and what is dead, or that there is nothing", async (t) => {
  const shop = await openShop(t);
  assert.equal((await shop.run("list")).stdout, "No job waits, runs or is dead.\n");
  assert.equal((await shop.run("list", "--dead")).stdout, "No job is dead.\n");
  assert.equal((await shop.run("replay", "--all")).stdout, "No job is dead.\n");
  await shop.enqueue(1);
  await shop.die(`Error: the supplier's ${"very ".repeat(30)} long story\n    at a stack`);
  await shop.enqueue(60);
  const { stdout } = await shop.run("list");
  assert.match(stdout, /60 waiting, 0 running, 1 dead\. The 50 due longest are shown\.\n$/);
  assert.match(
    stdout,
    /^\d+ +dead +test\.work +k1 +2026-11-23T03:00:00\.000Z +25 +Error: the .*…$/m,
  );
  const dead = (await shop.run("list", "--dead")).stdout;
  assert.equal(dead.split("\n").filter((line) => line.includes("test.work")).length, 1);
  assert.match(dead, /1 dead\. To let them live again:\nkonter jobs replay ID \| --all\n$/);
});

test("a dead job that is replayed is due now as if it were new, and the act is written down", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue(2);
  await shop.die("Error: broken");
  const [first, second] = await shop.jobs();
  const told = await shop.run("replay", String(first?.id));
  assert.equal(told.stdout, "test.work is due again.\n");
  const states = async () =>
    (await shop.jobs()).map((job) => [job.key, job.state, job.attempt_count, job.payload]);
  assert.deepEqual(await states(), [
    ["k2", "dead", 25, { n: "1" }],
    ["k1", "waiting", 0, { n: "1" }],
  ]);
  const again = await shop.run("replay", String(first?.id));
  assert.equal(again.code, 1);
  assert.match(again.stderr, /No dead job has the id \d+: see konter jobs list/);
  // The same work was wanted again meanwhile: it waits once.
  await shop.enqueue(2);
  assert.equal((await shop.run("replay", String(second?.id))).code, 0);
  assert.equal((await states()).length, 2);
  const acts = await shop.db.selectFrom("audit_log").selectAll().orderBy("id").execute();
  assert.deepEqual(
    acts.map(({ actor, action, object, after }) => ({ actor, action, object, after })),
    [first, second].map((job) => ({
      actor: "operator",
      action: "jobs.replay",
      object: `job:${job?.id}`,
      after: { job: "test.work" },
    })),
  );
});

test("many are replayed in steps that can be watched", async (t) => {
  const shop = await openShop(t);
  await shop.enqueue(1_200);
  await shop.die("Error: broken");
  const { stdout, stderr } = await shop.run("replay", "--all");
  assert.equal(stdout, "1200 jobs are due again.\n");
  assert.equal(stderr, "500 of 1200\n1000 of 1200\n1200 of 1200\n");
  const jobs = await shop.jobs();
  assert.equal(jobs.filter((job) => job.state === "waiting").length, 1_200);
});

test("a wrong call names what is wrong and shows how, with exit code 2", async () => {
  for (const [args, says] of [
    [[], /say list or replay/],
    [["drop"], /say list or replay/],
    [["replay"], /say which: replay ID or replay --all/],
    [["replay", "1", "--all"], /say which: replay ID or replay --all/],
    [["replay", "x"], /ID is the number that `konter jobs list` shows/],
    [["replay", "--dead"], /--dead belongs to list/],
    [["list", "1"], /1 is too much/],
    [["list", "--all"], /--all belongs to replay/],
  ] as const) {
    const { code, stderr } = await konter(["jobs", ...args], {});
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, says);
    assert.match(stderr, /konter jobs list/);
  }
});
