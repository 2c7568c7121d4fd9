/** Verify: what the purchases prove against the ledger. */
import type { Proof } from "../platform/proof.ts";
import { compareInTransit } from "./repository.ts";

export const supplierProofs: readonly Proof[] = [
  { rule: "in transit equals open purchases", check: compareInTransit },
];
