/** Webhooks that come at odd moments, or say nothing of a purchase. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { webhookSignature } from "../parties/digiflazz.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction, type Tx } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { RunAgain } from "../platform/jobs.ts";
import { createSeededRandom } from "../platform/random.ts";
import { createDigiflazzSupplier } from "./adapters/digiflazz.ts";
import { openPurchases } from "./purchase.ts";
import { createReporter } from "./reporter.ts";
import { acceptPurchaseWebhook, applyKeptWebhook } from "./webhook.ts";

const secret = "hush";

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const credentials = {
    ...{ baseUrl: "http://d.test", username: "u", apiKey: "k", webhookSecret: secret },
    testing: false,
  };
  const fetch = () => assert.fail("a webhook asks nobody");
  const written: string[] = [];
  const base = {
    clock,
    ids: createIds(clock, createSeededRandom(1)),
    log: pino({ level: "trace" }, { write: (line: string) => void written.push(line) }),
    publish: async () => {},
  };
  const deps = {
    ...base,
    reporter: createReporter(db, base),
    supplier: createDigiflazzSupplier({ clock, fetch }, credentials),
  };
  const { sku_id: skuId } = await db
    .selectFrom("supplier_skus")
    .select("sku_id")
    .executeTakeFirstOrThrow();
  const kept = () =>
    db.selectFrom("jobs").select("payload").where("name", "=", "suppliers.applyWebhook").execute();
  return {
    db,
    clock,
    written,
    kept,
    work: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
    open: (tx: Tx) =>
      openPurchases(tx, deps, [
        {
          ...{ orderId: deps.ids.uuid(), skuId, maxCostIdr: 18_000n },
          target: { gameCode: "FF", playerId: "123456789", zoneId: null },
        },
      ]),
    receive(body: object, headers: Record<string, string> = {}) {
      const raw = Buffer.from(JSON.stringify(body));
      const signature = { "x-hub-signature": webhookSignature(raw, secret) };
      return acceptPurchaseWebhook(db, deps, { raw, headers: { ...signature, ...headers } });
    },
    /** Runs the job of the only kept webhook. */
    async tryKept() {
      const [job] = await kept();
      assert.ok(job);
      // The job's own writing.
      const payload = job.payload as Record<string, string>;
      return applyKeptWebhook(deps, payload);
    },
  };
}

test("a webhook that is faster than our own commit is kept and applied when the purchase is there", async (t) => {
  const shop = await openShop(t);
  await shop.work(async (tx) => {
    await shop.open(tx);
    const { ref } = await tx.selectFrom("purchases").select("ref").executeTakeFirstOrThrow();
    const data = { ref_id: ref, status: "Sukses", rc: "00", sn: "SN1", price: 17_900 };
    assert.equal(await shop.receive({ data }), "kept");
    await assert.rejects(shop.tryKept(), RunAgain);
  });
  await shop.tryKept();
  const purchase = await shop.db.selectFrom("purchases").selectAll().executeTakeFirstOrThrow();
  assert.deepEqual([purchase.state, purchase.serial_number], ["succeeded", "SN1"]);
  assert.equal(purchase.charged, 17_900n);
});

test("a webhook of a purchase that is never ours is let go after a quarter of an hour", async (t) => {
  const shop = await openShop(t);
  assert.equal(await shop.receive({ data: { ref_id: "B9", status: "Gagal", rc: "02" } }), "kept");
  shop.clock.advance(14 * 60_000);
  await assert.rejects(shop.tryKept(), RunAgain);
  shop.clock.advance(60_000);
  await shop.tryKept();
  assert.match(shop.written.join(), /a purchase that is not ours/);
});

test("a ping is acknowledged, and neither kept nor logged: it carries the secret", async (t) => {
  const shop = await openShop(t);
  const ping = { sed: "x", hook_id: "1", hook: { url: "http://s.test", secret, type: "webhook" } };
  assert.equal(await shop.receive(ping, { "x-digiflazz-event": "ping" }), "ignored");
  assert.deepEqual(shop.written, []);
  assert.deepEqual(await shop.kept(), []);
});

test("an unsigned webhook is forged, whatever it says", async (t) => {
  const shop = await openShop(t);
  const data = { ref_id: "B9", status: "Sukses", rc: "00" };
  assert.equal(await shop.receive({ data }, { "x-hub-signature": "" }), "forged");
  assert.deepEqual(await shop.kept(), []);
});
