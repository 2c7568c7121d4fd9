/** Story: every rupiah that moved for an order, and what was held for it. */
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import { selectHold, selectTransfersOfOrder } from "./repository.ts";

const line = linesAbout("ledger");

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const transfers = await selectTransfersOfOrder(db, orderId);
  const hold = await selectHold(db, orderId);
  const moved = transfers.map((row) => {
    const sides = `${row.debit_account} → ${row.credit_account}`;
    const what = `${formatRupiah(row.amount)} ${sides}: ${row.reason}`;
    return line(row.posted_at, row.id, "system", what, { key: row.key });
  });
  if (hold === undefined) return moved;
  const amount = formatRupiah(hold.amount);
  const held = line(hold.held_at, orderId, "system", `${amount} of ${hold.ledger_account} is held`);
  if (hold.ended_at === null) return [...moved, held];
  const ended = `the hold of ${amount} is ${hold.state}`;
  return [...moved, held, line(hold.ended_at, orderId, "system", ended)];
}
