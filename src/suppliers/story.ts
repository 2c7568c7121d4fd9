/** Story: each purchase for an order, and what was said with the supplier, scrubbed. */
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import { type PurchaseRow, selectExchangesOfOrder, selectPurchasesOfOrder } from "./repository.ts";

const line = linesAbout("purchase");

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const purchases = await selectPurchasesOfOrder(db, orderId);
  const exchanges = await selectExchangesOfOrder(db, orderId);
  return [
    ...purchases.flatMap(tell),
    ...exchanges.map(({ id, ref, supplier, kind, status, body, at }) => {
      const what = `${kind} of ${ref}${status === null ? "" : `, HTTP ${status}`}`;
      return line(at, id, `supplier:${supplier}`, what, { body });
    }),
  ];
}

function tell(purchase: PurchaseRow): StoryLine[] {
  const { id, ref, supplier, state, serial_number, failure, doubt, reversed_at } = purchase;
  const goods = `${purchase.supplier_sku} for ${purchase.customer_no}`;
  const opened = `${ref} is opened at ${supplier}: ${goods}, at most ${formatRupiah(purchase.max_cost)}`;
  const lines = [line(purchase.opened_at, id, "system", opened, { state, doubt })];
  if (purchase.sent_at !== null) {
    const sent = `${ref} is marked as sent: only asked about now`;
    lines.push(line(purchase.sent_at, id, "system", sent));
  }
  if (purchase.ended_at !== null) {
    const charged = purchase.charged === null ? null : formatRupiah(purchase.charged);
    const details = { serial_number, charged, failure };
    lines.push(line(purchase.ended_at, id, `supplier:${supplier}`, `${ref} has ${state}`, details));
  }
  if (reversed_at !== null) {
    lines.push(line(reversed_at, id, `supplier:${supplier}`, `${ref} is taken back`));
  }
  return lines;
}
