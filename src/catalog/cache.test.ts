/** The rules of remembering the catalog: fast, and never older than a quarter second. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createCatalogCache } from "./cache.ts";
import { publishOffer } from "./publish.ts";
import { seedCatalog } from "./seed.ts";

async function openProcesses(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const open = () => {
    const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
    atEnd(() => db.destroy());
    return db;
  };
  const owner = open();
  const setPrice = (priceIdr: bigint) =>
    inTransaction(owner, (tx) =>
      publishOffer(
        tx,
        { clock },
        { skuCode: "ML_86", change: { priceIdr }, belowCost: "refused", actor: "operator" },
      ),
    );
  const caches = [open(), open()].map((db) => createCatalogCache({ db, clock }));
  const prices = () =>
    Promise.all(caches.map(async (cache) => (await cache.findSku("ml_86")).priceIdr));
  return { owner, clock, caches, prices, setPrice };
}

test("a change is seen by every process a quarter second later, and not asked for before", async (t) => {
  const { clock, prices, setPrice } = await openProcesses(t);
  assert.deepEqual(await prices(), [20_000n, 20_000n]);
  await setPrice(21_000n);
  clock.advance(249);
  assert.deepEqual(await prices(), [20_000n, 20_000n]);
  clock.advance(1);
  assert.deepEqual(await prices(), [21_000n, 21_000n]);
});

test("a change made by hand in the database is seen as well", async (t) => {
  const { owner, clock, caches } = await openProcesses(t);
  const [cache] = caches;
  assert.ok(cache);
  const codes = async () => (await cache.listSkus("ML")).map(({ code }) => code);
  assert.equal((await codes()).length, 5);
  await owner.updateTable("skus").set({ active: false }).where("code", "=", "ML_86").execute();
  await owner.updateTable("games").set({ name: "MLBB" }).where("code", "=", "ML").execute();
  clock.advance(250);
  assert.deepEqual(await codes(), ["ML_172", "ML_257", "ML_344", "ML_429"]);
  assert.equal((await cache.findGame(" ml ")).name, "MLBB");
  await assert.rejects(cache.findSku("ML_86"), { code: "sku.unknown" });
});

test("a change that is rolled back never shows", async (t) => {
  const { owner, clock, prices } = await openProcesses(t);
  await prices();
  await inTransaction(owner, async (tx) => {
    await tx.updateTable("skus").set({ active: false }).execute();
    clock.advance(250);
    assert.deepEqual(await prices(), [20_000n, 20_000n]);
    throw new Error("rolled back");
  }).catch(() => {});
  clock.advance(250);
  assert.deepEqual(await prices(), [20_000n, 20_000n]);
});

test("many readers ask once, and the list is the same one until it changes", async (t) => {
  const { owner, clock, caches, setPrice } = await openProcesses(t);
  const [cache] = caches;
  assert.ok(cache);
  const lists = await Promise.all(Array.from({ length: 50 }, () => cache.listSkus("ML")));
  assert.equal(new Set(lists).size, 1);
  clock.advance(250);
  assert.equal(await cache.listSkus("ML"), lists[0]);
  await setPrice(21_000n);
  clock.advance(250);
  assert.notEqual(await cache.listSkus("ML"), lists[0]);
  assert.equal((await cache.listGames()).length, 5);
  assert.equal((await cache.listSkus()).length, (await owner.selectFrom("skus").execute()).length);
  assert.deepEqual(await cache.listSkus("DOTA"), []);
});

test("a clock that is set back does not keep an old price", async (t) => {
  const { clock, prices, setPrice } = await openProcesses(t);
  clock.advance(3_600_000);
  await prices();
  await setPrice(21_000n);
  clock.advance(-3_600_000);
  assert.deepEqual(await prices(), [21_000n, 21_000n]);
});

test("seeding again tells nobody that the catalog changed", async (t) => {
  const { owner, clock } = await openProcesses(t);
  const version = () => owner.selectFrom("catalog_version").select("version").executeTakeFirst();
  const before = await version();
  await inTransaction(owner, (tx) => seedCatalog(tx, { clock }));
  assert.deepEqual(await version(), before);
});
