/** Seed: the catalog a new shop begins with. Never overwrites what is there. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import catalog from "./catalog.json" with { type: "json" };
import { insertGame, insertPrice, insertSku } from "./repository.ts";

export interface SeedSku {
  readonly gameCode: string;
  readonly code: string;
  readonly name: string;
  readonly priceIdr: bigint;
  readonly costIdr: bigint;
  /** True for what we added to the seed, so that no game is empty. */
  readonly addition: boolean;
}

export const seedGames = catalog.games;
export const seedStock = { onHand: catalog.defaults.stock, minimum: catalog.defaults.min_stock };

function seedSku(addition: boolean) {
  return (sku: (typeof catalog.skus)[number]): SeedSku => ({
    gameCode: sku.game,
    code: sku.code,
    name: sku.name,
    priceIdr: BigInt(sku.price),
    costIdr: BigInt(sku.cost),
    addition,
  });
}

export const seedSkus: readonly SeedSku[] = [
  ...catalog.skus.map(seedSku(false)),
  ...catalog.additions.map(seedSku(true)),
];

/** Writes games, SKUs and first prices that are not there yet. Returns the new SKUs by code. */
export async function seedCatalog(tx: Tx, deps: { clock: Clock }): Promise<Map<string, number>> {
  for (const [position, game] of seedGames.entries()) {
    await insertGame(tx, { code: game.code, name: game.name, icon: game.emoji, position });
  }
  const added = new Map<string, number>();
  for (const [position, sku] of seedSkus.entries()) {
    const skuId = await insertSku(tx, { ...sku, position, minStock: seedStock.minimum });
    if (skuId === undefined) continue;
    await insertPrice(tx, { skuId, version: 1, ...sku, validFrom: deps.clock.now() });
    added.set(sku.code, skuId);
  }
  return added;
}
