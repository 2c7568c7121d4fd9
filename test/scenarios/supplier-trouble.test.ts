/** A supplier that cannot or will not sell: what buyers are spared and what staff see. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { trialBalance } from "../../src/ledger/transfer.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { resumeSupplier } from "../../src/suppliers/pause.ts";
import { getJson, postJson } from "../json.ts";
import { konter } from "../konter.ts";
import { openWorld, type World } from "../world.ts";

const server = "2001";
const plain = { id: "123456789", server };

async function offered(world: World, game = "ML"): Promise<string[]> {
  type Products = { data: { code: string }[] };
  const url = `${world.url}/api/v1/game/products/${game}`;
  return (await getJson<Products>(url)).data.map((sku) => sku.code);
}

/** "purchase_stuck" for what lies on the desk, "purchase_stuck closed" for what lay there. */
async function desk(world: World): Promise<string[]> {
  const items = await world.db
    .selectFrom("desk_items")
    .select(["kind", "closed_at"])
    .orderBy("number")
    .execute();
  return items.map((item) => (item.closed_at === null ? item.kind : `${item.kind} closed`));
}

async function acts(world: World): Promise<string[]> {
  const rows = await world.db
    .selectFrom("audit_log")
    .select(["actor", "action"])
    .where("object", "=", "supplier:digiflazz")
    .orderBy("id")
    .execute();
  return rows.map((row) => `${row.actor} ${row.action}`);
}

const says = (world: World, words: RegExp) =>
  world.buyer.reads().then((text) => assert.match(text, words));

test("without float a buyer is refunded at once, nothing is offered, and it comes back by itself", async (t) => {
  const world = await openWorld(t, { seed: 31 });
  const { buyer } = world;
  await world.digiflazz.control("balance", { balance: 17_999 });
  await buyer.orders("ML_86", plain);
  await world.midtrans.isPaid();
  await says(world, /Uang kembali/);
  assert.deepEqual(await desk(world), ["supplier_paused"]);

  assert.deepEqual(await offered(world), []);
  assert.deepEqual(await buyer.suggestions("topup", { game: "ML", produk: "" }, "produk"), []);
  await buyer.quotes("ML_86", plain);
  await says(world, /sedang tidak bisa dibeli/);
  await buyer.command("price", { game: "ML" });
  await says(world, /86 Diamond: Rp 20\.000~~ \(sedang tidak tersedia\)/);
  await world.advance({ minutes: 3 });
  assert.deepEqual(await offered(world), [], "still too little");

  await world.digiflazz.control("balance", { balance: 18_000 });
  await world.advance({ minutes: 1 });
  assert.ok((await offered(world)).includes("ML_86"));
  assert.deepEqual(await desk(world), ["supplier_paused closed"]);
  assert.deepEqual(await acts(world), ["system supplier.pause", "system supplier.resume"]);
  await buyer.quotes("ML_86", plain);
  await buyer.press("Pakai saldo");
  await world.advance({ seconds: 2 });
  await says(world, /Terkirim/);
  await world.booksBalance();
});

test("when our set-up is refused buyers are refunded, and it is paused until a person says so", async (t) => {
  const world = await openWorld(t, { seed: 32 });
  const by = { actor: "operator" } as const;
  for (const rc of ["40", "41", "42", "45", "61", "81", "82", "88"]) {
    await world.breaks("digiflazz", "transaction", `rc_${rc}`);
    await world.buyer.orders("ML_86", plain);
    await world.midtrans.isPaid();
    await says(world, /Uang kembali/);
    assert.deepEqual(await offered(world), [], `rc ${rc}`);
    // Enough float does not mend a set-up.
    await world.advance({ minutes: 2 });
    assert.deepEqual(await offered(world), [], `rc ${rc}`);
    const mended = { supplier: "digiflazz", reason: "mended", by };
    assert.ok(await inTransaction(world.db, (tx) => resumeSupplier(tx, world, mended)));
    assert.ok((await offered(world)).includes("ML_86"), `rc ${rc}`);
  }
  assert.deepEqual(new Set(await desk(world)), new Set(["supplier_paused closed"]));
  const paused = ["system supplier.pause", "operator supplier.resume"];
  assert.deepEqual((await acts(world)).slice(0, 2), paused);
  await world.booksBalance();
});

test("what is paid while its supplier is paused waits unsent: bought when it goes on, else refunded", async (t) => {
  const world = await openWorld(t, { seed: 33 });
  const settings = { DATABASE_URL: world.databaseUrl };
  const turn = (verb: string) =>
    konter(["supplier", verb, "digiflazz", "--reason", "their maintenance"], settings);
  await world.buyer.orders("ML_86", plain);
  await turn("pause");
  await world.midtrans.isPaid();
  await world.advance({ minutes: 9 });
  assert.deepEqual(await world.digiflazz.purchases(), []);
  await says(world, /Pembayaran diterima/);
  await turn("resume");
  await world.advance({ seconds: 15 });
  await world.advance({ seconds: 5 });
  await says(world, /Terkirim/);

  await world.secondBuyer.orders("ML_172", plain);
  await turn("pause");
  await world.midtrans.isPaid();
  await world.advance({ minutes: 10 });
  assert.match(await world.secondBuyer.reads(), /Uang kembali/);
  assert.equal((await world.digiflazz.purchases()).length, 1);
  await world.booksBalance();
});

test("what was sent before a pause is still asked about and delivered", async (t) => {
  const world = await openWorld(t, { seed: 34 });
  await world.buyer.orders("ML_86", { id: "9990312345", server });
  await world.midtrans.isPaid();
  await world.breaks("digiflazz", "transaction", "rc_41");
  await world.secondBuyer.orders("ML_172", plain);
  await world.midtrans.isPaid();
  assert.deepEqual(await offered(world), []);
  await world.advance({ minutes: 3 });
  await says(world, /Terkirim/);
  await world.booksBalance();
});

test("a SKU that the supplier does not know is out of sale until its price list offers it again", async (t) => {
  const world = await openWorld(t, { seed: 35 });
  const sku = { buyer_sku_code: "ml86" };
  await world.digiflazz.control("products", { ...sku, buyer_product_status: false });
  await world.buyer.orders("ML_86", plain);
  await world.midtrans.isPaid();
  await says(world, /Uang kembali/);
  const others = await offered(world);
  assert.ok(others.includes("ML_172") && !others.includes("ML_86"));
  await world.advance({ minutes: 6 });
  assert.ok(!(await offered(world)).includes("ML_86"), "the list says it is not on offer");
  await world.digiflazz.control("products", { ...sku, buyer_product_status: true });
  await world.advance({ minutes: 5 });
  assert.ok((await offered(world)).includes("ML_86"));
  assert.deepEqual(await desk(world), []);
  await world.booksBalance();
});

test("what has become dearer than our cost is never bought at a loss, nor offered once the list says so", async (t) => {
  const world = await openWorld(t, { seed: 36 });
  await world.digiflazz.control("products", { buyer_sku_code: "ml86", price: 18_001 });
  await world.buyer.orders("ML_86", plain);
  await world.midtrans.isPaid();
  await says(world, /Uang kembali/);
  await world.advance({ minutes: 6 });
  assert.ok(!(await offered(world)).includes("ML_86"));
  const { stdout } = await konter(["supplier", "list"], { DATABASE_URL: world.databaseUrl });
  assert.match(stdout, /^ML_86 +ml86 +no: dearer than our cost +- +Rp 18\.000 +Rp 18\.001 +\+1$/m);
  await world.booksBalance();
});

test("a SKU is not offered in its seller's closed hours, midnight between them", async (t) => {
  const world = await openWorld(t, { seed: 37 });
  // The world begins at 10:00 in Jakarta.
  const hours = { start_cut_off: "23:30", end_cut_off: "10:20" };
  await world.digiflazz.control("products", { buyer_sku_code: "ml86", ...hours });
  await world.buyer.orders("ML_86", plain);
  await world.midtrans.isPaid();
  await says(world, /Uang kembali/);
  await world.advance({ minutes: 19 });
  assert.ok(!(await offered(world)).includes("ML_86"));
  await world.advance({ minutes: 1 });
  assert.ok((await offered(world)).includes("ML_86"));
  await world.booksBalance();
});

test("the price list is asked for at most once in five minutes, and the last good one holds", async (t) => {
  const world = await openWorld(t, { seed: 38 });
  type Lists = { lists: { count: number; limited_count: number } };
  await world.advance({ minutes: 61 });
  const { lists } = await world.books<Lists>("digiflazz");
  assert.deepEqual(lists, { count: 12, limited_count: 0 });
  for (const fault of ["rc_83", "html_502", "empty_body", "invalid_json", "price_string"]) {
    await world.breaks("digiflazz", "price_list", fault);
    await world.advance({ minutes: 5 });
    assert.ok((await offered(world)).includes("ML_86"), fault);
  }
  await world.booksBalance();
});

test("a success taken back returns its cost once; the buyer's refund is left to a person", async (t) => {
  const world = await openWorld(t, { seed: 39 });
  await world.buyer.orders("ML_86", { id: "9997412345", server });
  await world.midtrans.isPaid();
  await world.advance({ seconds: 5 });
  await says(world, /Terkirim/);
  const before = await trialBalance(world.db);
  assert.equal(before.get("cost_of_sales"), 18_000n);
  await world.advance({ minutes: 2 });
  assert.deepEqual(await desk(world), ["purchase_contradiction"]);
  const [purchase] = await world.digiflazz.purchases();
  const again = { ref_id: purchase?.ref_id, status: "Gagal", rc: "74" };
  await world.digiflazz.control("webhook", again);
  assert.deepEqual(await desk(world), ["purchase_contradiction"]);
  const after = await trialBalance(world.db);
  assert.equal(after.get("cost_of_sales"), 0n);
  assert.equal(after.get("float:digiflazz"), 10_000_000n);
  assert.equal(await world.digiflazz.balance(), 10_000_000);
  await says(world, /Terkirim/);
  await world.booksBalance();
});

test("a success after a failure is on the desk, and the refund stands", async (t) => {
  const world = await openWorld(t, { seed: 40 });
  await world.buyer.orders("ML_86", { id: "9995412345", server });
  await world.midtrans.isPaid();
  const [purchase] = await world.digiflazz.purchases();
  const told = { ref_id: purchase?.ref_id, status: "Sukses", rc: "00", sn: "SN1", price: 18_000 };
  await world.digiflazz.control("webhook", told);
  assert.deepEqual(await desk(world), ["purchase_contradiction"]);
  await says(world, /Uang kembali/);
});

test("what is pending for 30 minutes is on the desk until it ends", async (t) => {
  const world = await openWorld(t, { seed: 41 });
  await world.breaks("digiflazz", "transaction", "webhook_drop");
  await world.breaks("digiflazz", "transaction", "lost_answer", 8);
  await world.buyer.orders("ML_86", { id: "9990312345", server });
  await world.midtrans.isPaid();
  await world.advance({ minutes: 29 });
  assert.deepEqual(await desk(world), []);
  await world.advance({ minutes: 2 });
  assert.deepEqual(await desk(world), ["purchase_stuck"]);
  await world.advance({ minutes: 60 });
  await says(world, /Terkirim/);
  assert.deepEqual(await desk(world), ["purchase_stuck closed"]);
  await world.booksBalance();
});

for (const rc of ["49", "50"]) {
  test(`rc ${rc} is neither failed nor bought: on the desk while it is not known`, async (t) => {
    const world = await openWorld(t, { seed: 42 });
    await world.buyer.orders("ML_86", { id: "9990312345", server });
    await world.midtrans.isPaid();
    await world.breaks("digiflazz", "transaction", `rc_${rc}`);
    await world.advance({ seconds: 70 });
    assert.deepEqual(await desk(world), ["purchase_review"]);
    await says(world, /Pembayaran diterima/);
    await world.advance({ minutes: 3 });
    await says(world, /Terkirim/);
    assert.deepEqual(await desk(world), ["purchase_review closed"]);
    await world.booksBalance();
  });
}

for (const fault of ["rc_absent", "rc_unknown", "status_disagrees", "empty_body", "invalid_json"]) {
  test(`an answer that cannot be read (${fault}) is unknown: asked again, bought and delivered once`, async (t) => {
    const world = await openWorld(t, { seed: 43 });
    await world.breaks("digiflazz", "transaction", "webhook_drop");
    await world.breaks("digiflazz", "transaction", fault);
    await world.buyer.orders("ML_86", { id: "9990312345", server });
    await world.midtrans.isPaid();
    await says(world, /Pembayaran diterima/);
    await world.advance({ minutes: 3 });
    await says(world, /Terkirim/);
    const purchases = await world.digiflazz.purchases();
    assert.deepEqual(
      purchases.map((one) => [one.debit_count, one.hasty_inquiries]),
      [[1, 0]],
    );
    assert.ok((await desk(world)).every((item) => item === "purchase_review closed"));
    await world.booksBalance();
  });
}

for (const way of ["webhook_create", "webhook_out_of_order", "webhook_first", "webhook_unsigned"]) {
  test(`webhooks in another way (${way}) deliver once all the same`, async (t) => {
    const world = await openWorld(t, { seed: 44 });
    await world.breaks("digiflazz", "transaction", way);
    await world.buyer.orders("ML_86", plain);
    await world.midtrans.isPaid();
    await world.advance({ minutes: 3 });
    await says(world, /Terkirim/);
    assert.deepEqual(await desk(world), []);
    await world.booksBalance();
  });
}

test("a time-out of the biller that worked after all is delivered, not refunded", async (t) => {
  const world = await openWorld(t, { seed: 45 });
  await world.buyer.orders("ML_86", { id: "9997012345", server });
  await world.midtrans.isPaid();
  await says(world, /Pembayaran diterima/);
  await world.advance({ minutes: 3 });
  await says(world, /Terkirim/);
  await world.booksBalance();
});

test("a ping is acknowledged, and the secret in it is written nowhere", async (t) => {
  const world = await openWorld(t, { seed: 46 });
  const { base_url, webhook_secret } = world.simulators.parties.digiflazz;
  await postJson(`${base_url}/report/hooks/1/pings`, {});
  await world.untilQuiet();
  type Webhooks = { webhooks: { event: string; reply_status: number }[] };
  const { webhooks } = await world.books<Webhooks>("digiflazz");
  assert.deepEqual(
    webhooks.map((one) => [one.event, one.reply_status]),
    [["ping", 200]],
  );
  const exchanges = await world.db.selectFrom("purchase_exchanges").select("body").execute();
  const jobs = await world.db.selectFrom("jobs").select("payload").execute();
  assert.ok(!JSON.stringify([exchanges, jobs]).includes(webhook_secret));
});
