/** Verify: what the stock proves about itself. */
import type { Proof } from "../platform/proof.ts";
import { compareMovements, compareReserved } from "./repository.ts";

export const inventoryProofs: readonly Proof[] = [
  { rule: "reserved stock equals live and permanent reservations", check: compareReserved },
  { rule: "the shelf equals the sum of its movements", check: compareMovements },
];
