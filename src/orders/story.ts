/** Story: an order by its code, and what became of it, for a person who must understand it. */
import type { Db } from "../platform/db.ts";
import { readCode } from "../platform/ids.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import type { Order } from "./order.ts";
import {
  selectCodes,
  selectNotice,
  selectOrderBy,
  selectQuote,
  selectWholeEvents,
} from "./repository.ts";

const line = linesAbout("order");

/** An order by its code as somebody typed it. Refuses one that is unknown. */
export async function findOrder(db: Db, input: { orderCode: string }): Promise<Order> {
  const order = await selectOrderBy(db, "code", readCode(input.orderCode));
  if (order === undefined) throw new Refusal("order.unknown", { order: input.orderCode });
  return order;
}

/** Its quote, every change of its state, and what its buyer was last told. */
export async function storyOf(db: Db, order: Order): Promise<StoryLine[]> {
  const quote = await selectQuote(db, order.quote_id);
  const events = await selectWholeEvents(db, order.id);
  const notice = await selectNotice(db, order.id);
  const buyer = `customer:${order.customer_id}`;
  const lines: StoryLine[] = [];
  if (quote !== undefined) {
    const until = { valid_until: quote.expires_at.toISOString() };
    lines.push(
      line(quote.quoted_at, quote.id, buyer, `was quoted ${formatRupiah(quote.price)}`, until),
    );
  }
  if (quote?.confirmed_at) {
    const what = "said that the game account is right, without a nickname";
    lines.push(line(quote.confirmed_at, quote.id, buyer, what));
  }
  for (const { at, from, to, actor, reason } of events) {
    const change = from === null ? to : `${from} → ${to}`;
    lines.push(line(at, order.id, actor, from === to ? reason : `${change}: ${reason}`));
  }
  if (notice !== undefined) {
    const what = `the buyer was last told: ${notice.of}, by ${notice.road.replace("_", " ")}`;
    lines.push(line(notice.at, order.id, "discord", what));
  }
  return lines;
}

/** The codes that people know orders by, by order id. */
export async function orderCodes(
  db: Db,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await selectCodes(db, orderIds);
  return new Map(rows.map((row) => [row.id, row.code]));
}
