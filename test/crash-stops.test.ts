/** PostgreSQL stopped at once at random moments, judged by the parties' own books. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { campaign } from "./crash/apart.ts";
import { bundleStore } from "./crash/bundle.ts";
import { tell } from "./crash/report.ts";
import { scale } from "./database.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_126);
const timeout = scale({ short: 900_000, long: 60 * 60_000 });
const alsoLater = scale({ short: 0, long: 1 }) === 1;
// The budget is 5 s, on a machine as fast as ours; a slower one must not fail for that.
const readyBudgetMs = scale({ short: 30_000, long: 5_000 });

const bundle = await bundleStore((step) => after(async () => step()));

test(
  "a store that is given its PostgreSQL outlives its immediate stop and loses nothing",
  {
    timeout,
  },
  (t) => stopsImmediately(t, true),
);

test(
  "a store that ends with its own PostgreSQL, stopped immediately, loses nothing",
  {
    timeout,
  },
  (t) => stopsImmediately(t, false),
);

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
