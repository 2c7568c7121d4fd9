/** Score: decides about an order once more, when its money comes after it was over. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import { callScore } from "./repository.ts";
import type { RiskDecision } from "./rules.ts";
import type { RiskSubject } from "./subject.ts";

/** Scores an order by the rules of now and keeps the decision beside the earlier one. */
export async function scoreOrder(
  tx: Tx,
  deps: { clock: Clock },
  subject: RiskSubject,
): Promise<RiskDecision> {
  return callScore(tx, subject, deps.clock.now());
}
