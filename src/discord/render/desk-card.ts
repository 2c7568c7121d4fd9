/** Desk card: what lies on the desk, as staff read it in their channel. */
import { type DeskItem, deskItemKinds } from "../../desk/item.ts";
import { inert, timestamp } from "./escape.ts";
import { card, colors, type Message } from "./message.ts";

const longestValue = 300;

/** Renders an item of the desk. Pure. */
export function renderDeskItem(item: DeskItem, orderCode: string | undefined): Message {
  const what = item.kind.replaceAll("_", " ");
  const meaning = deskItemKinds[item.kind];
  const fields = [
    ...(orderCode === undefined ? [] : [{ name: "Order", value: orderCode, inline: true }]),
    { name: "Since", value: timestamp(item.openedAt, "R"), inline: true },
    ...Object.entries(item.details).map(([name, value]) => ({
      name: inert(capital(name)),
      value: inert(value, longestValue),
      inline: true,
    })),
  ];
  if (item.closedAt !== null) {
    return card({
      title: `✅ Desk ${item.number}: ${what}`,
      description: `Done ${timestamp(item.closedAt, "R")}: ${inert(item.resolution ?? "", longestValue)}`,
      color: colors.good,
      fields,
    });
  }
  const owner =
    item.takenBy === null
      ? `Nobody has taken it yet: \`konter desk take ${item.number}\``
      : `Taken by ${inert(item.takenBy)}; when it is done: \`konter desk close ${item.number} --reason …\``;
  return card({
    title: `⚠️ Desk ${item.number}: ${what}`,
    description: `${capital(meaning)}.\n${owner}`,
    color: item.takenBy === null ? colors.bad : colors.wait,
    fields,
  });
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
