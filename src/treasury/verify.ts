/** Verify: what large corrections prove against the ledger. */
import type { Proof } from "../platform/proof.ts";
import { compareAdjusted } from "./repository.ts";

export const treasuryProofs: readonly Proof[] = [
  {
    rule: "a large correction is posted when it took effect, and only then",
    check: compareAdjusted,
  },
];
