/** Item: what a person must look at, with an age and an owner. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { Refusal } from "../platform/refusal.ts";
import {
  closeOpen,
  insertUnlessOpen,
  lockItem,
  selectItem,
  selectItems,
  selectItemsOfOrder,
  selectLain,
  selectOpenItems,
  updateClosed,
  updateTaken,
} from "./repository.ts";

/** Every kind of item, and what it asks of a person. */
export const deskItemKinds = {
  dead_job: "a job was refused or failed too often: mend the cause, then replay it",
  payment_short: "less money came than was asked for: it waits in suspense for the buyer's choice",
  payment_mismatch: "a gateway reports money that does not fit ours: nothing was posted",
  payment_suspense: "money lies in suspense and nobody has said whose it is",
  purchase_stuck: "a supplier does not say how a purchase ended: look into its own history",
  purchase_review: "a purchase cannot be judged by its answer: a person must say how it ended",
  purchase_contradiction: "a supplier takes back what it had said about a purchase",
  supplier_paused: "a supplier refuses us as a whole: nothing is bought there until it is mended",
  order_review: "risk asks for a person's decision about an order",
  refund_stuck: "a gateway does not confirm that money went back: look into its dashboard",
  chargeback_loss:
    "the payer's side took back money for goods or saldo that are gone: decide whether to sell to that buyer",
  adjustment_waiting: "a large correction of a saldo waits for a second person, or for its day",
  refund_failed: "money could not be sent back to where it came from",
  books_broken:
    "the books contradict themselves and nothing is bought: find out why, then `konter supplier resume`",
} as const;

export type DeskItemKind = keyof typeof deskItemKinds;

export interface DeskItem {
  readonly id: string;
  /** What a person types. */
  readonly number: number;
  readonly kind: DeskItemKind;
  readonly subject: string;
  readonly orderId: string | null;
  readonly details: Readonly<Record<string, string>>;
  readonly openedAt: Date;
  readonly takenBy: string | null;
  readonly takenAt: Date | null;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
  readonly resolution: string | null;
}

type Deps = { clock: Clock; publish: Publish };

/** Who acts on an item, and why. */
type By = Pick<Act, "actor" | "origin" | "requestId">;

const longestText = 500;

/**
 * Puts something on the desk; false when it lies there already. No personal data: items stay for ever.
 */
export async function openItem(
  tx: Tx,
  deps: Deps & { ids: Ids },
  input: {
    kind: DeskItemKind;
    subject: string;
    orderId?: string;
    details: Readonly<Record<string, string>>;
  },
): Promise<boolean> {
  const { orderId = null, ...item } = input;
  const itemId = deps.ids.uuid();
  const row = { ...item, orderId, id: itemId, now: deps.clock.now() };
  const isNew = await insertUnlessOpen(tx, row);
  if (isNew) await deps.publish(tx, { name: "desk.changed", itemId });
  return isNew;
}

/** True when an item with these details, and maybe more, lies on the desk or lay there before. */
export async function hasLain(
  db: Db,
  item: Pick<DeskItem, "kind" | "subject" | "details">,
): Promise<boolean> {
  return selectLain(db, item);
}

/** Takes something off the desk that has resolved itself. Nothing happens when it does not lie there. */
export async function settleItem(
  tx: Tx,
  deps: Deps,
  input: { kind: DeskItemKind; subject: string; resolution: string },
): Promise<void> {
  const itemId = await closeOpen(tx, { ...input, closedBy: "system", now: deps.clock.now() });
  if (itemId !== undefined) await deps.publish(tx, { name: "desk.changed", itemId });
}

/** Makes somebody an item's owner. Refuses one that is unknown, closed or taken. */
export async function takeItem(
  tx: Tx,
  deps: Deps,
  input: { itemNumber: number } & By,
): Promise<DeskItem> {
  const { itemNumber, ...by } = input;
  const item = await lockOpenItem(tx, itemNumber);
  if (item.takenBy !== null) {
    throw new Refusal("desk.taken", { item: String(itemNumber), by: item.takenBy });
  }
  const now = deps.clock.now();
  await updateTaken(tx, item.id, by.actor, now);
  await recordAct(tx, deps, { ...by, action: "desk.take", object: `desk_item:${item.id}` });
  await deps.publish(tx, { name: "desk.changed", itemId: item.id });
  return { ...item, takenBy: by.actor, takenAt: now };
}

/** Ends an item with what was done about it. Refuses one that is unknown or closed. */
export async function closeItem(
  tx: Tx,
  deps: Deps,
  input: { itemNumber: number; reason: string } & By,
): Promise<DeskItem> {
  const { itemNumber, reason: given, ...by } = input;
  const reason = given.trim();
  if (reason === "" || reason.length > longestText) {
    const message = `reason is 1 to ${longestText} characters`;
    throw new Refusal("input.invalid", { field: "reason", message });
  }
  const item = await lockOpenItem(tx, itemNumber);
  const now = deps.clock.now();
  await updateClosed(tx, item.id, { closedBy: by.actor, resolution: reason, now });
  await recordAct(tx, deps, {
    ...by,
    action: "desk.close",
    object: `desk_item:${item.id}`,
    reason,
  });
  await deps.publish(tx, { name: "desk.changed", itemId: item.id });
  return { ...item, closedAt: now, closedBy: by.actor, resolution: reason };
}

async function lockOpenItem(tx: Tx, itemNumber: number): Promise<DeskItem> {
  const row = await lockItem(tx, itemNumber);
  if (row === undefined) throw new Refusal("desk.unknown", { item: String(itemNumber) });
  const item = toItem(row);
  if (item.closedAt !== null) {
    throw new Refusal("desk.closed", { item: String(itemNumber), by: item.closedBy ?? "" });
  }
  return item;
}

/** What lies on the desk, the oldest first. */
export async function listOpenItems(db: Db): Promise<DeskItem[]> {
  return (await selectOpenItems(db)).map(toItem);
}

/** What lies or lay on the desk, the newest first. */
export async function listItems(db: Db, input: { limit: number }): Promise<DeskItem[]> {
  return (await selectItems(db, input.limit)).map(toItem);
}

/** One item, whatever became of it; undefined when there is none with this id. */
export async function findItem(db: Db, itemId: string): Promise<DeskItem | undefined> {
  const row = await selectItem(db, itemId);
  return row && toItem(row);
}

/** What lies or lay on the desk about an order, the oldest first. */
export async function itemsOfOrder(db: Db, orderId: string): Promise<DeskItem[]> {
  return (await selectItemsOfOrder(db, orderId)).map(toItem);
}

// Only openItem writes kind and details.
function toItem(row: Awaited<ReturnType<typeof selectOpenItems>>[number]): DeskItem {
  return row as DeskItem;
}
