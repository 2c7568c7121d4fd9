/** Verify: what the payments prove against the refunds and the ledger. */
import type { Proof } from "../platform/proof.ts";
import { compareGoneBack } from "./repository.ts";

export const paymentProofs: readonly Proof[] = [
  { rule: "what went back of each payment is its refunds and chargebacks", check: compareGoneBack },
];
