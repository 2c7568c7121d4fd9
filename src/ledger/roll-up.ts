/** Roll-up: adds up what came since the last time, so that each minute's proof need not read the past. */
import type { Tx } from "../platform/db.ts";
import type { Touched } from "../platform/proof.ts";
import { rollUpTransfers, selectTouched } from "./repository.ts";

/**
 * Rolls up every transfer that no open transaction can add to, and returns whose they were; undefined
 * the first time, when that is everybody's. In a repeatable-read transaction, so that what is proved
 * next is of the same moment.
 */
export async function rollUp(tx: Tx): Promise<Touched | undefined> {
  const bounds = await rollUpTransfers(tx);
  return bounds.fromTx === "0" ? undefined : selectTouched(tx, bounds);
}
