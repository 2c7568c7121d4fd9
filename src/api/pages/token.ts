/** Token: what opens the pages of an order or a deposit. */
import { type DepositView, viewDepositByToken } from "../../deposits/find.ts";
import { type OrderView, viewOrderByToken } from "../../orders/find.ts";
import type { Db } from "../../platform/db.ts";
import { Refusal } from "../../platform/refusal.ts";

// Of what cannot be a token the database is not asked.
const shape = /^[\w-]{20,64}$/;

/** The order of a token. Refuses one that is unknown and one that has ended, alike. */
export async function orderOfToken(db: Db, token: string, now: Date): Promise<OrderView> {
  if (!shape.test(token)) throw new Refusal("page.unknown");
  return viewOrderByToken(db, { pageToken: token, now });
}

/** The deposit of a token; undefined for one that is unknown and one that has ended, alike. */
export async function depositOfToken(
  db: Db,
  token: string,
  now: Date,
): Promise<DepositView | undefined> {
  return shape.test(token) ? viewDepositByToken(db, { pageToken: token, now }) : undefined;
}
