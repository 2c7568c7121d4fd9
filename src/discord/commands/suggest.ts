/** Suggest: autocomplete for games and SKUs that can be bought now. Never asks a party. */
import { formatRupiah } from "../../platform/money.ts";
import { suppliedSkus } from "../../suppliers/find.ts";
import type { BotDeps } from "../context.ts";

const mostChoices = 25;

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
  if (focused !== "produk") return [];
  const game = (options.get("game") ?? "").trim().toUpperCase();
  const skus = await catalog.listSkus(game === "" ? undefined : game);
  const supplied = await suppliedSkus(db, deps, skus);
  return skus
    .filter((sku) => supplied.has(sku.id) && fits(sku.code, sku.name))
    .slice(0, mostChoices)
    .map((sku) => ({ name: `${sku.name} - ${formatRupiah(sku.priceIdr)}`, value: sku.code }));
}
