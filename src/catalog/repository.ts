/** Catalog repository: every statement that touches games, SKUs and prices. Private to this folder. */
import type { NotNull, Updateable } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";

export async function selectGames(db: Db) {
  return db
    .selectFrom("games")
    .select(["id", "code", "name", "icon"])
    .orderBy("position")
    .execute();
}

export function selectSkus(db: Db) {
  return (
    db
      .selectFrom("skus")
      .innerJoin("games", "games.id", "skus.game_id")
      .innerJoin("current_prices", "current_prices.sku_id", "skus.id")
      .select([
        "skus.id",
        "skus.code",
        "skus.name",
        "games.code as gameCode",
        "games.name as gameName",
        "current_prices.price as priceIdr",
        "current_prices.cost as costIdr",
        "current_prices.version as priceVersion",
      ])
      // The columns of a view are nullable as far as the database tells.
      .$narrowType<{ priceIdr: NotNull; costIdr: NotNull; priceVersion: NotNull }>()
      .orderBy("games.position")
      .orderBy("skus.position")
  );
}

export async function insertGame(
  tx: Tx,
  game: { code: string; name: string; icon: string; position: number },
) {
  await tx
    .insertInto("games")
    .values(game)
    .onConflict((conflict) => conflict.column("code").doNothing())
    .execute();
}

/** Grows with every change of a game, a SKU or a price. */
export async function selectCatalogVersion(db: Db): Promise<bigint> {
  const row = await db.selectFrom("catalog_version").select("version").executeTakeFirstOrThrow();
  return row.version;
}

/** Every SKU with its newest price, if it has one: active or not, in the shop's order. */
export function selectOffers(db: Db) {
  return db
    .selectFrom("skus")
    .innerJoin("games", "games.id", "skus.game_id")
    .leftJoin("current_prices", "current_prices.sku_id", "skus.id")
    .select([
      "skus.id",
      "skus.code",
      "skus.name",
      "skus.active",
      "skus.min_stock as minStock",
      "games.code as gameCode",
      "current_prices.price as priceIdr",
      "current_prices.cost as costIdr",
      "current_prices.version as priceVersion",
    ])
    .orderBy("games.position")
    .orderBy("skus.position");
}

/** Locks a SKU until the transaction ends, so that its changes follow one another. */
export async function lockSku(tx: Tx, code: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom("skus")
    .select("id")
    .where("code", "=", code)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row?.id;
}

export async function updateSku(tx: Tx, skuId: number, change: Updateable<Schema["skus"]>) {
  await tx.updateTable("skus").set(change).where("id", "=", skuId).execute();
}

/** The id of a new SKU, or undefined when its code is known already. */
export async function insertSku(
  tx: Tx,
  sku: { gameCode: string; code: string; name: string; position: number; minStock: number },
) {
  const row = await tx
    .insertInto("skus")
    .columns(["game_id", "code", "name", "position", "min_stock"])
    .expression((build) =>
      build
        .selectFrom("games")
        .where("code", "=", sku.gameCode)
        .select((select) => [
          "games.id",
          select.val(sku.code).as("code"),
          select.val(sku.name).as("name"),
          select.cast<number>(select.val(sku.position), "integer").as("position"),
          select.cast<number>(select.val(sku.minStock), "integer").as("min_stock"),
        ]),
    )
    .onConflict((conflict) => conflict.column("code").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function insertPrice(
  tx: Tx,
  price: { skuId: number; version: number; priceIdr: bigint; costIdr: bigint; validFrom: Date },
) {
  await tx
    .insertInto("prices")
    .values({
      sku_id: price.skuId,
      version: price.version,
      price: price.priceIdr,
      cost: price.costIdr,
      valid_from: price.validFrom,
    })
    .execute();
}
