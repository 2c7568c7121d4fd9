/** Preview: what the seed would sell, at what mark-up, and what a day of it would turn over. */
import { formatRupiah } from "../platform/money.ts";
import { textTable } from "../platform/table.ts";
import { formatMarkUp } from "./price.ts";
import { type SeedSku, seedGames, seedSkus, seedStock } from "./seed.ts";

const salesPerDay = 100n;

function markUp(skus: readonly SeedSku[]): string {
  const price = skus.reduce((sum, sku) => sum + sku.priceIdr, 0n);
  const cost = skus.reduce((sum, sku) => sum + sku.costIdr, 0n);
  return formatMarkUp(price, cost);
}

/** Turnover of 100 sales a day with every SKU of the seed equally likely, to the nearest rupiah. */
export function projectedTurnoverIdr(skus: readonly SeedSku[]): bigint {
  const total = skus.reduce((sum, sku) => sum + sku.priceIdr, 0n) * salesPerDay;
  const count = BigInt(skus.length);
  return (total + count / 2n) / count;
}

/** The whole preview as text: a table per game, then the mark-up and the projected turnover. */
export function renderPreview(): string {
  const sections = seedGames.map((game) => {
    const rows = seedSkus
      .filter((sku) => sku.gameCode === game.code)
      .map((sku) => [
        sku.addition ? `${sku.code} *` : sku.code,
        sku.name,
        formatRupiah(sku.priceIdr),
        formatRupiah(sku.costIdr),
        markUp([sku]),
        String(seedStock.onHand),
      ]);
    const head = ["SKU", "Name", "Price", "Cost", "Mark-up", "Stock"];
    return `${game.emoji} ${game.name} (${game.code})\n${textTable([head, ...rows], 2)}`;
  });
  const seed = seedSkus.filter((sku) => !sku.addition);
  return [
    ...sections,
    "* added by Konter, so that no game is empty",
    `Mark-up of the ${seed.length} seed SKUs: ${markUp(seed)}\n` +
      `Projected turnover of ${salesPerDay} sales a day: ${formatRupiah(projectedTurnoverIdr(seed))}`,
  ].join("\n\n");
}
