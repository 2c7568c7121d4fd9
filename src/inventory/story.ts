/** Story: what an order did to the stock. */
import type { Db } from "../platform/db.ts";
import type { StoryLine } from "../platform/story.ts";
import { selectMovements } from "./repository.ts";

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const rows = await selectMovements(db, orderId);
  return rows.map((row) => ({
    at: row.moved_at,
    about: "stock",
    subject: orderId,
    actor: row.actor,
    what: `${row.kind}: on hand ${row.on_hand_before} → ${row.on_hand_after}, reserved ${row.reserved_before} → ${row.reserved_after}`,
    details: {},
  }));
}
