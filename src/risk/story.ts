/** Story: what risk decided about an order each time it was asked, and why. */
import type { Db } from "../platform/db.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import { selectDecisions } from "./repository.ts";
import { type RiskDecision, type RiskHit, riskDecisions } from "./rules.ts";

const line = linesAbout("risk");

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const rows = await selectDecisions(db, orderId);
  return rows.map((row) => {
    // A check and risk_score hold the columns to these values; the generated types say text and json.
    const { meaning } = riskDecisions[row.decision as RiskDecision];
    const hits = row.hits as unknown as readonly RiskHit[];
    const details = hits.map(({ rule, value, threshold, points }) => [
      rule,
      `${value} where ${threshold} counts: ${points} points`,
    ]);
    const decided = `${row.decision}, score ${row.score} by rules version ${row.version}: ${meaning}`;
    return line(row.decided_at, orderId, "system", decided, Object.fromEntries(details));
  });
}
