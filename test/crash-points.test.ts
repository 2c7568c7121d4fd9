/** Kill -9 of the store at every named moment and at random ones, judged by the parties' own books. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { bundleStore, type StoreBundle } from "./crash/bundle.ts";
import { killEverywhere, stopDatabase } from "./crash/campaign.ts";
import { tell } from "./crash/report.ts";
import { scale } from "./database.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_126);
const timeout = scale({ short: 900_000, long: 60 * 60_000 });
// The budget is 5 s, on a machine as fast as ours; a slower one must not fail for that.
const readyBudgetMs = scale({ short: 30_000, long: 5_000 });
const alsoLater = scale({ short: 0, long: 1 }) === 1;

// A shop that waits leaves the processor to another; how soon one is ready is measured with nothing beside it.
const concurrency = scale({ short: 3, long: 1 });

test("a store that dies", { concurrency }, async (all) => {
  const bundle = await bundleStore((step) => all.after(async () => step()));
  await Promise.all([
    all.test(
      "nothing acknowledged is lost, bought, delivered or given back twice, wherever the store is killed",
      { timeout },
      async (t) => {
        const randomCount = scale({ short: 50, long: 500 });
        const report = await killEverywhere({ seed, bundle, randomCount, alsoLater });
        tell(t, seed, report);
        assert.deepEqual(report.neverMet, [], "every point that was recorded was a place to die");
      },
    ),
    all.test(
      "a store that is given its PostgreSQL outlives its immediate stop and loses nothing",
      { timeout },
      (t) => stopsImmediately(t, { bundle, survives: true }),
    ),
    all.test(
      "a store that ends with its own PostgreSQL, stopped immediately, loses nothing",
      { timeout },
      (t) => stopsImmediately(t, { bundle, survives: false }),
    ),
  ]);
});

async function stopsImmediately(
  t: TestContext,
  { bundle, survives }: { bundle: StoreBundle; survives: boolean },
): Promise<void> {
  const randomCount = scale({ short: 2, long: 100 });
  const report = await stopDatabase({ seed, bundle, randomCount, alsoLater, survives });
  assert.equal(report.restartsMs.length, randomCount);
  tell(t, seed, report);
  const slowest = Math.max(...report.restartsMs);
  assert.ok(slowest <= readyBudgetMs, `ready again only after ${slowest} ms`);
}
