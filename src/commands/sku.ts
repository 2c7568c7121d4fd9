/** `konter sku`: what is sold, for how much, and changes to it. */
import { userInfo } from "node:os";
import { formatMarkUp } from "../catalog/price.ts";
import { listGames, listOffers, normalCode, type Offer, pickGame } from "../catalog/product.ts";
import { type OfferChange, publishOffer } from "../catalog/publish.ts";
import { restock, stockLevels } from "../inventory/stock.ts";
import { inTransaction } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { textTable } from "../platform/table.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { type Shop, withShop } from "./operator.ts";

export const sku: Command = {
  usage: "sku list | set CODE",
  summary: "see the SKUs; change a price, cost, stock, minimum, name, or what is sold",
  details: `  list [--game CODE]   price, cost, mark-up, stock on hand, reserved, minimum, active
  set CODE             changes what is named and shows it before → after; the rest stays
    --price N          what a buyer pays, in whole rupiah; quotes that are out keep their price
    --cost N           what the supplier charges, in whole rupiah
    --stock N          how many lie on the shelf, what is reserved among them
    --minimum N        the stock below which the owner is warned
    --active yes|no    whether it is sold
    --name TEXT        what buyers read
    --reason TEXT      why, for the audit log
    --force            sell below cost all the same
A change is seen by a running shop within a second, and is written to the audit log.`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: {
        game: { type: "string" },
        price: { type: "string" },
        cost: { type: "string" },
        stock: { type: "string" },
        minimum: { type: "string" },
        active: { type: "string" },
        name: { type: "string" },
        reason: { type: "string" },
        force: { type: "boolean" },
      },
      allowPositionals: true,
    });
    const [verb, code, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer text`);
    const { game, ...changes } = values;
    if (verb === "list") {
      if (code !== undefined || Object.keys(changes).length > 0) {
        throw new UsageError("list takes --game CODE and nothing else");
      }
      return withShop(terminal, (shop) => list(shop, game));
    }
    if (verb !== "set") throw new UsageError("say list or set");
    if (code === undefined)
      throw new UsageError("set which SKU? `konter sku list` shows their codes");
    if (game !== undefined) throw new UsageError("--game is for list");
    const wanted = readChanges(changes);
    return withShop(terminal, (shop) => set(shop, code, wanted));
  },
};

async function list({ db, terminal }: Shop, gameCode: string | undefined): Promise<void> {
  const game = gameCode === undefined ? undefined : await knownGame(db, gameCode);
  const [offers, levels] = await Promise.all([listOffers(db), stockLevels(db)]);
  const rows = offers
    .filter((offer) => game === undefined || offer.gameCode === game.code)
    .map((offer) => {
      const { priceIdr, costIdr } = offer;
      const level = levels.get(offer.id);
      return [
        offer.code,
        offer.name,
        rupiah(priceIdr),
        rupiah(costIdr),
        markUp(offer),
        String(level?.onHand ?? 0),
        String(level?.reserved ?? 0),
        String(offer.minStock),
        yesNo(offer.active),
      ];
    });
  if (rows.length === 0) return terminal.print("No SKUs yet: `konter seed` adds the seed catalog.");
  const head = ["SKU", "Name", "Price", "Cost", "Mark-up"];
  terminal.print(textTable([[...head, "On hand", "Reserved", "Minimum", "Active"], ...rows], 2));
}

async function knownGame(db: Shop["db"], code: string) {
  try {
    return pickGame(await listGames(db), code);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Error(`--game: there is no game ${code}; there are ${error.details.known}`);
  }
}

interface Wanted {
  readonly change: OfferChange;
  readonly onHand: number | undefined;
  readonly reason: string | undefined;
  readonly belowCost: "allowed" | "refused";
}

type Texts = Partial<
  Record<"price" | "cost" | "stock" | "minimum" | "active" | "name" | "reason", string>
> & { force?: boolean };

/** Reads the options of `set`. Throws a UsageError that names the one that is not right. */
function readChanges(given: Texts): Wanted {
  const { price, cost, stock, minimum, active, name } = given;
  const change: OfferChange = {
    ...(price === undefined ? {} : { priceIdr: whole("price", price, "whole rupiah") }),
    ...(cost === undefined ? {} : { costIdr: whole("cost", cost, "whole rupiah") }),
    ...(minimum === undefined ? {} : { minStock: Number(whole("minimum", minimum)) }),
    ...(active === undefined ? {} : { active: readYesNo("active", active) }),
    ...(name === undefined ? {} : { name }),
  };
  if (Object.keys(change).length === 0 && stock === undefined) {
    throw new UsageError("set what? Give --price, --cost, --stock, --minimum, --active or --name");
  }
  return {
    change,
    onHand: stock === undefined ? undefined : Number(whole("stock", stock)),
    reason: given.reason?.trim() || undefined,
    belowCost: given.force ? "allowed" : "refused",
  };
}

// "20.000" is twenty thousand in Jakarta and twenty in London.
function whole(option: string, text: string, what = "a whole number"): bigint {
  if (/^\d{1,15}$/.test(text)) return BigInt(text);
  throw new UsageError(`--${option} is ${what} in digits only, e.g. 20000, not "${text}"`);
}

function readYesNo(option: string, text: string): boolean {
  if (text === "yes" || text === "no") return text === "yes";
  throw new UsageError(`--${option} is yes or no, not "${text}"`);
}

async function set(shop: Shop, skuCode: string, wanted: Wanted): Promise<void> {
  const by = {
    actor: "operator" as const,
    origin: { machineUser: userInfo().username },
    ...(wanted.reason === undefined ? {} : { reason: wanted.reason }),
  };
  const { change, belowCost, onHand } = wanted;
  const lines = await inTransaction(shop.db, async (tx) => {
    const published = await publishOffer(tx, shop, { skuCode, change, belowCost, ...by });
    switch (published.outcome) {
      case "below_cost": {
        const { priceIdr, costIdr } = published;
        const [lower, higher] = [formatRupiah(priceIdr), formatRupiah(costIdr)];
        const option = change.priceIdr === undefined ? "--cost" : "--price";
        throw new Error(
          `${option}: the price of ${lower} would be below the cost of ${higher}. ` +
            "To sell at a loss all the same, add --force",
        );
      }
      case "unchanged":
      case "published": {
        const { before, after } = published;
        const stocked =
          onHand === undefined
            ? []
            : await setStock(tx, shop, { skuId: after.id, skuCode: after.code, onHand, ...by });
        const changed = [...differences(before, after), ...stocked];
        if (changed.length === 0) return [`Nothing to change: ${after.code} is so already.`];
        return [`${after.code} · ${after.name}`, textTable(changed, 4)];
      }
      default:
        return published satisfies never;
    }
  }).catch((error: unknown) => {
    throw inWords(error);
  });
  shop.terminal.print(lines.join("\n"));
}

async function setStock(...input: Parameters<typeof restock>): Promise<string[][]> {
  const restocked = await restock(...input);
  switch (restocked.outcome) {
    case "restocked":
      return [["  On hand", String(restocked.before), "→", String(restocked.after)]];
    case "unchanged":
      return [];
    case "reserved":
      throw new Error(`--stock: ${restocked.reserved} are reserved for orders, it cannot be less`);
    default:
      return restocked satisfies never;
  }
}

function differences(before: Offer, after: Offer): string[][] {
  const rows: [string, (offer: Offer) => string][] = [
    ["Name", (offer) => offer.name],
    ["Price", (offer) => rupiah(offer.priceIdr)],
    ["Cost", (offer) => rupiah(offer.costIdr)],
    ["Mark-up", markUp],
    ["Minimum", (offer) => String(offer.minStock)],
    ["Active", (offer) => yesNo(offer.active)],
  ];
  return rows
    .map(([label, show]) => [`  ${label}`, show(before), "→", show(after)])
    .filter(([, old, , fresh]) => old !== fresh);
}

/** A refusal in the operator's words. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { message, sku: code = "" } = error.details;
  switch (error.code) {
    case "sku.unknown":
      return new Error(
        `there is no SKU ${normalCode(code)}: \`konter sku list\` shows their codes`,
      );
    case "input.invalid":
      return new UsageError(`--${message}`); // begins with the field, which is the option's name
    default:
      return error;
  }
}

function rupiah(amountIdr: bigint | null): string {
  return amountIdr === null ? "-" : formatRupiah(amountIdr);
}

function markUp({ priceIdr, costIdr }: Offer): string {
  return priceIdr === null || costIdr === null ? "-" : formatMarkUp(priceIdr, costIdr);
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
