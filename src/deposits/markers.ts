/** Markers: which deposits have changed, asked for many at once. */
import type { Db } from "../platform/db.ts";
import { selectMarkers } from "./repository.ts";

/** A marker by deposit id: it differs from an earlier one when the deposit's page would. */
export async function depositMarkers(
  db: Db,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await selectMarkers(db, depositIds);
  return new Map(rows.map(({ id, marker }) => [id, marker]));
}
