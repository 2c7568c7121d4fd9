/** Report: what a campaign says of itself beside its verdict. */
import type { TestContext } from "node:test";
import type { CampaignReport } from "./campaign.ts";
import { timesToReady } from "./shop.ts";

/** Says with the test's result what was killed, how often, and how soon it was ready again. */
export function tell(t: TestContext, seed: number, report: CampaignReport): void {
  const { pointCount, roundCount, orderCount, deathCount, refusedCount } = report;
  t.diagnostic(
    `seed ${seed}: ${pointCount} points, ${roundCount} rounds, ${orderCount} orders, ` +
      `${deathCount} times killed, ${refusedCount} starts refused`,
  );
  t.diagnostic(timesToReady(report.restartsMs));
  const { neverMet, passedBy } = report;
  if (neverMet.length > 0) t.diagnostic(`not come to again: ${neverMet.join("; ")}`);
  if (passedBy.length > 0) t.diagnostic(`not come to, by chance: ${passedBy.join("; ")}`);
}
