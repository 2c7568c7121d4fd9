/** On desk: the purchases that a person must look at, until they resolve themselves. */
import { openItem, settleItem } from "../desk/item.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { type PurchaseRow, updatePurchase } from "./repository.ts";

type Kind = "purchase_stuck" | "purchase_review" | "purchase_contradiction";

const subjectOf = (purchase: PurchaseRow) => `purchase:${purchase.ref}`;

/** Puts a purchase on the desk, with what the supplier says of it. */
export async function putOnDesk(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; publish: Publish },
  purchase: PurchaseRow,
  item: { kind: Kind; says: string },
): Promise<void> {
  await openItem(tx, deps, {
    kind: item.kind,
    subject: subjectOf(purchase),
    orderId: purchase.order_id,
    details: { supplier: purchase.supplier, purchase: purchase.state, says: item.says },
  });
  if (!purchase.on_desk) await updatePurchase(tx, purchase.id, { on_desk: true });
}

/** Takes a purchase off the desk. One that never lay there costs nothing. */
export async function takeOffDesk(
  tx: Tx,
  deps: { clock: Clock; publish: Publish },
  purchase: PurchaseRow,
  input: {
    kinds: readonly Exclude<Kind, "purchase_contradiction">[];
    resolution: string;
  },
): Promise<void> {
  if (!purchase.on_desk) return;
  const { kinds, resolution } = input;
  for (const kind of kinds) {
    await settleItem(tx, deps, { kind, subject: subjectOf(purchase), resolution });
  }
}
