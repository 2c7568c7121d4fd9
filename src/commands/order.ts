/** `konter order`: everything that happened to one order, as one timeline. */
import { skuById } from "../catalog/product.ts";
import * as desk from "../desk/story.ts";
import * as discord from "../discord/story.ts";
import { formatGameAccount } from "../game-accounts/parse.ts";
import * as inventory from "../inventory/story.ts";
import * as ledger from "../ledger/story.ts";
import type { Order } from "../orders/order.ts";
import * as orders from "../orders/story.ts";
import * as payments from "../payments/story.ts";
import { type Db, inSnapshot } from "../platform/db.ts";
import { storyOfJobs } from "../platform/find-jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import type { StoryLine } from "../platform/story.ts";
import * as risk from "../risk/story.ts";
import * as suppliers from "../suppliers/story.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { withShop } from "./operator.ts";

const width = 100;
// Where the words begin, beside time, part and actor; and what was said outside, below them.
const hanging = 35;
const bodyMargin = 14;
const longestDetail = 120;

export const order: Command = {
  usage: "order CODE [--full] [--json]",
  summary: "tell the whole story of an order, from its quote to what it waits for now",
  details: `Quote, states, risk, stock, every rupiah, payments and purchases with what was said to the
gateway and the supplier (without secrets), buttons pressed, desk items, and the jobs that wait or are
dead. Times are Jakarta's. CODE is on the receipt; small letters do.
  --full   what was said outside and errors are printed whole, not only how they begin
  --json   for programs: one object, always whole`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { full: { type: "boolean" }, json: { type: "boolean" } },
      allowPositionals: true,
    });
    const [orderCode, ...rest] = positionals;
    if (orderCode === undefined || orderCode.trim() === "") throw new UsageError("which CODE?");
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: one CODE at a time`);
    await withShop(terminal, async ({ db, clock }) => {
      const told = await inSnapshot(db, (snapshot) => tell(snapshot, orderCode));
      if (values.json) return terminal.print(asJson(told));
      terminal.print(asText(told, { now: clock.now(), shown: values.full ? "whole" : "cut" }));
    });
  },
};

interface Told {
  readonly order: Order;
  readonly skuCode: string;
  readonly skuName: string;
  readonly gameName: string;
  readonly lines: readonly StoryLine[];
}

async function tell(db: Db, orderCode: string): Promise<Told> {
  const found = await orders.findOrder(db, { orderCode });
  const sku = await skuById(db, found.sku_id);
  // In the order of cause and effect, for what happened in the same millisecond.
  const lines = [
    ...(await discord.storyOf(db, found)),
    ...(await risk.storyOf(db, found.id)),
    ...(await orders.storyOf(db, found)),
    ...(await inventory.storyOf(db, found.id)),
    ...(await payments.storyOf(db, found.id)),
    ...(await suppliers.storyOf(db, found.id)),
    ...(await ledger.storyOf(db, found.id)),
    ...(await desk.storyOf(db, found.id)),
  ];
  const ids = [...new Set([found.id, ...lines.map((line) => line.subject)])];
  const all = [...lines, ...(await storyOfJobs(db, ids))];
  return {
    order: found,
    skuCode: sku.code,
    skuName: sku.name,
    gameName: sku.gameName,
    lines: all.sort((one, other) => one.at.getTime() - other.at.getTime()),
  };
}

function asJson({ order: found, skuCode, lines }: Told): string {
  const { id, code, state, method, customer_id, price, cost, placed_at, changed_at } = found;
  const facts = { id, code, state, method, customer_id, sku: skuCode, placed_at, changed_at };
  return JSON.stringify({ ...facts, price: Number(price), cost: Number(cost), lines }, null, 2);
}

type Shown = "whole" | "cut";

function asText(told: Told, input: { now: Date; shown: Shown }): string {
  const { order: found, lines } = told;
  const gameAccount = formatGameAccount({ playerId: found.player_id, zoneId: found.zone_id });
  const output = [
    `Order ${found.code} · ${found.state}`,
    `${told.skuCode} · ${told.gameName} ${told.skuName} · ${formatRupiah(found.price)} by ${found.method}`,
    `for ${gameAccount}${found.nickname === null ? "" : ` ${found.nickname}`} · buyer ${found.customer_id}`,
  ];
  let day = "";
  let past = true;
  for (const line of lines) {
    if (past && line.at > input.now) {
      past = false;
      output.push("", `It is ${inJakarta(input.now)} now. Still to come:`);
    }
    const [lineDay = ""] = inJakarta(line.at).split(" ");
    if (lineDay !== day) output.push("", `${lineDay}, Jakarta`);
    day = lineDay;
    output.push(...lineAsText(line, found, input.shown));
  }
  return output.join("\n");
}

function lineAsText(line: StoryLine, found: Order, shown: Shown): string[] {
  const buyer = `customer:${found.customer_id}`;
  const actor = line.actor === buyer ? "buyer" : line.actor.replace(/^(supplier|gateway):/, "");
  const [, time] = inJakarta(line.at).split(" ");
  const head = `${time}  ${line.about.padEnd(8)}  ${actor.padEnd(9)}  `;
  const room = width - hanging;
  const [first = "", ...rest] = wrapped(line.what.replaceAll(buyer, "saldo"), room);
  const details = detailsAsText(line, shown);
  const more = details === "" ? rest : [...rest, ...wrapped(details, room)];
  const { body } = line.details;
  return [
    `${head}${first}`,
    ...more.map((text) => `${" ".repeat(hanging)}${text}`),
    ...(body === undefined ? [] : bodyAsText(body, shown)),
  ];
}

function detailsAsText({ details }: StoryLine, shown: Shown): string {
  return Object.entries(details)
    .filter(([name]) => name !== "body" && (shown === "whole" || name !== "key"))
    .map(([name, value]) => {
      const [line = ""] = value.split("\n");
      const text = shown === "whole" ? value : cut(line, longestDetail);
      return `${name} ${isInstant.test(text) ? inJakarta(new Date(text)) : text}`;
    })
    .join(" · ");
}

function bodyAsText(body: string, shown: Shown): string[] {
  const margin = " ".repeat(bodyMargin);
  if (shown === "cut") return [margin + cut(body.replace(/\s+/g, " "), width - bodyMargin)];
  return indentedJson(body)
    .split("\n")
    .map((line) => margin + line);
}

function cut(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

function indentedJson(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body; // a web page, or an answer that broke off
  }
}

/** Breaks a text between words, and a word that is too long anywhere. */
function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  let rest = text.replace(/\s+/g, " ");
  while (rest.length > room) {
    const space = rest.lastIndexOf(" ", room);
    const end = space > 0 ? space : room;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

const isInstant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

const seconds = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Jakarta",
  dateStyle: "short",
  timeStyle: "medium",
});

/** "2026-11-23 10:00:00.000". Jakarta is a whole number of seconds away. */
function inJakarta(at: Date): string {
  return `${seconds.format(at)}.${String(at.getUTCMilliseconds()).padStart(3, "0")}`;
}
