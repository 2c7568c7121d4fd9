import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { scale } from "../database.ts";
import { openWorld } from "../world.ts";

const server = "2001";

test("the supplier refuses: the money is in the saldo, in /history and the stock is back", async (t) => {
  const world = await openWorld(t, { seed: 11 });
  const { buyer } = world;
  await buyer.orders("ML_86", { id: "9995412345", server });
  await world.midtrans.isPaid();
  await world.untilQuiet();
  assert.match(await buyer.reads(), /Uang kembali/);
  assert.match(await buyer.reads(), /Pemasok menolak akun ini/);
  await buyer.command("saldo");
  assert.match(await buyer.reads(), /Rp 20\.000/);
  await buyer.command("history");
  assert.match(await buyer.reads(), /uang kembali\nPemasok menolak akun ini/);
  assert.equal(await world.available("ML_86"), 100);
  await world.booksBalance();
});

test("a refund can be spent: the next order is paid from saldo and delivered", async (t) => {
  const world = await openWorld(t, { seed: 12 });
  const { buyer } = world;
  await buyer.orders("FF_140", { id: "9995312345" });
  await world.midtrans.isPaid();
  await buyer.quotes("FF_140", { id: "987654321" });
  await buyer.press("Pakai saldo (Rp 20.000)");
  await world.advance({ seconds: 2 });
  assert.match(await buyer.reads(), /Terkirim/);
  assert.match(await buyer.reads(), /Metode: Saldo/);
  await buyer.command("saldo");
  assert.match(await buyer.reads(), /Rp 0/);
  await world.booksBalance();
});

test("the supplier fails after a while: refunded once, not before it is sure", async (t) => {
  const world = await openWorld(t, { seed: 13 });
  await world.buyer.orders("ML_86", { id: "9990212345", server });
  await world.midtrans.isPaid();
  assert.match(await world.buyer.reads(), /Pembayaran diterima/);
  await world.advance({ seconds: 5 });
  assert.match(await world.buyer.reads(), /Uang kembali/);
  await world.booksBalance();
});

test("the supplier's answer is lost after it worked: bought once, delivered once", async (t) => {
  const world = await openWorld(t, { seed: 14 });
  await world.breaks("digiflazz", "transaction", "webhook_drop");
  await world.buyer.orders("ML_86", { id: "9990012345", server });
  await world.midtrans.isPaid();
  await world.advance({ seconds: 30 });
  assert.match(await world.buyer.reads(), /Pembayaran diterima/, "unknown is not failed");
  await world.advance({ minutes: 3 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  const purchases = await world.digiflazz.purchases();
  assert.deepEqual(
    purchases.map((one) => one.debit_count),
    [1],
  );
  assert.equal(purchases[0]?.hasty_inquiries, 0, "asked at most once a minute");
  await world.booksBalance();
});

// A hanging call ends by our own time-out of 20 real seconds, so it is left to the long run.
const faults = [
  "http_500",
  "html_502",
  "http_429",
  ...["hang"].slice(0, scale({ short: 0, long: 1 })),
];

for (const fault of faults) {
  test(`the supplier answers ${fault}: unknown, asked again, delivered once`, async (t) => {
    const world = await openWorld(t, { seed: 15 });
    await world.breaks("digiflazz", "transaction", fault);
    await world.buyer.orders("ML_86", { id: "123456789", server });
    await world.midtrans.isPaid();
    await world.advance({ minutes: 4 });
    assert.match(await world.buyer.reads(), /Terkirim/);
    const purchases = await world.digiflazz.purchases();
    assert.deepEqual(
      purchases.map((one) => [one.debit_count, one.hasty_inquiries]),
      [[1, 0]],
    );
    await world.booksBalance();
  });
}

test("no webhook comes: the supplier is asked, at most once a minute", async (t) => {
  const world = await openWorld(t, { seed: 16 });
  await world.buyer.orders("ML_86", { id: "9990312345", server });
  await world.midtrans.isPaid();
  await world.advance({ minutes: 5 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  assert.equal((await world.digiflazz.purchases())[0]?.hasty_inquiries, 0);
  await world.booksBalance();
});

test("a supplier's webhook that is forged moves nothing; three of a kind have one effect", async (t) => {
  const world = await openWorld(t, { seed: 17 });
  await world.breaks("digiflazz", "transaction", "webhook_forged");
  await world.buyer.orders("ML_86", { id: "123456789", server });
  await world.midtrans.isPaid();
  await world.advance({ seconds: 5 });
  assert.match(await world.buyer.reads(), /Pembayaran diterima/);
  await world.breaks("digiflazz", "transaction", "webhook_thrice");
  await world.secondBuyer.orders("ML_172", { id: "223456789", server });
  await world.midtrans.isPaid();
  await world.advance({ seconds: 5 });
  assert.match(await world.secondBuyer.reads(), /Terkirim/);
  await world.advance({ minutes: 3 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  await world.booksBalance();
});

test("the receipt comes as a direct message when the card can no longer be changed", async (t) => {
  const world = await openWorld(t, { seed: 18 });
  await world.breaks("digiflazz", "transaction", "webhook_drop");
  await world.breaks("digiflazz", "transaction", "http_500", 30);
  await world.buyer.orders("ML_86", { id: "123456789", server });
  await world.midtrans.isPaid();
  const before = (await world.buyer.messages()).length;
  await world.advance({ minutes: 20 });
  assert.equal((await world.buyer.messages()).length, before, "nothing new to say, nothing said");
  await world.advance({ minutes: 8 * 60 });
  const messages = await world.buyer.messages();
  assert.equal(messages.length, before + 1, "one message, however often the card changed");
  assert.match(await world.buyer.reads(), /Terkirim/);
  await world.booksBalance();
});

test("a rejected inquiry says nothing about the purchase: no refund while it may have worked", async (t) => {
  const world = await openWorld(t, { seed: 19 });
  await world.breaks("digiflazz", "transaction", "webhook_drop");
  await world.buyer.orders("ML_86", { id: "9990012345", server });
  await world.midtrans.isPaid();
  // From here on our signature is refused, as after a key was changed.
  const { url, answers } = await refusingDigiflazz(t, "41");
  await world.pointsDigiflazzAt(url);
  await world.advance({ minutes: 5 });
  assert.ok(answers() > 0);
  assert.match(await world.buyer.reads(), /Pembayaran diterima/);
  await world.pointsDigiflazzAt(undefined);
  await world.advance({ minutes: 20 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  await world.booksBalance();
});

test("a time-out on the supplier's side fails only when it is said twice, a minute apart", async (t) => {
  const world = await openWorld(t, { seed: 20 });
  const { url, answers } = await refusingDigiflazz(t, "01");
  await world.pointsDigiflazzAt(url);
  await world.buyer.orders("ML_86", { id: "123456789", server });
  await world.midtrans.isPaid();
  await world.untilQuiet();
  assert.equal(answers(), 1);
  assert.match(await world.buyer.reads(), /Pembayaran diterima/);
  await world.advance({ minutes: 2 });
  assert.equal(answers(), 2);
  assert.match(await world.buyer.reads(), /Uang kembali/);
  await world.booksBalance();
});

/** A Digiflazz that answers every transaction with one code. */
async function refusingDigiflazz(t: TestContext, rc: string) {
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { ref_id } = JSON.parse(Buffer.concat(chunks).toString());
    count++;
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ data: { ref_id, status: "Gagal", rc, message: "refused" } }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, answers: () => count };
}
