/** Rules: what a score leads to. Pure; the rules themselves are rows, and score.sql counts them. */

export type RiskDecision = "allow" | "verify" | "review" | "block";

/** From which score on, and what it means for the order. */
export const riskDecisions: Readonly<
  Record<RiskDecision, { readonly fromScore: number; readonly meaning: string }>
> = {
  allow: { fromScore: 0, meaning: "it goes on" },
  verify: { fromScore: 20, meaning: "the buyer is asked for the order PIN" },
  review: { fromScore: 40, meaning: "a person decides" },
  block: { fromScore: 70, meaning: "it is refused and no money moves" },
};

/** A rule that fired, as a decision keeps it. */
export interface RiskHit {
  readonly rule: string;
  readonly value: number;
  readonly threshold: number;
  readonly points: number;
}
