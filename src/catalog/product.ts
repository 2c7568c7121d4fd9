/** Products: the games a shop sells for and the SKUs of each. */
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import { selectGames, selectSkus } from "./repository.ts";

export interface Game {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** An emoji. */
  readonly icon: string;
}

export interface Sku {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly gameCode: string;
  readonly gameName: string;
  readonly priceIdr: bigint;
  readonly costIdr: bigint;
  readonly priceVersion: number;
}

/** All games, in the shop's order. */
export async function listGames(db: Db): Promise<Game[]> {
  return selectGames(db);
}

/** One game by its code in any case. Refuses an unknown one with the codes there are. */
export async function findGame(db: Db, code: string): Promise<Game> {
  const games = await selectGames(db);
  const game = games.find((candidate) => candidate.code === code.trim().toUpperCase());
  if (game !== undefined) return game;
  const known = games.map((candidate) => candidate.code).join(", ");
  throw new Refusal("game.unknown", { game: code, known });
}

/** The active SKUs of a game, or of all games, in the shop's order. */
export async function listSkus(db: Db, gameCode?: string): Promise<Sku[]> {
  const query = selectSkus(db).where("skus.active", "=", true);
  return gameCode === undefined
    ? query.execute()
    : query.where("games.code", "=", gameCode).execute();
}

/** One active SKU by its code in any case. Refuses an unknown one. */
export async function findSku(db: Db, code: string): Promise<Sku> {
  const sku = await selectSkus(db)
    .where("skus.active", "=", true)
    .where("skus.code", "=", code.trim().toUpperCase())
    .executeTakeFirst();
  if (sku === undefined) throw new Refusal("sku.unknown", { sku: code });
  return sku;
}

/** A SKU that a row of ours names, active or not. Throws when there is none. */
export async function skuById(db: Db, skuId: number): Promise<Sku> {
  return selectSkus(db).where("skus.id", "=", skuId).executeTakeFirstOrThrow();
}
