/** Verify: what the deposits prove against the ledger. */
import type { Proof } from "../platform/proof.ts";
import { compareCredited } from "./repository.ts";

export const depositProofs: readonly Proof[] = [
  {
    rule: "what came for each deposit is its customer's saldo",
    check: compareCredited,
    narrowsTo: "customers",
  },
];
