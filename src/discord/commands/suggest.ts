/** Suggest: autocomplete for games and SKUs that can be bought now. Never asks a party. */
import { depositLimits } from "../../deposits/deposit.ts";
import { formatRupiah, readRupiah } from "../../platform/money.ts";
import { suppliedSkus } from "../../suppliers/find.ts";
import type { BotDeps } from "../context.ts";

const mostChoices = 25;
const usualAmounts = [20_000n, 50_000n, 100_000n, 200_000n, 500_000n, 1_000_000n];

/** What was typed, when it is an amount, and what people usually put in. */
function amounts(typed: string): { name: string; value: string }[] {
  const read = readRupiah(typed);
  const { leastIdr, mostIdr } = depositLimits;
  const own = read !== undefined && read >= leastIdr && read <= mostIdr ? [read] : [];
  const others = usualAmounts.filter((amount) => typed === "" || String(amount).startsWith(typed));
  return [...new Set([...own, ...others])].map((amount) => ({
    name: formatRupiah(amount),
    value: String(amount),
  }));
}

/** The choices for the option being typed; none for one that has no suggestions. */
export async function suggest(
  deps: Pick<BotDeps, "db" | "catalog" | "clock">,
  focused: string,
  options: ReadonlyMap<string, string>,
): Promise<{ name: string; value: string }[]> {
  const { db, catalog } = deps;
  const typed = (options.get(focused) ?? "").trim().toLowerCase();
  const fits = (...texts: string[]) => texts.some((text) => text.toLowerCase().includes(typed));
  if (focused === "game") {
    const games = await catalog.listGames();
    return games
      .filter((game) => fits(game.code, game.name))
      .slice(0, mostChoices)
      .map((game) => ({ name: `${game.icon} ${game.name}`, value: game.code }));
  }
  if (focused === "jumlah") return amounts(typed);
  if (focused !== "produk") return [];
  const game = (options.get("game") ?? "").trim().toUpperCase();
  const skus = await catalog.listSkus(game === "" ? undefined : game);
  const supplied = await suppliedSkus(db, deps, skus);
  return skus
    .filter((sku) => supplied.has(sku.id) && fits(sku.code, sku.name))
    .slice(0, mostChoices)
    .map((sku) => ({ name: `${sku.name} - ${formatRupiah(sku.priceIdr)}`, value: sku.code }));
}
