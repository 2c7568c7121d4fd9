/** Story: what a person had to look at about an order, and what they did. */
import type { Db } from "../platform/db.ts";
import type { StoryLine } from "../platform/story.ts";
import { itemsOfOrder } from "./item.ts";

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const items = await itemsOfOrder(db, orderId);
  return items.flatMap((item) => {
    const { id: subject, number, kind, openedAt, takenAt, takenBy, closedAt, closedBy } = item;
    const line = (at: Date, actor: string | null, what: string, details = {}): StoryLine => ({
      at,
      about: "desk",
      subject,
      actor: actor ?? "system",
      what,
      details,
    });
    const lines = [line(openedAt, "system", `${kind} lies on the desk as ${number}`, item.details)];
    if (takenAt !== null) lines.push(line(takenAt, takenBy, `takes ${number}`));
    if (closedAt !== null) {
      lines.push(line(closedAt, closedBy, `closes ${number}: ${item.resolution}`));
    }
    return lines;
  });
}
