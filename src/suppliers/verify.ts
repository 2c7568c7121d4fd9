/** Verify: what the purchases prove against the ledger. */
import type { Proof } from "../platform/proof.ts";
import { compareInTransit, compareInTransitOf } from "./repository.ts";

export const supplierProofs: readonly Proof[] = [
  {
    rule: "in transit equals open purchases",
    check: (db, touched) =>
      touched === undefined ? compareInTransit(db) : compareInTransitOf(db, touched),
    narrowsTo: "orders",
  },
];
