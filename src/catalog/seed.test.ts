/** The seed catalog, exactly, and that it never overwrites an owner's. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { listOffers, listSkus } from "./product.ts";
import { seedCatalog, seedSkus, seedStock } from "./seed.ts";

const seeded = `
  ML_86 20000 18000     ML_172 40000 36000    ML_257 60000 54000     ML_344 80000 72000
  ML_429 100000 90000   FF_70 10000 9000      FF_140 20000 18000     FF_355 50000 45000
  FF_720 100000 90000   PUBG_60 15000 13500   PUBG_325 75000 67500   PUBG_660 150000 135000
  GI_60 15000 13500     GI_330 75000 67500    GI_1090 250000 225000`;

async function openCatalog(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const rows = async () => [
    await db.selectFrom("games").selectAll().orderBy("id").execute(),
    await db.selectFrom("skus").selectAll().orderBy("id").execute(),
    await db.selectFrom("prices").selectAll().orderBy("sku_id").orderBy("version").execute(),
  ];
  return { db, rows, seedAgain: () => inTransaction(db, (tx) => seedCatalog(tx, { clock })) };
}

test("the seed has its 15 SKUs at their prices and costs, to the rupiah", async (t) => {
  const { db } = await openCatalog(t);
  const inDatabase = (await listSkus(db))
    .filter((sku) => sku.gameCode !== "VALORANT")
    .map((sku) => `${sku.code} ${sku.priceIdr} ${sku.costIdr}`);
  assert.deepEqual(inDatabase, seeded.trim().split(/\s{2,}/));
  const seed = seedSkus.filter((sku) => !sku.addition);
  assert.equal(seed.length, 15);
  assert.equal(
    seed.reduce((sum, sku) => sum + sku.priceIdr, 0n),
    1_060_000n,
  );
});

test("every SKU is sold for more than it costs, from a stock of 100 with 5 as its minimum", () => {
  assert.deepEqual(
    seedSkus.filter((sku) => sku.priceIdr <= sku.costIdr),
    [],
  );
  assert.deepEqual(seedStock, { onHand: 100, minimum: 5 });
});

test("seeding twice changes nothing", async (t) => {
  const { rows, seedAgain } = await openCatalog(t);
  const before = await rows();
  assert.equal((await seedAgain()).size, 0);
  assert.deepEqual(await rows(), before);
});

test("what the owner changed is not overwritten by seeding", async (t) => {
  const { db, rows, seedAgain } = await openCatalog(t);
  const [sku] = await listSkus(db, "ML");
  assert.ok(sku);
  await db.updateTable("games").set({ name: "MLBB" }).where("code", "=", "ML").execute();
  await db
    .updateTable("skus")
    .set({ name: "86 💎", active: false, min_stock: 9 })
    .where("id", "=", sku.id)
    .execute();
  await db
    .insertInto("prices")
    .values({ sku_id: sku.id, version: 2, price: 21_000n, cost: 18_500n, valid_from: new Date(0) })
    .execute();
  const before = await rows();
  await seedAgain();
  assert.deepEqual(await rows(), before);
  const offer = (await listOffers(db)).find(({ code }) => code === "ML_86");
  assert.deepEqual(offer, {
    ...{ id: sku.id, code: "ML_86", gameCode: "ML" },
    ...{ name: "86 💎", active: false, minStock: 9 },
    ...{ priceIdr: 21_000n, costIdr: 18_500n, priceVersion: 2 },
  });
});

test("a SKU that is missing is added with its price, and nothing else", async (t) => {
  const { db, seedAgain } = await openCatalog(t);
  await db.updateTable("skus").set({ code: "ML_86_OLD" }).where("code", "=", "ML_86").execute();
  assert.deepEqual([...(await seedAgain()).keys()], ["ML_86"]);
  const added = (await listSkus(db, "ML")).find((sku) => sku.code === "ML_86");
  assert.equal(added?.priceIdr, 20_000n);
  assert.equal(added?.priceVersion, 1);
});
