/** Kill -9 of the store at every named moment and at random ones, judged by the parties' own books. */
import assert from "node:assert/strict";
import { after, describe, type TestContext, test } from "node:test";
import { campaign } from "./crash/apart.ts";
import { bundleStore } from "./crash/bundle.ts";
import { tell } from "./crash/report.ts";
import { scale } from "./database.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_126);
const timeout = scale({ short: 900_000, long: 60 * 60_000 });
// The budget is 5 s, on a machine as fast as ours; a slower one must not fail for that.
const readyBudgetMs = scale({ short: 30_000, long: 5_000 });
const alsoLater = scale({ short: 0, long: 1 }) === 1;
// Leases are renewed when a job happens to run at the fifth second, and a shop proves all its books of itself
// once in its life.
const byChance = /^jobs_renew:|^commit of jobs_enqueue, ledger_rolled_up,/;

const bundle = await bundleStore((step) => after(async () => step()));

// A shop that waits leaves the processor to another; how soon one is ready is measured with nothing beside it.
describe("a store that dies", { concurrency: scale({ short: 3, long: 1 }) }, () => {
  test("nothing acknowledged is lost, bought, delivered or given back twice, wherever the store is killed", {
    timeout,
  }, async (t) => {
    const randomCount = scale({ short: 50, long: 500 });
    const report = await campaign({
      campaign: "kill everywhere",
      options: { seed, bundle, randomCount, alsoLater },
    });
    tell(t, seed, report);
    const must = report.neverMet.filter((point) => !byChance.test(point));
    assert.deepEqual(must, [], "every point that was recorded was a place to die");
  });

  test(
    "a store that is given its PostgreSQL outlives its immediate stop and loses nothing",
    { timeout },
    (t) => stopsImmediately(t, true),
  );

  test(
    "a store that ends with its own PostgreSQL, stopped immediately, loses nothing",
    { timeout },
    (t) => stopsImmediately(t, false),
  );
});

async function stopsImmediately(t: TestContext, survives: boolean): Promise<void> {
  const randomCount = scale({ short: 2, long: 100 });
  const report = await campaign({
    campaign: "stop the database",
    options: { seed, bundle, randomCount, alsoLater, survives },
  });
  assert.equal(report.restartsMs.length, randomCount);
  tell(t, seed, report);
  const slowest = Math.max(...report.restartsMs);
  assert.ok(slowest <= readyBudgetMs, `ready again only after ${slowest} ms`);
}
