/** Markers: which of those that have a page have changed, orders and deposits alike. */
import { depositMarkers } from "../../deposits/markers.ts";
import { orderMarkers } from "../../orders/markers.ts";
import type { PaidFor } from "../../payments/payment.ts";
import type { Db } from "../../platform/db.ts";

export const idOf = (what: PaidFor) => ("orderId" in what ? what.orderId : what.depositId);

/** A marker by id: one question for all orders, and one for all deposits, where there are any. */
export async function markersOf(
  db: Db,
  all: Iterable<PaidFor>,
): Promise<ReadonlyMap<string, string>> {
  const orderIds = new Set<string>();
  const depositIds = new Set<string>();
  for (const what of all) ("orderId" in what ? orderIds : depositIds).add(idOf(what));
  return new Map([
    ...(orderIds.size > 0 ? await orderMarkers(db, [...orderIds]) : []),
    ...(depositIds.size > 0 ? await depositMarkers(db, [...depositIds]) : []),
  ]);
}

/** The marker of one. */
export async function markerOf(db: Db, what: PaidFor): Promise<string> {
  return (await markersOf(db, [what])).get(idOf(what)) ?? "";
}
