/** Verify: what the orders prove against the ledger and the purchases. */
import type { Proof } from "../platform/proof.ts";
import type { OrderState } from "./order.ts";
import {
  compareBought,
  compareEscrow,
  compareNeverBoth,
  comparePaying,
  compareRefunded,
} from "./repository.ts";

/** Where an order's price is in each state: not here yet, in escrow, or gone on. */
const priceIs: Readonly<Record<OrderState, "awaited" | "in_escrow" | "gone">> = {
  blocked: "awaited",
  awaiting_verification: "awaited",
  awaiting_payment: "awaited",
  paid: "in_escrow",
  under_review: "in_escrow",
  fulfilling: "in_escrow",
  refunding: "in_escrow",
  delivered: "gone",
  refunded: "gone",
  expired: "awaited",
  cancelled: "awaited",
};

const states = Object.keys(priceIs) as OrderState[];
const holdingStates = states.filter((state) => priceIs[state] === "in_escrow");
const paidStates = states.filter((state) => priceIs[state] !== "awaited");

export const orderProofs: readonly Proof[] = [
  {
    rule: "escrow holds the price of each paid order and nothing of one that ended",
    check: (db, touched) => compareEscrow(db, holdingStates, touched),
    narrowsTo: "orders",
  },
  {
    rule: "every paid order has exactly one paying source",
    check: (db, touched) => comparePaying(db, paidStates, touched),
    narrowsTo: "orders",
  },
  {
    rule: "every refunded order gave back what was paid, once",
    check: compareRefunded,
    narrowsTo: "orders",
  },
  {
    rule: "no order gave back its money and its goods both",
    check: compareNeverBoth,
    narrowsTo: "orders",
  },
  {
    rule: "every delivered order has one succeeded purchase",
    check: compareBought,
    narrowsTo: "orders",
  },
];
