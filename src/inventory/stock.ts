/** Stock: what of a SKU can still be sold. Reserved at placement, taken at delivery. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import {
  callReserve,
  endReservations,
  insertStock,
  type Level,
  lockLevel,
  makePermanent,
  selectAvailable,
  selectLevels,
  updateOnHand,
} from "./repository.ts";

/** Puts the first stock of a new SKU on the shelf. */
export async function stockNewSku(
  tx: Tx,
  deps: { clock: Clock },
  input: { skuId: number; onHand: number; actor: string },
): Promise<void> {
  await insertStock(tx, { ...input, at: deps.clock.now() });
}

const mostOnHand = 1_000_000;

export type Restocked =
  | { readonly outcome: "restocked"; readonly before: number; readonly after: number }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "reserved"; readonly reserved: number };

/**
 * Sets how many of a SKU lie on the shelf, and records who did. Not below what is reserved for orders.
 * Refuses a number that cannot be.
 */
export async function restock(
  tx: Tx,
  deps: { clock: Clock },
  input: { skuId: number; skuCode: string; onHand: number } & Pick<
    Act,
    "actor" | "origin" | "reason" | "requestId"
  >,
): Promise<Restocked> {
  const { skuId, skuCode, onHand, ...act } = input;
  if (!(onHand >= 0 && onHand <= mostOnHand)) {
    const message = `stock is a whole number from 0 to ${mostOnHand}`;
    throw new Refusal("input.invalid", { field: "stock", message });
  }
  const before = await lockLevel(tx, skuId);
  if (before !== undefined && onHand < before.reserved) {
    return { outcome: "reserved", reserved: before.reserved };
  }
  if (before?.onHand === onHand) return { outcome: "unchanged" };
  const { actor } = act;
  const at = deps.clock.now();
  if (before === undefined) await insertStock(tx, { skuId, onHand, actor, at });
  else await updateOnHand(tx, { skuId, onHand, before, actor, at });
  await recordAct(tx, deps, {
    ...act,
    action: "inventory.restock",
    object: `sku:${skuCode}`,
    before: { on_hand: before?.onHand ?? 0 },
    after: { on_hand: onHand },
  });
  return { outcome: "restocked", before: before?.onHand ?? 0, after: onHand };
}

/** What lies on the shelf of each SKU, and how much of it is reserved for orders. */
export async function stockLevels(db: Db): Promise<Map<number, Level>> {
  const rows = await selectLevels(db);
  return new Map(rows.map(({ skuId, ...level }) => [skuId, level]));
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

/** Reserves one of a SKU for good, for an order whose reservation had lapsed. False when none is left. */
export async function reserveAgain(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; skuId: number; actor: string },
): Promise<boolean> {
  return callReserve(tx, { ...input, at: deps.clock.now() });
}

/** The goods of these orders are delivered: they leave the shelf. */
export async function consumeReservations(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderIds: readonly string[]; actor: string },
): Promise<void> {
  await endReservations(tx, { ...input, ending: "consumed", at: deps.clock.now() });
}

/** Nothing was delivered: the goods can be sold again. */
export async function releaseReservation(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; actor: string },
): Promise<void> {
  const { orderId, actor } = input;
  const at = deps.clock.now();
  await endReservations(tx, { orderIds: [orderId], ending: "released", actor, at });
}
