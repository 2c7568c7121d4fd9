/** Markers: which orders have changed, asked for many at once. */
import type { Db } from "../platform/db.ts";
import { selectMarkers } from "./repository.ts";

/** A marker by order id: it differs from an earlier one when the order's page would. */
export async function orderMarkers(
  db: Db,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await selectMarkers(db, orderIds);
  return new Map(rows.map(({ id, marker }) => [id, marker]));
}
