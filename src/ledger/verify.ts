/** Verify: what the ledger proves about itself. */
import type { Proof } from "../platform/proof.ts";
import { inChart } from "./chart.ts";
import {
  compareBalances,
  compareBalancesOf,
  compareHeld,
  compareOwed,
  compareRollups,
  compareSides,
} from "./repository.ts";

export const ledgerProofs: readonly Proof[] = [
  {
    rule: "every transfer goes from one account of the chart to another",
    check: (db) => compareSides(db, inChart),
  },
  {
    rule: "balance rows equal their transfers",
    check: (db, touched) =>
      touched === undefined ? compareBalances(db) : compareBalancesOf(db, touched),
    narrowsTo: "customers",
  },
  { rule: "what was rolled up equals its transfers", check: compareRollups },
  { rule: "no customer is below zero", check: compareOwed },
  { rule: "held saldo equals its holds", check: compareHeld },
];
