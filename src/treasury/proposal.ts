/** Proposal: a large correction of a saldo that waits for a second person, or for its day. */
import type { Selectable } from "kysely";
import type { Act } from "../audit/act.ts";
import type { Schema } from "../platform/db.ts";

export type Direction = "give" | "take";

// Checks hold these columns to these values; the generated types say text.
export type Proposal = Omit<Selectable<Schema["adjustment_proposals"]>, "direction" | "ending"> & {
  readonly direction: Direction;
  readonly ending: "approved" | "took_effect" | "cancelled" | null;
};

/** How long a proposal of somebody who works alone can be thought better of. */
export const aloneWaitMs = 24 * 3600_000;

/**
 * True unless it is certain that two people are at work. Whom somebody acts for is their own word, and the
 * machine's account is not, so both must differ.
 */
export function isSamePerson(
  proposal: Pick<Proposal, "proposed_by" | "proposed_from">,
  { actor, origin }: Pick<Act, "actor" | "origin">,
): boolean {
  const from = origin?.machineUser;
  if (proposal.proposed_from === null || from === undefined) return true;
  if (proposal.proposed_from === from) return true;
  return actor !== "operator" && actor === proposal.proposed_by;
}
