/** The payment page and the order page in Chromium, against the real store and its sandbox world. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { scale } from "../database.ts";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";
import {
  awaitFocus,
  desk,
  examine,
  looks,
  openPage,
  phone,
  shoot,
  tooWide,
  walk,
} from "./browser.ts";

const account = { id: "123456789", server: "2001" };

/** A shop with an order that waits for its money. Its clock runs, because a browser's does. */
async function openShop(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed, frozen: false });
  await world.buyer.orders("ML_86", account);
  const { page_token } = await world.db
    .selectFrom("orders")
    .select("page_token")
    .executeTakeFirstOrThrow();
  return {
    world,
    payUrl: `${world.url}/pay/${page_token}`,
    orderUrl: `${world.url}/order/${page_token}`,
  };
}

/** Opens a page that must not break, nor ask for what its policy forbids. */
async function open(t: TestContext, url: string, options: Parameters<typeof openPage>[2] = {}) {
  const page = await openPage(t, url, options);
  const broken: string[] = [];
  page.on("pageerror", (error) => broken.push(String(error)));
  page.on("console", (line) => {
    if (/Content Security Policy|Refused to/.test(line.text())) broken.push(line.text());
  });
  t.after(() => assert.deepEqual(broken, [], "the page broke"));
  return page;
}

const heading = (page: Page, name: string) =>
  page.getByRole("heading", { level: 1, name }).waitFor();

test("whoever pays sees the payment page become the delivered order, without a reload", async (t) => {
  const { world, payUrl, orderUrl } = await openShop(t, 71);
  const pages = [
    await open(t, payUrl, { viewport: phone }),
    await open(t, payUrl, { viewport: desk, language: "en-US" }),
  ] as const;
  for (const page of pages) {
    await page.getByRole("img", { name: /QR/ }).waitFor();
    assert.deepEqual(await tooWide(page), []);
    await page.evaluate("window.loaded = 'once'");
  }
  const wallet = pages[0].getByRole("link", { name: "Buka GoPay" });
  const { bottom } = await wallet.evaluate((link) => link.getBoundingClientRect());
  assert.ok(bottom < phone.height, "a phone shows the button without scrolling");
  await world.midtrans.isPaid();
  await heading(pages[0], "Terkirim");
  await heading(pages[1], "Delivered");
  const [bought] = await world.digiflazz.purchases();
  for (const page of pages) {
    assert.equal(await page.evaluate("window.loaded"), "once");
    assert.equal(page.url(), orderUrl, "a reload now asks for the order page");
    assert.equal(await page.getByRole("img").count(), 0);
    await page.getByText(bought?.sn ?? "?").waitFor();
    assert.deepEqual(await tooWide(page), []);
  }
  assert.equal(
    await pages[0].getByRole("status").innerText(),
    "Terkirim",
    "said to who cannot see",
  );
  assert.match(await pages[0].title(), /^Terkirim · Pesanan \w{10}$/);
  await shoot(pages[0], "order-page-phone");
  await shoot(pages[1], "order-page-desk");
});

// In the short form each language sees both widths and both colours, but not all of their pairs.
const looksALanguage = scale({ short: looks.length / 2, long: looks.length });

async function examineIn(t: TestContext, url: string, name: string) {
  for (const [index, language] of (["id-ID", "en-US"] as const).entries()) {
    const page = await openPage(t, url, { language, viewport: phone });
    const from = (index * looksALanguage) % looks.length;
    await examine(page, `${name}-${language}`, looks.slice(from, from + looksALanguage));
    await page.context().close();
  }
}

test("both pages are free of what axe finds, on phone and desk, light and dark, in both languages", async (t) => {
  const { world, payUrl, orderUrl } = await openShop(t, 72);
  await examineIn(t, payUrl, "pay");
  await world.midtrans.isPaid();
  await world.advance({ seconds: 10 });
  await examineIn(t, orderUrl, "order");
});

test("whoever tops up a saldo sees the payment page say so, without a reload", async (t) => {
  const world = await openWorld(t, { seed: 79, frozen: false });
  const reseller = await createReseller(world);
  const { page_url: url } = (await reseller.opens(50_000)).data;
  await world.untilQuiet();
  await examineIn(t, url, "deposit-pay");
  const page = await open(t, url, { viewport: phone });
  const wallet = page.getByRole("link", { name: "Buka GoPay" });
  const { bottom } = await wallet.evaluate((link) => link.getBoundingClientRect());
  assert.ok(bottom < phone.height, "a phone shows the button without scrolling");
  await page.evaluate("window.loaded = 'once'");
  await world.midtrans.isPaid();
  // The gateway may have been asked a moment ago, and is asked once in ten seconds.
  await world.advance({ seconds: 10 });
  await heading(page, "Saldo terisi");
  assert.equal(await page.evaluate("window.loaded"), "once");
  assert.equal(page.url(), url);
  assert.equal(await page.getByRole("status").innerText(), "Saldo terisi");
  assert.equal(await page.getByRole("img").count(), 0);
  await examineIn(t, url, "deposit-paid");
});

test("the countdown runs, and when it ends the shop says what that means", async (t) => {
  const { world, payUrl } = await openShop(t, 73);
  await world.breaks("midtrans", "status", "http_500", 20);
  const soon = new Date(world.clock.now().getTime() + 4_000);
  await world.db.updateTable("payments").set({ expires_at: soon }).execute();
  const page = await open(t, payUrl, { viewport: phone });
  const left = page.getByRole("timer");
  const first = await left.innerText();
  assert.match(first, /^0:0[1-4]$/);
  await heading(page, "Waktu bayar sudah lewat");
  assert.equal(await page.getByRole("img").count(), 0, "no QR invites to pay");
  assert.equal(await page.getByRole("link", { name: "Buka GoPay" }).count(), 0);
});

test("where no stream can be had the page asks by itself", async (t) => {
  const { world, payUrl } = await openShop(t, 74);
  const page = await openPage(t, "about:blank", { viewport: phone });
  await page.route("**/events", (route) => route.fulfill({ status: 429 }));
  await page.goto(payUrl);
  await world.midtrans.isPaid();
  await heading(page, "Terkirim");
});

test("without a script the page refreshes itself, and lacks nothing but the copy button", async (t) => {
  const { world, payUrl } = await openShop(t, 75);
  const page = await open(t, payUrl, { viewport: phone, javaScriptEnabled: false });
  await page.getByRole("img", { name: /^Kode QR GoPay/ }).waitFor();
  await world.midtrans.isPaid();
  await heading(page, "Terkirim");
  assert.equal(await page.getByRole("button").count(), 0);
});

test("a lost connection is admitted, and forgotten when it is back", async (t) => {
  const { world, payUrl } = await openShop(t, 76);
  const page = await open(t, payUrl, { viewport: phone });
  const note = page.getByText("Koneksi terputus");
  assert.equal(await note.isVisible(), false);
  await page.context().setOffline(true);
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await note.waitFor();
  await world.midtrans.isPaid();
  await page.context().setOffline(false);
  await heading(page, "Terkirim");
  await note.waitFor({ state: "hidden" });
});

test("the keyboard reaches everything, keeps its place, and copies the serial number", async (t) => {
  const { world, payUrl } = await openShop(t, 77);
  const page = await open(t, payUrl, { viewport: desk });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const wallet = page.getByRole("link", { name: "Buka GoPay" });
  await walk(page, "Tab", wallet);
  const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth");
  assert.equal(outline, "3px", "where the focus is can be seen");
  await world.midtrans.isPaid();
  await heading(page, "Terkirim");
  await awaitFocus(page.getByRole("heading", { level: 1 }));
  const copy = page.getByRole("button", { name: "Salin" });
  await walk(page, "Tab", copy);
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Tersalin").waitFor();
  const [bought] = await world.digiflazz.purchases();
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), bought?.sn);
});

test("the language can be chosen on the page, and stays chosen from payment to order", async (t) => {
  const { world, payUrl } = await openShop(t, 78);
  const page = await open(t, payUrl, { viewport: phone });
  await page.getByRole("link", { name: "English" }).click();
  await heading(page, "Pay with GoPay");
  await world.midtrans.isPaid();
  await heading(page, "Delivered");
  await page.reload();
  await heading(page, "Delivered");
});
