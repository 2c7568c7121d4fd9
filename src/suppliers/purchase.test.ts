/** What a purchase becomes when its worker was paused between the record and the socket. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { RunAgain } from "../platform/jobs.ts";
import { createLog } from "../platform/log.ts";
import { createSeededRandom } from "../platform/random.ts";
import { createDigiflazzSupplier } from "./adapters/digiflazz.ts";
import { createBuyer, openPurchases } from "./purchase.ts";
import { createReporter } from "./reporter.ts";
import type { Supplier } from "./supplier.ts";

const start = new Date("2026-11-23T03:00:00Z");

/** An open purchase at a Digiflazz that answers with `data`. */
async function openShop(t: TestContext, data: object) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: start });
  const refs: unknown[] = [];
  const fetch = async (_url: string | URL | Request, init?: RequestInit) => {
    const { ref_id } = JSON.parse(String(init?.body));
    refs.push(ref_id);
    return Response.json({ data: { ref_id, ...data } });
  };
  const credentials = {
    ...{ baseUrl: "http://d.test", username: "u", apiKey: "k", webhookSecret: "s" },
    testing: false,
  };
  const supplier = createDigiflazzSupplier({ clock, fetch }, credentials);
  const deps = {
    clock,
    ids: createIds(clock, createSeededRandom(1)),
    log: createLog({ level: "silent", terminal: false }),
    publish: async () => {},
  };
  const reporter = createReporter(db, deps);
  const { sku_id: skuId } = await db
    .selectFrom("supplier_skus")
    .select("sku_id")
    .executeTakeFirstOrThrow();
  const target = { gameCode: "FF", playerId: "123456789", zoneId: null };
  const opened = { orderId: deps.ids.uuid(), skuId, target, maxCostIdr: 18_000n };
  await inTransaction(db, (tx) => openPurchases(tx, { ...deps, supplier }, [opened]));
  const purchase = () => db.selectFrom("purchases").selectAll().executeTakeFirstOrThrow();
  const { id: purchaseId } = await purchase();
  return {
    clock,
    refs,
    purchase,
    supplier,
    /** Runs the job; resolves to the milliseconds after which it wants to run again. */
    run: (through: Supplier = supplier) =>
      createBuyer(db, { ...deps, reporter, supplier: through })({ purchaseId }).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof RunAgain) return error.afterMs;
          throw error;
        },
      ),
  };
}

for (const [status, data] of [
  ["succeeded", { rc: "00", status: "Sukses", sn: "SN1", price: 17_900 }],
  ["open", { rc: "03", status: "Pending" }],
] as const) {
  test(`a paused worker sends nothing late and undoes nothing of who took over: ${status}`, async (t) => {
    const shop = await openShop(t, data);
    await shop.run({
      ...shop.supplier,
      async purchase(request) {
        shop.clock.advance(75_000);
        await shop.run();
        return shop.supplier.purchase(request);
      },
    });
    const purchase = await shop.purchase();
    assert.deepEqual(shop.refs, [purchase.ref], "sent once, by who took over");
    assert.equal(purchase.state, status);
    assert.deepEqual(purchase.sent_at, start);
    assert.deepEqual(purchase.asked_at, new Date(start.getTime() + 75_000));
    assert.deepEqual(purchase.send_by, new Date(start.getTime() + 85_000));
  });
}

test("what was not sent in time is sent as new with a time of its own", async (t) => {
  const shop = await openShop(t, { rc: "00", status: "Sukses", sn: "SN1", price: 17_900 });
  const againAfterMs = await shop.run({
    ...shop.supplier,
    async purchase(request) {
      shop.clock.advance(10_000);
      return shop.supplier.purchase(request);
    },
  });
  assert.deepEqual(shop.refs, []);
  const { sent_at, asked_at, send_by } = await shop.purchase();
  assert.deepEqual([sent_at, asked_at, send_by], [null, null, null]);
  shop.clock.advance(againAfterMs ?? 0);
  assert.equal(await shop.run(), undefined);
  assert.equal((await shop.purchase()).state, "succeeded");
  assert.equal(shop.refs.length, 1);
});

test("an inquiry that was not sent in time leaves everything open", async (t) => {
  const shop = await openShop(t, { rc: "03", status: "Pending" });
  await shop.run();
  shop.clock.advance(5 * 60_000);
  const againAfterMs = await shop.run({
    ...shop.supplier,
    async inquire(inquiry) {
      shop.clock.advance(10_000);
      return shop.supplier.inquire(inquiry);
    },
  });
  assert.ok((againAfterMs ?? 0) >= 60_000);
  assert.equal(shop.refs.length, 1);
  const purchase = await shop.purchase();
  assert.deepEqual([purchase.state, purchase.sent_at], ["open", start]);
});
