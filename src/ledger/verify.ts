/** Verify: what the ledger proves about itself. */
import type { Proof } from "../platform/proof.ts";
import { inChart } from "./chart.ts";
import { compareBalances, compareHeld, compareOwed, compareSides } from "./repository.ts";

export const ledgerProofs: readonly Proof[] = [
  {
    rule: "every transfer goes from one account of the chart to another",
    check: (db) => compareSides(db, inChart),
  },
  { rule: "balance rows equal their transfers", check: compareBalances },
  { rule: "no customer is below zero", check: compareOwed },
  { rule: "held saldo equals its holds", check: compareHeld },
];
