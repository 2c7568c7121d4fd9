/** Stock: what of a SKU can still be sold. Reserved at placement, taken at delivery. */
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { endReservation, insertStock, makePermanent, selectAvailable } from "./repository.ts";

/** Puts the first stock of a new SKU on the shelf. */
export async function stockNewSku(
  tx: Tx,
  deps: { clock: Clock },
  input: { skuId: number; onHand: number; actor: string },
): Promise<void> {
  await insertStock(tx, { ...input, at: deps.clock.now() });
}

/** How many of each SKU can be sold now: on hand less what is reserved. */
export async function availableStock(db: Db): Promise<Map<number, number>> {
  const rows = await selectAvailable(db);
  return new Map(rows.map((row) => [row.skuId, row.available]));
}

/** Once paid, a reservation no longer lapses. */
export async function keepReservation(tx: Tx, orderId: string): Promise<void> {
  await makePermanent(tx, orderId);
}

/** The goods are delivered: they leave the shelf. */
export async function consumeReservation(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; actor: string },
): Promise<void> {
  await endReservation(tx, { ...input, ending: "consumed", at: deps.clock.now() });
}

/** Nothing was delivered: the goods can be sold again. */
export async function releaseReservation(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; actor: string },
): Promise<void> {
  await endReservation(tx, { ...input, ending: "released", at: deps.clock.now() });
}
