/** Find: purchases as other modules may read them. */
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { obstacleTo } from "./offer.ts";
import {
  type PurchaseRow,
  selectOffersAt,
  selectOffersOf,
  selectOpenPauses,
  selectPurchaseOfOrder,
  selectPurchases,
  selectReading,
} from "./repository.ts";

export type Purchase = PurchaseRow;

/** Purchases, in the order of their ids here. Throws when one is missing: ids come from our own rows. */
export async function findPurchases(
  db: Db,
  purchaseIds: readonly string[],
): Promise<readonly Purchase[]> {
  return selectPurchases(db, purchaseIds);
}

/** The newest purchase of an order, if there is one. */
export async function purchaseOfOrder(db: Db, orderId: string): Promise<Purchase | undefined> {
  return selectPurchaseOfOrder(db, orderId);
}

/** Of these SKUs, those that can be bought now from a supplier that is not paused. */
export async function suppliedSkus(
  db: Db,
  deps: { clock: Clock },
  skus: readonly { readonly id: number; readonly costIdr: bigint }[],
): Promise<Set<number>> {
  const now = deps.clock.now();
  const costs = new Map(skus.map((sku) => [sku.id, sku.costIdr]));
  const offers = await selectOffersOf(db, [...costs.keys()]);
  const buyable = offers.filter(
    (offer) => obstacleTo(offer, costs.get(offer.skuId) ?? 0n, now) === undefined,
  );
  return new Set(buyable.map((offer) => offer.skuId));
}

/** A supplier as staff see it: its pauses, what it said of itself, and each SKU it has a code for. */
export async function describeSupplier(db: Db, supplier: string) {
  const [pauses, reading, offers] = await Promise.all([
    selectOpenPauses(db, supplier),
    selectReading(db, supplier),
    selectOffersAt(db, supplier),
  ]);
  return { pauses, reading, offers };
}
