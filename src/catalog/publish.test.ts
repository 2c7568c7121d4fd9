/** The rules of changing what is sold and for how much. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { findSku, listOffers } from "./product.ts";
import { type OfferChange, type PublishOffer, publishOffer } from "./publish.ts";

async function openOwner(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const publish = (skuCode: string, change: OfferChange, more: Partial<PublishOffer> = {}) =>
    inTransaction(db, (tx) =>
      publishOffer(
        tx,
        { clock },
        { skuCode, change, belowCost: "refused", actor: "operator", ...more },
      ),
    );
  const prices = async () => {
    const { id } = await findSku(db, "ML_86");
    const rows = db.selectFrom("prices").select(["version", "price", "cost"]);
    return rows.where("sku_id", "=", id).orderBy("version").execute();
  };
  const acts = () =>
    db.selectFrom("audit_log").selectAll().where("action", "=", "catalog.publish").execute();
  return { db, publish, prices, acts };
}

test("a changed price is a new version, and the old one stays as it was", async (t) => {
  const { db, publish, prices } = await openOwner(t);
  const published = await publish("ml_86", { priceIdr: 21_000n });
  assert.equal(published.outcome, "published");
  await publish("ML_86", { costIdr: 18_500n });
  assert.deepEqual(await prices(), [
    { version: 1, price: 20_000n, cost: 18_000n },
    { version: 2, price: 21_000n, cost: 18_000n },
    { version: 3, price: 21_000n, cost: 18_500n },
  ]);
  assert.equal((await findSku(db, "ML_86")).priceVersion, 3);
});

test("every change is written down with what was, what is, why and by whom", async (t) => {
  const { db, publish, acts } = await openOwner(t);
  const origin = { machineUser: "sari" };
  await publish("ML_86", { priceIdr: 21_000n, active: false }, { reason: "supplier", origin });
  const [act, ...more] = await acts();
  assert.deepEqual(more, []);
  assert.ok(act);
  assert.equal(act.actor, "operator");
  assert.equal(act.object, "sku:ML_86");
  assert.equal(act.reason, "supplier");
  assert.deepEqual(act.before, { price: "20000", price_version: 1, active: true });
  assert.deepEqual(act.after, { price: "21000", price_version: 2, active: false });
  const [details] = await db.selectFrom("audit_details").selectAll().execute();
  assert.equal(details?.machine_user, "sari");
});

test("a change to what is so already changes nothing and is no act", async (t) => {
  const { publish, prices, acts } = await openOwner(t);
  const change = { priceIdr: 20_000n, costIdr: 18_000n, name: " 86 Diamond ", active: true };
  assert.equal((await publish("ML_86", { ...change, minStock: 5 })).outcome, "unchanged");
  assert.equal((await prices()).length, 1);
  assert.deepEqual(await acts(), []);
});

test("selling below cost is a decision: it is refused until it is allowed", async (t) => {
  const { publish, prices } = await openOwner(t);
  const refused = await publish("ML_86", { priceIdr: 17_999n, name: "cheap" });
  assert.deepEqual(refused, { outcome: "below_cost", priceIdr: 17_999n, costIdr: 18_000n });
  assert.equal((await publish("ML_86", { costIdr: 20_001n })).outcome, "below_cost");
  assert.equal((await prices()).length, 1);
  assert.equal((await publish("ML_86", { priceIdr: 18_000n })).outcome, "published", "at cost");
  const allowed = await publish("ML_86", { priceIdr: 17_999n }, { belowCost: "allowed" });
  assert.equal(allowed.outcome, "published");
  // Its other terms may change while it sells at a loss.
  assert.equal((await publish("ML_86", { minStock: 7 })).outcome, "published");
});

test("a value that cannot be is refused, and the refusal names its field", async (t) => {
  const { publish, acts } = await openOwner(t);
  const wrong: [OfferChange, string][] = [
    [{ priceIdr: 0n }, "price"],
    [{ priceIdr: -1n }, "price"],
    [{ priceIdr: 1_000_000_001n }, "price"],
    [{ costIdr: 0n }, "cost"],
    [{ minStock: -1 }, "minimum"],
    [{ minStock: 1_000_001 }, "minimum"],
    [{ name: " " }, "name"],
    [{ name: "86\nDiamond" }, "name"],
    [{ name: "x".repeat(61) }, "name"],
  ];
  for (const [change, field] of wrong) {
    await assert.rejects(publish("ML_86", change), (error: { details?: { field?: string } }) => {
      assert.equal(error.details?.field, field);
      return true;
    });
  }
  await assert.rejects(publish("ML_87", { active: false }), { code: "sku.unknown" });
  assert.deepEqual(await acts(), []);
});

test("two changes at once follow one another, and none is lost", async (t) => {
  const { db, publish, prices } = await openOwner(t);
  const changes = [21_000n, 22_000n, 23_000n, 24_000n].map((priceIdr) => ({ priceIdr }));
  await Promise.all([
    ...changes.map((change) => publish("ML_86", change)),
    publish("ML_86", { costIdr: 18_500n }),
    publish("ML_86", { name: "86 💎" }),
  ]);
  const versions = await prices();
  assert.deepEqual(
    versions.map(({ version }) => version),
    [1, 2, 3, 4, 5, 6],
  );
  const sku = await findSku(db, "ML_86");
  assert.equal(sku.costIdr, 18_500n);
  assert.equal(sku.name, "86 💎");
});

test("a SKU without a price is not sold until it has a price and a cost", async (t) => {
  const { db, publish } = await openOwner(t);
  const { id } = await db.selectFrom("games").select("id").executeTakeFirstOrThrow();
  await db
    .insertInto("skus")
    .values({ game_id: id, code: "NEW_1", name: "New", position: 99, min_stock: 5 })
    .execute();
  const offer = (await listOffers(db)).find(({ code }) => code === "NEW_1");
  assert.equal(offer?.priceIdr, null);
  await assert.rejects(findSku(db, "NEW_1"), { code: "sku.unknown" });
  await assert.rejects(publish("NEW_1", { priceIdr: 5_000n }), /cost is missing/);
  await assert.rejects(publish("NEW_1", { costIdr: 5_000n }), /price is missing/);
  await publish("NEW_1", { name: "Newer" });
  await publish("NEW_1", { priceIdr: 5_000n, costIdr: 4_000n });
  assert.equal((await findSku(db, "NEW_1")).priceVersion, 1);
});
