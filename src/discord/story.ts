/** Story: what a buyer pressed about an order, and where they see it. */
import type { Db } from "../platform/db.ts";
import { known, type StoryLine } from "../platform/story.ts";
import { decodeCustomId } from "./custom-id.ts";
import { selectCard, selectPresses } from "./repository.ts";

export async function storyOf(
  db: Db,
  order: { id: string; code: string; quote_id: string; customer_id: string },
): Promise<StoryLine[]> {
  const presses = await selectPresses(db, [order.code, order.quote_id]);
  const lines = presses.map((press): StoryLine => {
    const id = decodeCustomId(press.customId);
    const method = id?.action === "pay" ? ` with ${id.method}` : "";
    const answered = press.acknowledged ? "" : ", and had no answer";
    return {
      at: press.receivedAt,
      about: "discord",
      subject: press.id,
      actor: `customer:${order.customer_id}`,
      what: `pressed ${id?.action ?? press.customId}${method}${answered}`,
      details: {},
    };
  });
  const card = await selectCard(db, order.id);
  if (card === undefined) return lines;
  const what = "until here the message with the order can be edited";
  const details = known({ direct_message: card.dm_message_id });
  const { token_expires_at: at } = card;
  return [...lines, { at, about: "discord", subject: order.id, actor: "discord", what, details }];
}
