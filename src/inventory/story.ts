/** Story: what an order did to the stock. */
import type { Db } from "../platform/db.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import { selectMovements } from "./repository.ts";

const line = linesAbout("stock");

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const rows = await selectMovements(db, orderId);
  return rows.map((row) => {
    const onHand = `on hand ${row.on_hand_before} → ${row.on_hand_after}`;
    const reserved = `reserved ${row.reserved_before} → ${row.reserved_after}`;
    return line(row.moved_at, orderId, row.actor, `${row.kind}: ${onHand}, ${reserved}`);
  });
}
