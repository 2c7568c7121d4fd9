/** Story: each purchase for an order, and what was said with the supplier, scrubbed. */
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { known, type StoryLine } from "../platform/story.ts";
import { type PurchaseRow, selectExchangesOfOrder, selectPurchasesOfOrder } from "./repository.ts";

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const purchases = await selectPurchasesOfOrder(db, orderId);
  const exchanges = await selectExchangesOfOrder(db, orderId);
  return [
    ...purchases.flatMap(tell),
    ...exchanges.map((exchange): StoryLine => {
      const { id: subject, ref } = exchange;
      const status = exchange.status === null ? "" : `, HTTP ${exchange.status}`;
      return {
        at: exchange.at,
        about: "purchase",
        subject,
        actor: `supplier:${exchange.supplier}`,
        what: `${exchange.kind} of ${ref}${status}`,
        details: known({ body: exchange.body }),
      };
    }),
  ];
}

function tell(purchase: PurchaseRow): StoryLine[] {
  const { id: subject, ref, supplier } = purchase;
  const goods = `${purchase.supplier_sku} for ${purchase.customer_no}`;
  const line = (
    at: Date,
    actor: string,
    what: string,
    details: Parameters<typeof known>[0] = {},
  ): StoryLine => ({ at, about: "purchase", subject, actor, what, details: known(details) });
  const lines = [
    line(
      purchase.opened_at,
      "system",
      `${ref} is opened at ${supplier}: ${goods}, at most ${formatRupiah(purchase.max_cost)}`,
      { state: purchase.state, doubt: purchase.doubt },
    ),
  ];
  if (purchase.sent_at !== null) {
    lines.push(line(purchase.sent_at, "system", `${ref} is marked as sent: only asked about now`));
  }
  if (purchase.ended_at !== null) {
    const charged = purchase.charged === null ? undefined : formatRupiah(purchase.charged);
    const { serial_number, failure } = purchase;
    const what = `${ref} has ${purchase.state}`;
    const details = { serial_number, charged, failure };
    lines.push(line(purchase.ended_at, `supplier:${supplier}`, what, details));
  }
  return lines;
}
