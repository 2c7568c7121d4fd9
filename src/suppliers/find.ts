/** Find: purchases as other modules may read them. */
import type { Db } from "../platform/db.ts";
import {
  type PurchaseRow,
  selectPurchase,
  selectPurchaseOfOrder,
  selectSuppliedSkus,
} from "./repository.ts";

export type Purchase = PurchaseRow;

/** One purchase. Throws when there is none: ids come from our own rows. */
export async function findPurchase(db: Db, purchaseId: string): Promise<Purchase> {
  return selectPurchase(db, purchaseId);
}

/** The newest purchase of an order, if there is one. */
export async function purchaseOfOrder(db: Db, orderId: string): Promise<Purchase | undefined> {
  return selectPurchaseOfOrder(db, orderId);
}

/** The SKUs that a supplier has a code for: the others cannot be bought from it. */
export async function suppliedSkus(db: Db, supplier: string): Promise<Set<number>> {
  const rows = await selectSuppliedSkus(db, supplier);
  return new Set(rows.map((row) => row.skuId));
}
