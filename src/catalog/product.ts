/** Products: the games a shop sells for and the SKUs of each. */
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import { selectGames, selectOffers, selectSkus } from "./repository.ts";

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

/** Codes are upper case; people write them as they like. */
export function normalCode(code: string): string {
  return code.trim().toUpperCase();
}

/** All games, in the shop's order. */
export async function listGames(db: Db): Promise<Game[]> {
  return selectGames(db);
}

/** One game by its code in any case. Refuses an unknown one with the codes there are. */
export async function findGame(db: Db, code: string): Promise<Game> {
  return pickGame(await selectGames(db), code);
}

/** As `findGame`, among games that are known already. */
export function pickGame(games: readonly Game[], code: string): Game {
  const wanted = normalCode(code);
  const game = games.find((candidate) => candidate.code === wanted);
  if (game !== undefined) return game;
  const known = games.map((candidate) => candidate.code).join(", ");
  throw new Refusal("game.unknown", { game: code, known });
}

/** A SKU as its owner sees it: also one that is off the shelf or has no price yet. */
export interface Offer {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly gameCode: string;
  readonly active: boolean;
  readonly minStock: number;
  readonly priceIdr: bigint | null;
  readonly costIdr: bigint | null;
  readonly priceVersion: number | null;
}

/** Every SKU, in the shop's order. */
export async function listOffers(db: Db): Promise<Offer[]> {
  return selectOffers(db).execute();
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
    .where("skus.code", "=", normalCode(code))
    .executeTakeFirst();
  if (sku === undefined) throw new Refusal("sku.unknown", { sku: code });
  return sku;
}

/** The number of the price at which an active SKU sells now; undefined for one that is off the shelf. */
export async function currentPriceVersion(db: Db, skuId: number): Promise<number | undefined> {
  const sku = await selectSkus(db)
    .where("skus.id", "=", skuId)
    .where("skus.active", "=", true)
    .executeTakeFirst();
  return sku?.priceVersion;
}

/** A SKU that a row of ours names, active or not. Throws when there is none. */
export async function skuById(db: Db, skuId: number): Promise<Sku> {
  return selectSkus(db).where("skus.id", "=", skuId).executeTakeFirstOrThrow();
}
