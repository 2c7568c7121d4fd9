/** Story: what a buyer pressed about an order, and where they see it. */
import type { Db } from "../platform/db.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import { decodeCustomId } from "./custom-id.ts";
import { selectCard, selectPresses } from "./repository.ts";

const line = linesAbout("discord");

export async function storyOf(
  db: Db,
  order: { id: string; code: string; quote_id: string; customer_id: string },
): Promise<StoryLine[]> {
  const presses = await selectPresses(db, [order.code, order.quote_id]);
  const lines = presses.map(({ id: interactionId, customId, receivedAt, acknowledged }) => {
    const id = decodeCustomId(customId);
    const method = id?.action === "pay" ? ` with ${id.method}` : "";
    const what = `pressed ${id?.action ?? customId}${method}${acknowledged ? "" : ", and had no answer"}`;
    return line(receivedAt, interactionId, `customer:${order.customer_id}`, what);
  });
  const card = await selectCard(db, order.id);
  if (card === undefined) return lines;
  const what = "until here the message with the order can be edited";
  const direct = { direct_message: card.dm_message_id };
  return [...lines, line(card.token_expires_at, order.id, "discord", what, direct)];
}
