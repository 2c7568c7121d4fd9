/** Record: every act of a person or a key is written down, in the transaction that does it. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Act } from "./act.ts";
import { insertAct } from "./repository.ts";

/** Writes one act in the caller's transaction. Amounts may be bigint; they are kept as digits. */
export async function recordAct(tx: Tx, deps: { clock: Clock }, act: Act): Promise<void> {
  await insertAct(tx, act, deps.clock.now());
}
