/** Kill -9 of the store at every named moment and at random ones, judged by the parties' own books. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { campaign } from "./crash/apart.ts";
import { bundleStore } from "./crash/bundle.ts";
import { tell } from "./crash/report.ts";
import { scale } from "./database.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_126);
const timeout = scale({ short: 900_000, long: 60 * 60_000 });
const alsoLater = scale({ short: 0, long: 1 }) === 1;
// Leases are renewed when a job happens to run at the fifth second, and a shop proves all its books of itself
// once in its life.
const byChance = /^jobs_renew:|^commit of jobs_enqueue, ledger_rolled_up,/;

const bundle = await bundleStore((step) => after(async () => step()));

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
