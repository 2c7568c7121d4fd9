/** `konter desk`: what a person must look at. */
import { userInfo } from "node:os";
import {
  closeItem,
  type DeskItem,
  deskItemKinds,
  listItems,
  listOpenItems,
  takeItem,
} from "../desk/item.ts";
import { orderCodes } from "../orders/story.ts";
import { inTransaction } from "../platform/db.ts";
import { textTable } from "../platform/table.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { type Shop, withShop } from "./operator.ts";

const shownOfAll = 100;
const widest = 100;
const minuteMs = 60_000;

export const desk: Command = {
  usage: "desk list [--all] | take NUMBER | close NUMBER --reason TEXT",
  summary: "see what a person must look at, make it yours, and say what was done",
  details: `Something lies on the desk when the shop cannot go on by itself without guessing. What resolves itself
is taken off by itself.
  list            what lies on the desk, the oldest first, with its age and its owner
  --all           the newest ${shownOfAll}, closed ones among them
  take NUMBER     it is yours: nobody else needs to look
  close NUMBER    it is done; --reason says what was done, for whoever reads it later`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { all: { type: "boolean" }, reason: { type: "string" } },
      allowPositionals: true,
    });
    const [verb = "", given, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer text`);
    if (!["list", "take", "close"].includes(verb)) throw new UsageError("say list, take or close");
    if (values.all && verb !== "list") throw new UsageError("--all belongs to list");
    if (values.reason !== undefined && verb !== "close") {
      throw new UsageError("--reason belongs to close");
    }
    if (verb === "list") {
      if (given !== undefined) throw new UsageError(`${given} is too much`);
      return withShop(terminal, (shop) => (values.all ? listAll(shop) : listOpen(shop)));
    }
    // What fits PostgreSQL's int with certainty.
    if (given === undefined || !/^\d{1,9}$/.test(given)) {
      throw new UsageError("NUMBER is what `konter desk list` shows");
    }
    const itemNumber = Number(given);
    if (verb === "take") return withShop(terminal, (shop) => take(shop, itemNumber));
    const reason = values.reason?.trim();
    if (!reason) throw new UsageError("say what was done: --reason TEXT");
    return withShop(terminal, (shop) => close(shop, itemNumber, reason));
  },
};

const operator = () =>
  ({ actor: "operator", origin: { machineUser: userInfo().username } }) as const;

async function take(shop: Shop, itemNumber: number): Promise<void> {
  const item = await inTransaction(shop.db, (tx) =>
    takeItem(tx, shop, { itemNumber, ...operator() }),
  );
  shop.terminal.print(`${itemNumber} is yours: ${deskItemKinds[item.kind]}.`);
}

async function close(shop: Shop, itemNumber: number, reason: string): Promise<void> {
  await inTransaction(shop.db, (tx) => closeItem(tx, shop, { itemNumber, reason, ...operator() }));
  shop.terminal.print(`${itemNumber} is closed.`);
}

async function listOpen({ db, clock, terminal }: Shop): Promise<void> {
  const items = await listOpenItems(db);
  if (items.length === 0) return terminal.print("Nothing lies on the desk.");
  const now = clock.now();
  const rows = await itemRows(db, items, (item) => [
    age(now, item.openedAt),
    item.takenBy ?? "nobody",
  ]);
  const lines = withDetails(textTable([[...head, "Age", "Owner"], ...rows], 5), items);
  terminal.print(`${lines}\n\n${meanings(items)}`);
}

async function listAll({ db, clock, terminal }: Shop): Promise<void> {
  const items = await listItems(db, { limit: shownOfAll });
  if (items.length === 0) return terminal.print("Nothing has ever lain on the desk.");
  const now = clock.now();
  const rows = await itemRows(db, items, (item) => [
    `${age(now, item.openedAt)} ago`,
    item.closedAt === null
      ? `open, ${item.takenBy === null ? "nobody's" : `${item.takenBy}'s`}`
      : `closed ${age(now, item.closedAt)} ago by ${item.closedBy}`,
  ]);
  terminal.print(withDetails(textTable([[...head, "Opened", "State"], ...rows], 5), items));
}

const head = ["No.", "Kind", "Order"];

async function itemRows(
  db: Shop["db"],
  items: readonly DeskItem[],
  more: (item: DeskItem) => string[],
): Promise<string[][]> {
  const orderIds = items.flatMap((item) => item.orderId ?? []);
  const codes = await orderCodes(db, orderIds);
  return items.map((item) => [
    String(item.number),
    item.kind,
    codes.get(item.orderId ?? "") ?? "-",
    ...more(item),
  ]);
}

/** Puts below each line of the table what is known about its item. */
function withDetails(table: string, items: readonly DeskItem[]): string {
  const [first, ...lines] = table.split("\n");
  const told = lines.flatMap((line, index) => {
    const item = items[index];
    if (item === undefined) return [line];
    const details = Object.entries(item.details).map(([name, value]) => `${name} ${value}`);
    const resolution = item.resolution === null ? [] : [`→ ${item.resolution}`];
    return [line, ...[[item.subject, ...details].join(" · "), ...resolution].map(indented)];
  });
  return [first, ...told].join("\n");
}

function indented(text: string): string {
  const line = `     ${text}`;
  return line.length > widest ? `${line.slice(0, widest - 1)}…` : line;
}

function meanings(items: readonly DeskItem[]): string {
  const kinds = [...new Set(items.map((item) => item.kind))].sort();
  return kinds.map((kind) => `${kind}: ${deskItemKinds[kind]}.`).join("\n");
}

/** How long ago, in words: "12 s", "3 min", "2 h 5 min", "4 days 3 h". */
function age(now: Date, since: Date): string {
  const ms = Math.max(0, now.getTime() - since.getTime());
  const minutes = Math.floor(ms / minuteMs);
  const [hours, days] = [Math.floor(minutes / 60), Math.floor(minutes / 1_440)];
  if (minutes === 0) return `${Math.floor(ms / 1_000)} s`;
  if (hours === 0) return `${minutes} min`;
  if (days === 0) return `${hours} h ${minutes % 60} min`;
  return `${days} ${days === 1 ? "day" : "days"} ${hours % 24} h`;
}
