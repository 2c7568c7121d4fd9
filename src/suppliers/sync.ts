/** Sync: what a supplier sells us now, for how much, and our float there, read every five minutes. */
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import { RunAgain } from "../platform/jobs.ts";
import type { Log } from "../platform/log.ts";
import { lockReading, saveReading, updateListedSkus } from "./repository.ts";
import type { Supplier } from "./supplier.ts";

/** A full price list may be asked for no more often (Digiflazz rc 83). */
export const listEverySeconds = 5 * 60;

/**
 * Job `suppliers.syncPrices`. That we ask is committed first, so that no crash or second worker asks
 * too often. What cannot be read leaves the last good list as it is.
 */
export async function syncPrices(
  db: Database,
  deps: { clock: Clock; log: Log; supplier: Supplier },
): Promise<void> {
  const { clock, log } = deps;
  const supplier = deps.supplier.name;
  const askedAt = await inTransaction(db, (tx) => takeTurn(tx, deps, supplier));
  const list = await deps.supplier.listSkus();
  const float = await deps.supplier.float();
  await inTransaction(db, async (tx) => {
    const now = clock.now();
    if (list.outcome === "listed") {
      await updateListedSkus(tx, { supplier, skus: list.skus, askedAt, now });
      await saveReading(tx, supplier, { list_read_at: now, list_problem: null });
    } else {
      log.warn({ supplier, why: list.why }, "the price list cannot be read: the last one holds");
      await saveReading(tx, supplier, { list_problem: list.why });
    }
    if (float.outcome === "read") {
      await saveReading(tx, supplier, { float_amount: float.amountIdr, float_read_at: now });
    } else {
      log.warn({ supplier, why: float.why }, "the float cannot be read");
    }
  });
}

async function takeTurn(tx: Tx, { clock }: { clock: Clock }, supplier: string): Promise<Date> {
  const now = clock.now();
  const askedAt = (await lockReading(tx, supplier))?.list_asked_at;
  const waitMs = (askedAt?.getTime() ?? 0) + listEverySeconds * 1000 - now.getTime();
  if (waitMs > 0) throw new RunAgain(waitMs);
  await saveReading(tx, supplier, { list_asked_at: now });
  return now;
}
