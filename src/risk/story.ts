/** Story: what risk decided about an order, and why. */
import type { Db } from "../platform/db.ts";
import type { StoryLine } from "../platform/story.ts";
import { selectDecisions } from "./repository.ts";
import { type RiskDecision, type RiskHit, riskDecisions } from "./rules.ts";

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  return (await selectDecisions(db, orderId)).map((row) => {
    // A check and risk_score hold the columns to these values; the generated types say text and json.
    const { meaning } = riskDecisions[row.decision as RiskDecision];
    const hits = row.hits as unknown as readonly RiskHit[];
    const points = hits.map((hit) => [
      hit.rule,
      `${hit.value} where ${hit.threshold} counts: ${hit.points} points`,
    ]);
    return {
      at: row.decided_at,
      about: "risk",
      subject: orderId,
      actor: "system",
      what: `${row.decision}, score ${row.score} by rules version ${row.version}: ${meaning}`,
      details: Object.fromEntries(points),
    };
  });
}
