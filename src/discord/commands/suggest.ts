/** Suggest: autocomplete for games and SKUs. Asks our own memory only, never a party. */
import type { CatalogCache } from "../../catalog/cache.ts";
import { formatRupiah } from "../../platform/money.ts";

const mostChoices = 25;

/** The choices for the option being typed; none for one that has no suggestions. */
export async function suggest(
  catalog: CatalogCache,
  focused: string,
  options: ReadonlyMap<string, string>,
): Promise<{ name: string; value: string }[]> {
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
  return skus
    .filter((sku) => fits(sku.code, sku.name))
    .slice(0, mostChoices)
    .map((sku) => ({ name: `${sku.name} - ${formatRupiah(sku.priceIdr)}`, value: sku.code }));
}
