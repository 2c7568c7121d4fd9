/** The playground in Chromium, against the real store and its sandbox world. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cleanUp, scratch } from "../database.ts";
import { getJson } from "../json.ts";
import { prepareStore } from "../store-process.ts";
import { openWorld } from "../world.ts";
import { awaitFocus, examine, openPage, shoot, tooWide, visit, walk } from "./browser.ts";

const account = { userId: "123456789", zoneId: "2001" };
// Digiflazz refuses customer numbers that start so.
const refused = { userId: "999541234", zoneId: "2001" };

/** Stock of 86 diamonds that can be sold now. */
async function stockOf86(storeUrl: string): Promise<number | undefined> {
  const { data } = await getJson<{ data: { code: string; stock: number }[] }>(
    `${storeUrl}/api/v1/game/products/ml`,
  );
  return data.find((sku) => sku.code === "ML_86")?.stock;
}

test("an empty data directory becomes a shop that delivers what was paid", async (t) => {
  const atEnd = cleanUp(t);
  const dataDir = mkdtempSync(join(scratch(), "konter-e2e-"));
  atEnd(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const store = await prepareStore(atEnd, { DATA_DIR: dataDir, SIMULATOR_PORT: "0" });
  await store.start();
  const buyer = await visit(t, store.url);
  await buyer.orders(account);
  await buyer.scansAndPays();
  const receipt = await buyer.reads("Terkirim");
  assert.match(receipt, /Serial number\s+S\d{10,}/);
  assert.equal(await stockOf86(store.url), 99);
});

test("/price lists every product of a game with its price", async (t) => {
  const world = await openWorld(t, { seed: 1, frozen: false });
  const buyer = await visit(t, world.url);
  await shoot(buyer.page, "welcome");
  await buyer.types("/price ml");
  const prices = await buyer.reads("Harga Mobile Legends");
  await shoot(buyer.page, "price");
  assert.match(prices, /Pembeli menggunakan \/price/);
  assert.deepEqual(prices.match(/\d+ Diamond: Rp [\d.]+/g), [
    "86 Diamond: Rp 20.000",
    "172 Diamond: Rp 40.000",
    "257 Diamond: Rp 60.000",
    "344 Diamond: Rp 80.000",
    "429 Diamond: Rp 100.000",
  ]);
});

test("/cek says whose account it is, and when there is none", async (t) => {
  const world = await openWorld(t, { seed: 2, frozen: false });
  const buyer = await visit(t, world.url);
  await buyer.types("/cek ml 123456789 2001");
  assert.match(await buyer.reads("✅ Valid"), /Akun ditemukan: \S+/);
  await buyer.types("/cek ml 404123456 2001");
  assert.match(await buyer.reads("❌ Tidak valid"), /Akun ini tidak ditemukan/);
  await shoot(buyer.page, "cek");
});

test("the phone scans the QR of /topup, and its card becomes the receipt", async (t) => {
  const world = await openWorld(t, { seed: 3, frozen: false });
  const buyer = await visit(t, world.url);
  await buyer.quotes("Mobile Legends", "86 Diamond", account);
  const quote = await buyer.reads("Periksa pesanan", "Rp 20.000", "123456789 (2001)");
  assert.match(quote, /Pembeli menggunakan \/topup/);
  await shoot(buyer.page, "quote");
  await buyer.presses(buyer.words.payGopay);
  await buyer.card.getByRole("img", { name: buyer.words.qr }).waitFor();
  await shoot(buyer.page, "qr");
  await buyer.scansAndPays();
  const receipt = await buyer.reads("Terkirim", "Serial number");
  await shoot(buyer.page, "receipt");
  const [purchase, ...others] = await world.digiflazz.purchases();
  assert.deepEqual(others, []);
  assert.equal(purchase?.debit_count, 1);
  assert.ok(receipt.includes(purchase?.sn ?? "?"), receipt);
  assert.equal(await buyer.page.getByRole("article").count(), 1, "one card from quote to receipt");
  assert.equal(await stockOf86(world.url), 99);
  await world.untilQuiet();
  await world.booksBalance();
});

test("what the supplier refuses becomes saldo, and saldo buys again", async (t) => {
  const world = await openWorld(t, { seed: 4, frozen: false });
  const buyer = await visit(t, world.url);
  await buyer.orders(refused);
  await buyer.scansAndPays();
  const refund = await buyer.reads("Uang kembali", "sudah masuk ke saldo");
  await shoot(buyer.page, "refund");
  assert.match(refund, /Pemasok menolak akun ini/);
  assert.equal(await stockOf86(world.url), 100);
  await buyer.types("/saldo");
  await buyer.reads("Saldomu", "Rp 20.000");
  await buyer.types("/history");
  assert.match(await buyer.reads("Riwayat pesanan"), /uang kembali/);
  await shoot(buyer.page, "history");

  await buyer.quotes("Mobile Legends", "86 Diamond", account);
  await buyer.presses("Pakai saldo (Rp 20.000)");
  assert.match(await buyer.reads("Terkirim"), /Metode\s+Saldo/);
  await buyer.types("/saldo");
  await buyer.reads("Rp 0");
  await world.untilQuiet();
  await world.booksBalance();
});

test("nobody pays for 20 minutes: the QR lapses, the order expires and the stock is back", async (t) => {
  const world = await openWorld(t, { seed: 5, frozen: false });
  const buyer = await visit(t, world.url);
  await buyer.orders(account);
  assert.equal(await stockOf86(world.url), 99);
  await buyer.button("+20 menit").click();
  // Discord lets a card be changed for 15 minutes; the end of the order comes as a direct message.
  await buyer.page.getByRole("article").first().getByText("QR sudah kedaluwarsa").waitFor();
  assert.equal(await buyer.page.getByRole("img").count(), 0, "no QR invites to pay");
  await buyer.reads("Pesan langsung", "Waktu bayar habis", "Tidak ada uang yang diambil");
  await shoot(buyer.page, "expired");
  assert.equal(await stockOf86(world.url), 100);
  await world.untilQuiet();
  await world.booksBalance();
});

test("the payment page follows the order, in the language of the browser", async (t) => {
  const world = await openWorld(t, { seed: 6, frozen: false });
  const buyer = await visit(t, world.url);
  await buyer.orders(account);
  const page = await buyer.opensPayPage();
  await page.getByRole("img", { name: buyer.words.qr }).waitFor();
  await page.getByText("menunggu pembayaran").waitFor();
  await page.getByRole("link", { name: "Buka GoPay" }).waitFor();
  await shoot(page, "pay-page");
  assert.match(page.url(), /\/pay\/[\w-]{20,}$/);

  const english = await openPage(t, page.url(), { language: "en-US" });
  await english.getByRole("img", { name: /^GoPay QR code for Rp 20\.000/ }).waitFor();
  await english.getByText("awaiting payment").waitFor();
  await english.getByText(/^Pay Rp 20\.000 before \d\d:\d\d\sWIB/).waitFor();

  await buyer.scansAndPays();
  await buyer.reads("Terkirim");
  await page.getByRole("status").getByText("Terkirim").waitFor();
  await english.getByRole("status").getByText("Delivered").waitFor();
  assert.equal(await page.getByRole("img").count(), 0, "a paid order shows no QR");
});

test("after the language switch every word of a sale is English", async (t) => {
  const world = await openWorld(t, { seed: 7, frozen: false });
  const buyer = await visit(t, world.url, { speaks: "en" });
  await buyer.types("/price ml");
  await buyer.reads("Mobile Legends prices", "86 Diamond: Rp 20.000");
  await buyer.types("/cek ml 404123456 2001");
  await buyer.reads("There is no such account");
  await buyer.orders(account);
  await buyer.reads("Scan this QR code with the GoPay app");
  await buyer.scansAndPays();
  await buyer.reads("Delivered", "Serial number");
  await buyer.types("/history");
  await buyer.reads("Order history");
  await buyer.types("/saldo");
  await buyer.reads("Your saldo is");
  await shoot(buyer.page, "english");
  const everything = (await buyer.page.getByRole("main").innerText()) + buyer.page.url();
  const indonesian = everything.match(
    /\b(bayar|pesanan|akun|produk|kirim|terkirim|uang|hanya|kamu|harga|perintah|menggunakan|ponsel|menit)\b/gi,
  );
  assert.equal(indonesian, null);
});

test("a window of 360 px holds the whole sale, with the phone as a sheet", async (t) => {
  const world = await openWorld(t, { seed: 8, frozen: false });
  const buyer = await visit(t, world.url, { viewport: { width: 360, height: 740 } });
  const fits = async (what: string) => assert.deepEqual(await tooWide(buyer.page), [], what);
  await fits("the welcome");
  await buyer.quotes("Mobile Legends", "86 Diamond", account);
  await fits("the quote");
  await buyer.presses(buyer.words.payGopay);
  await buyer.card.getByRole("img", { name: buyer.words.qr }).waitFor();
  await fits("the QR code");
  assert.equal(await buyer.phone.isVisible(), false, "the sheet is down");
  await buyer.button("Ponsel").click();
  await awaitFocus(buyer.phone.getByRole("button", { name: buyer.words.scan }));
  await fits("the phone");
  await shoot(buyer.page, "narrow-phone");
  await buyer.scansAndPays();
  await buyer.page.keyboard.press("Escape");
  await awaitFocus(buyer.button("Ponsel"));
  await buyer.reads("Terkirim");
  await fits("the receipt");
  await shoot(buyer.page, "narrow-receipt");
});

test("the keyboard alone goes from /topup to the QR code", async (t) => {
  const world = await openWorld(t, { seed: 9, frozen: false });
  const buyer = await visit(t, world.url);
  const { page, option } = buyer;
  const { keyboard } = page;
  await page.reload();
  await buyer.line.waitFor();
  await walk(page, "Tab", buyer.line);
  await keyboard.type("/topup");
  await page.getByRole("option", { name: "/topup" }).waitFor();
  await keyboard.press("Enter");
  await awaitFocus(option("game"));
  await keyboard.type("mob");
  await page.getByRole("option", { name: "Mobile Legends" }).waitFor();
  await keyboard.press("Enter");
  await awaitFocus(option("produk"));
  await keyboard.type("86");
  await page.getByRole("option", { name: "86 Diamond" }).waitFor();
  // A list that still answers "8" looks the same.
  await page.locator("[data-option=produk][aria-busy=false]").waitFor();
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  const form = page.getByRole("dialog");
  await awaitFocus(form.getByLabel("User ID"));
  await keyboard.type(account.userId);
  await keyboard.press("Tab");
  await keyboard.type(account.zoneId);
  await keyboard.press("Enter");
  const pay = buyer.card.getByRole("button", { name: buyer.words.payGopay });
  await pay.waitFor();
  await walk(page, "Shift+Tab", pay);
  await keyboard.press("Enter");
  await buyer.card.getByRole("img", { name: buyer.words.qr }).waitFor();
  await walk(page, "Tab", buyer.card.getByRole("link", { name: buyer.words.openPage }));
});

test("one tab is two buyers and the owner, and each sees only what is theirs", async (t) => {
  const world = await openWorld(t, { seed: 10, frozen: false });
  const buyer = await visit(t, world.url);
  const { page } = buyer;
  const become = (name: string) => page.getByLabel("Kamu sebagai").selectOption({ label: name });
  await buyer.orders(account);
  await become("Pembeli Dua");
  await page.getByRole("article").first().waitFor({ state: "detached" });
  await buyer.types("/saldo");
  await buyer.reads("Rp 0");
  await become("Pembeli");
  await buyer.card.getByRole("img", { name: buyer.words.qr }).waitFor();

  // Less than was asked for: the owner reads in the staff's channel that a person must look at it.
  await page.getByText("Buat sesuatu gagal").click();
  await page.getByRole("button", { name: "GoPay: kurang bayar Rp 1.000" }).click();
  await page.getByRole("status").getByText("Menunggu panggilan berikutnya").waitFor();
  await buyer.scansAndPays();
  await buyer.reads("Rp 19.000 dari Rp 20.000");
  await become("Pemilik");
  const notice = await buyer.reads("Desk 1: payment short", "#staf");
  assert.match(notice, /konter desk take 1/);
  await shoot(page, "staff-channel");
  await page.reload();
  await buyer.reads("Desk 1: payment short");
});

test("the phone declines, and money that comes all the same buys what was ordered", async (t) => {
  const world = await openWorld(t, { seed: 11, frozen: false });
  const buyer = await visit(t, world.url);
  const { phone, words } = buyer;
  await buyer.orders(account);
  await phone.getByRole("button", { name: words.scan }).click();
  await phone.getByRole("button", { name: "Tolak" }).click();
  await phone.getByRole("heading", { name: "Dibatalkan" }).waitFor();
  await phone.getByRole("button", { name: "Kirim uangnya juga" }).click();
  await phone.getByRole("heading", { name: "Uang terkirim" }).waitFor();
  await shoot(buyer.page, "money-sent");
  await phone.getByRole("button", { name: words.done }).click();
  // Price and stock still hold. The gateway is asked once in ten seconds.
  await buyer.button("+1 menit").click();
  await buyer.reads("Terkirim");
  assert.equal(await stockOf86(world.url), 99);
  await world.untilQuiet();
  await world.booksBalance();
});

test("the playground is free of what axe finds, on phone and desk, light and dark", async (t) => {
  const world = await openWorld(t, { seed: 12, frozen: false });
  const buyer = await visit(t, world.url);
  await buyer.page.getByText("Buat sesuatu gagal").click();
  await examine(buyer.page, "playground-welcome");
  await buyer.orders(account);
  await examine(buyer.page, "playground-qr");
  await buyer.types("/topup");
  await buyer.option("game").pressSequentially("m");
  await buyer.page.getByRole("option", { name: "Mobile Legends" }).waitFor();
  await examine(buyer.page, "playground-suggestions");
});
