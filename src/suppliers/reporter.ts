/** Reporter: one place to which answers and webhooks bring what a supplier says of a purchase. */
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import { gather } from "../platform/gather.ts";
import { applyReport, applyReports, type ReportDeps, type Said } from "./apply-report.ts";
import { selectIdsByRef } from "./repository.ts";

export interface Reporter {
  /** The purchase that a supplier knows by this reference. */
  find(asked: { supplier: string; ref: string }): Promise<string | undefined>;
  /** Applies a report in a transaction of its own, and resolves to the purchase's state after it. */
  apply(said: Said): Promise<string>;
}

/**
 * Makes the reporter of a process. What goes well is written together with what else comes at that
 * moment; trouble is written by itself, because it may lock whatever it touches.
 */
export function createReporter(db: Database, deps: ReportDeps): Reporter {
  const together = gather((said: readonly Said[]) =>
    inTransaction(db, (tx) => applyInTurn(tx, deps, said)),
  );
  return {
    find: gather((asked: readonly { supplier: string; ref: string }[]) =>
      selectIdsByRef(db, asked),
    ),
    async apply(said) {
      const { status } = said.report;
      return status === "succeeded" || status === "pending"
        ? together(said)
        : inTransaction(db, (tx) => applyReport(tx, deps, said));
    },
  };
}

/** A purchase of which two reports came at once hears the second when the first is applied. */
async function applyInTurn(
  tx: Tx,
  deps: ReportDeps,
  said: readonly Said[],
): Promise<readonly string[]> {
  const states = new Map<Said, string>();
  let left = said;
  while (left.length > 0) {
    const now = [...new Map(left.toReversed().map((one) => [one.purchaseId, one])).values()];
    const applied = await applyReports(tx, deps, now);
    for (const [index, one] of now.entries()) states.set(one, applied[index] ?? "open");
    left = left.filter((one) => !states.has(one));
  }
  return said.map((one) => states.get(one) ?? "open");
}
