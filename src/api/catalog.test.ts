/** What the REST API says is for sale, when the catalog changes. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { getJson } from "../../test/json.ts";
import { openWorld } from "../../test/world.ts";

async function openCatalog(t: TestContext) {
  const world = await openWorld(t, { seed: 17 });
  const game = `${world.url}/api/v1/game`;
  const products = async () => {
    const { data } = await getJson<{ data: { code: string }[] }>(`${game}/products/ml`);
    return data.map(({ code }) => code);
  };
  const prices = async () =>
    (await getJson<{ prices: string[] }>(`${game}/price/ml`)).prices.map(
      (line) => /^• (.*):/.exec(line)?.[1],
    );
  const sku = (code: string) =>
    world.db.selectFrom("skus").select("id").where("code", "=", code).executeTakeFirstOrThrow();
  return { world, products, prices, sku };
}

test("products are only what can be bought now", async (t) => {
  const { world, products, prices, sku } = await openCatalog(t);
  const { db } = world;
  const [game] = await db.selectFrom("games").select("id").where("code", "=", "ML").execute();
  assert.ok(game);
  const unpriced = { game_id: game.id, code: "ML_1", name: "unpriced", position: 9, min_stock: 1 };
  const { id } = await db
    .insertInto("skus")
    .values(unpriced)
    .returning("id")
    .executeTakeFirstOrThrow();
  await db.insertInto("stock").values({ sku_id: id, on_hand: 5 }).execute();

  const inactive = await sku("ML_86");
  await db.updateTable("skus").set({ active: false }).where("id", "=", inactive.id).execute();
  const empty = await sku("ML_172");
  await db.updateTable("stock").set({ on_hand: 0 }).where("sku_id", "=", empty.id).execute();
  const unsupplied = await sku("ML_257");
  // The shop itself deletes nothing of the kind.
  const hand = new pg.Client({ connectionString: world.databaseUrl });
  await hand.connect();
  await hand.query("delete from supplier_skus where sku_id = $1", [unsupplied.id]);
  await hand.end();

  await world.advance({ seconds: 1 });
  assert.deepEqual(await products(), ["ML_344", "ML_429"]);
  assert.deepEqual(await prices(), ["172 Diamond", "257 Diamond", "344 Diamond", "429 Diamond"]);
});

test("stock is of this moment, however fresh the list of prices", async (t) => {
  const { world, products, sku } = await openCatalog(t);
  assert.ok((await products()).includes("ML_86"));
  const { id } = await sku("ML_86");
  await world.db.updateTable("stock").set({ on_hand: 0 }).where("sku_id", "=", id).execute();
  assert.ok(!(await products()).includes("ML_86"));
});

test("the price list in Discord and the suggestions follow the catalog", async (t) => {
  const { world, sku } = await openCatalog(t);
  const suggested = async () =>
    (await world.buyer.suggestions("topup", { game: "ML", produk: "" }, "produk")).map(
      ({ name }) => name,
    );
  assert.equal((await suggested())[0], "86 Diamond - Rp 20.000");
  const { id: sku_id } = await sku("ML_86");
  const price = { sku_id, version: 2, price: 21_000n, cost: 18_000n, valid_from: new Date(0) };
  await world.db.insertInto("prices").values(price).execute();
  await world.db.updateTable("games").set({ name: "MLBB" }).where("code", "=", "ML").execute();
  await world.advance({ seconds: 1 });
  assert.equal((await suggested())[0], "86 Diamond - Rp 21.000");
  await world.buyer.command("price", { game: "ML" });
  assert.match(await world.buyer.reads(), /MLBB.*86 Diamond.*Rp 21\.000/s);
  const form = await world.buyer.command("topup", { game: "ML", produk: "ML_86" });
  assert.match(form.modal?.title ?? "", /MLBB/);
});
