/** Story: what became of an order, for a person who must understand it. */
import type { Db } from "../platform/db.ts";
import { selectCodes } from "./repository.ts";

/** The codes that people know orders by, by order id. */
export async function orderCodes(
  db: Db,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await selectCodes(db, orderIds);
  return new Map(rows.map((row) => [row.id, row.code]));
}
