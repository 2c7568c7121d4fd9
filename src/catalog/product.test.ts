/** The rules of finding what is sold. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { Refusal } from "../platform/refusal.ts";
import { findGame, findSku, listGames, listSkus, skuById } from "./product.ts";

async function openCatalog(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
  atEnd(() => db.destroy());
  return db;
}

test("a game and a SKU are found by their code in any case", async (t) => {
  const db = await openCatalog(t);
  assert.equal((await findGame(db, " genshin ")).name, "Genshin Impact");
  assert.equal((await findSku(db, "ml_86")).priceIdr, 20_000n);
});

test("what is not sold is refused, and the refusal names the games there are", async (t) => {
  const db = await openCatalog(t);
  await assert.rejects(findGame(db, "dota"), (error) => {
    assert.ok(error instanceof Refusal);
    assert.equal(error.code, "game.unknown");
    assert.deepEqual(error.details, { game: "dota", known: "ML, FF, PUBG, GENSHIN, VALORANT" });
    return true;
  });
  await assert.rejects(findSku(db, "ML_87"), { code: "sku.unknown" });
});

test("a SKU taken off the shelf is not sold, but orders still know its name", async (t) => {
  const db = await openCatalog(t);
  const sku = await findSku(db, "ML_86");
  await db.updateTable("skus").set({ active: false }).where("id", "=", sku.id).execute();
  await assert.rejects(findSku(db, "ML_86"), { code: "sku.unknown" });
  assert.ok(!(await listSkus(db, "ML")).some(({ code }) => code === "ML_86"));
  assert.equal((await skuById(db, sku.id)).name, "86 Diamond");
});

test("the newest version is the price, and a price is never edited", async (t) => {
  const db = await openCatalog(t);
  const sku = await findSku(db, "ML_86");
  await db
    .insertInto("prices")
    .values({ sku_id: sku.id, version: 2, price: 21_000n, cost: 18_500n, valid_from: new Date(0) })
    .execute();
  const now = await findSku(db, "ML_86");
  assert.deepEqual([now.priceIdr, now.costIdr, now.priceVersion], [21_000n, 18_500n, 2]);
  const edit = db.updateTable("prices").set({ price: 1n }).execute();
  await assert.rejects(edit, /prices rows are never changed/);
});

test("no game is empty", async (t) => {
  const db = await openCatalog(t);
  for (const game of await listGames(db)) {
    assert.notEqual((await listSkus(db, game.code)).length, 0, game.code);
  }
});
