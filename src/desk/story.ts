/** Story: what a person had to look at about an order, and what they did. */
import type { Db } from "../platform/db.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import { type DeskItem, itemsOfOrder } from "./item.ts";

const line = linesAbout("desk");

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  return (await itemsOfOrder(db, orderId)).flatMap(tell);
}

function tell({ id, number, kind, details, ...item }: DeskItem): StoryLine[] {
  const lines = [
    line(item.openedAt, id, "system", `${kind} lies on the desk as ${number}`, details),
  ];
  if (item.takenAt !== null && item.takenBy !== null) {
    lines.push(line(item.takenAt, id, item.takenBy, `takes ${number}`));
  }
  if (item.closedAt !== null && item.closedBy !== null) {
    lines.push(line(item.closedAt, id, item.closedBy, `closes ${number}: ${item.resolution}`));
  }
  return lines;
}
