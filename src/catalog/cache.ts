/** Cache: games, SKUs and prices in memory, for lists and suggestions. Never for quoting or placing. */
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import { type Game, listGames, listSkus, normalCode, pickGame, type Sku } from "./product.ts";
import { selectCatalogVersion } from "./repository.ts";

export interface CatalogCache {
  listGames(): Promise<readonly Game[]>;
  /** One game by its code in any case. Refuses an unknown one with the codes there are. */
  findGame(code: string): Promise<Game>;
  /** The same with its active SKUs, both of one moment; the same objects until the catalog changes. */
  findGameAndSkus(code: string): Promise<{ game: Game; skus: readonly Sku[] }>;
  /** The active SKUs of a game, or of all games, in the shop's order. The same list until it changes. */
  listSkus(gameCode?: string): Promise<readonly Sku[]>;
  /** One active SKU by its code in any case. Refuses an unknown one. */
  findSku(code: string): Promise<Sku>;
}

interface Copy {
  readonly version: bigint;
  readonly games: readonly Game[];
  readonly skus: readonly Sku[];
  readonly skusOf: ReadonlyMap<string, readonly Sku[]>;
}

// A change may take a second to be seen everywhere; most of it is left for a busy machine.
const trustMs = 250;

/**
 * Makes the cache of one process. A copy is served for a quarter second, then one number tells whether
 * anything changed. It asks when it is read: an idle shop asks nothing, and no message can be missed.
 */
export function createCatalogCache(deps: { db: Db; clock: Clock }): CatalogCache {
  const { db, clock } = deps;
  let copy: Copy | undefined;
  let confirmedAtMs = 0;
  let confirming: Promise<Copy> | undefined;

  const confirm = async (): Promise<Copy> => {
    const askedAtMs = clock.now().getTime();
    // Asked before the rows are read: what changes in between is noticed the next time.
    const version = await selectCatalogVersion(db);
    const confirmed = copy?.version === version ? copy : await readCopy(db, version);
    copy = confirmed;
    confirmedAtMs = askedAtMs;
    return confirmed;
  };

  const current = (): Copy | Promise<Copy> => {
    const ageMs = clock.now().getTime() - confirmedAtMs;
    // A machine's clock can be set back.
    if (copy !== undefined && ageMs >= 0 && ageMs < trustMs) return copy;
    confirming ??= confirm().finally(() => {
      confirming = undefined;
    });
    return confirming;
  };

  return {
    listGames: async () => (await current()).games,
    findGame: async (code) => pickGame((await current()).games, code),
    async findGameAndSkus(code) {
      const { games, skusOf } = await current();
      const game = pickGame(games, code);
      return { game, skus: skusOf.get(game.code) ?? [] };
    },
    async listSkus(gameCode) {
      const { skus, skusOf } = await current();
      return gameCode === undefined ? skus : (skusOf.get(gameCode) ?? []);
    },
    async findSku(code) {
      const { skus } = await current();
      const wanted = normalCode(code);
      const sku = skus.find((candidate) => candidate.code === wanted);
      if (sku === undefined) throw new Refusal("sku.unknown", { sku: code });
      return sku;
    },
  };
}

async function readCopy(db: Db, version: bigint): Promise<Copy> {
  const [games, skus] = await Promise.all([listGames(db), listSkus(db)]);
  return { version, games, skus, skusOf: Map.groupBy(skus, (sku) => sku.gameCode) };
}
