/** /price: what a game's SKUs cost. */
import { availableStock } from "../../inventory/stock.ts";
import { formatRupiah } from "../../platform/money.ts";
import { suppliedSkus } from "../../suppliers/find.ts";
import type { Context, Handled } from "../context.ts";
import { card, colors } from "../render/message.ts";

/** Shows the price list of `game`. Refuses an unknown game. */
export async function price(
  context: Context,
  options: ReadonlyMap<string, string>,
): Promise<Handled> {
  const { db, catalog, texts } = context;
  const game = await catalog.findGame(options.get("game") ?? "");
  const skus = await catalog.listSkus(game.code);
  const [stock, supplied] = await Promise.all([
    availableStock(db),
    suppliedSkus(db, context, skus),
  ]);
  const { line, soldOut, unavailable } = texts.price;
  const lines = skus.map((sku) => {
    const inStock = (stock.get(sku.id) ?? 0) > 0;
    const say = inStock ? (supplied.has(sku.id) ? line : unavailable) : soldOut;
    return say(sku.name, formatRupiah(sku.priceIdr));
  });
  return card({
    title: texts.price.title(game.icon, game.name),
    description: lines.join("\n") || texts.price.empty,
    color: colors.neutral,
    footer: { text: texts.price.footer(game.code) },
  });
}
