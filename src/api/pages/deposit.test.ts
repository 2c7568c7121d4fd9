/** The page of a deposit over HTTP: how it is paid, and what became of it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createReseller } from "../../../test/reseller.ts";
import { openWorld } from "../../../test/world.ts";

/** A shop with a deposit of Rp 50.000 that waits for its money, and somebody who opens its page. */
async function openShop(t: TestContext, seed: number, prepare?: "lost_answers") {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world);
  if (prepare) await world.breaks("midtrans", "charge", "lost_answer", 3);
  const { code, page_url } = (await reseller.opens(50_000)).data;
  await world.untilQuiet();
  const get = async (address = page_url) => {
    const response = await fetch(address, { redirect: "manual" });
    const body = await response.text();
    return {
      status: response.status,
      header: (name: string) => response.headers.get(name) ?? "",
      body,
      heading: /<h1[^>]*>([^<]*)</.exec(body)?.[1],
      marker: /data-marker="(\w+)"/.exec(body)?.[1],
    };
  };
  const token = page_url.split("/").at(-1);
  return { world, reseller, code, get, token, page: page_url };
}

test("the page says what to pay, how, until when, and that it becomes saldo", async (t) => {
  const { code, get, page, token } = await openShop(t, 321);
  const { status, header, body, heading } = await get();
  assert.equal(status, 200);
  assert.equal(header("cache-control"), "no-store");
  assert.match(header("content-security-policy"), /default-src 'none'/);
  assert.equal(heading, "Bayar dengan GoPay");
  assert.match(body, new RegExp(`<title>Bayar dengan GoPay · Isi saldo ${code}</title>`));
  assert.match(body, /<p class="amount">Rp 50\.000<\/p>/);
  assert.match(body, /data-seconds="720">12:00</);
  assert.match(body, /Bayar Rp 50\.000 sebelum 10\.12\sWIB/);
  assert.match(body, /<a class="button" id="wallet" href="http:\/\/127\.0\.0\.1:\d+\/midtrans/);
  assert.match(body, /Uangnya masuk ke saldomu, sebanyak yang datang\./);
  assert.match(body, new RegExp(`alt="Kode QR GoPay senilai Rp 50.000 untuk isi saldo ${code}"`));
  const picture = await fetch(new URL(/<img src="([^"]+)"/.exec(body)?.[1] ?? "", page));
  assert.equal(picture.headers.get("content-type"), "image/png");
  const english = await get(`${page}?lang=en&result=success`);
  assert.match(english.body, /The money goes to your saldo, as much as comes\./);
  assert.match(english.body, /If your payment in GoPay went through, wait a moment/);
  assert.equal((await get(page.replace("/pay/", "/order/"))).status, 404, "it is no order");
  assert.doesNotMatch(body, /pesanan|\/order\//i, "nor is it called one");
  assert.match(body, new RegExp(`data-events="/pay/${token}/events"`));
});

test("an open page is told within a second that money came, and then says that it is saldo", async (t) => {
  const { world, get, page } = await openShop(t, 322);
  const closing = new AbortController();
  const stream = await fetch(`${page}/events`, { signal: closing.signal });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader);
  const before = (await get()).marker;
  const first = await reader.read();
  assert.equal(first.value, `retry: 3000\nevent: deposit\ndata: ${before}\n\n`);
  const next = reader.read();
  await world.midtrans.isPaid();
  await world.advance({ seconds: 2 });
  assert.match((await next).value ?? "", /^event: deposit\ndata: [0-9a-f]{32}\n\n$/);
  closing.abort();
  const { status, body, heading } = await get();
  assert.equal(status, 200, "it stays where the wallet leads back to");
  assert.equal(heading, "Saldo terisi");
  assert.match(body, /Rp 50\.000 sudah masuk ke saldomu/);
  assert.doesNotMatch(body, /<img|id="wallet"|data-seconds|data-events/);
  assert.equal((await get(`${page}/qr.png`)).status, 404, "nothing is left to scan");
});

test("the page says how much came, not how much was asked for", async (t) => {
  const { world, get } = await openShop(t, 323);
  await world.midtrans.receives(await world.midtrans.lastCharge(), 12_000);
  const { heading, body } = await get();
  assert.equal(heading, "Saldo terisi");
  assert.match(body, /Rp 12\.000 sudah masuk ke saldomu/);
  assert.match(body, /Jumlah<\/dt><dd>Rp 50\.000/);
});

test("a deposit that ends unpaid says so, and money that comes later is told on the same page", async (t) => {
  const { world, get, page } = await openShop(t, 324);
  const charge = await world.midtrans.lastCharge();
  await world.advance({ minutes: 13 });
  const lapsed = await get();
  assert.equal(lapsed.heading, "QR sudah kedaluwarsa");
  assert.match(lapsed.body, /berakhir sendiri pukul 10\.17\sWIB/);
  assert.equal((await get(`${page}/qr.png`)).status, 404);
  await world.advance({ minutes: 5 });
  const expired = await get();
  assert.equal(expired.heading, "Waktu bayar habis");
  assert.ok(expired.marker, "it can still change");
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal((await get()).heading, "Saldo terisi");
});

test("a payment that could not be opened is told from one's own wish", async (t) => {
  const broken = await openShop(t, 325, "lost_answers");
  await broken.world.advance({ minutes: 5 });
  assert.equal((await broken.get()).heading, "Pembayaran tidak bisa dibuat");
  const shop = await openShop(t, 326);
  await shop.reseller.cancelsDeposit(shop.code);
  assert.equal((await shop.get()).heading, "Isi saldo dibatalkan");
});

test("the page of a deposit ends after 30 days, and an order's payment page has no such stream", async (t) => {
  const { world, get, page, token } = await openShop(t, 327);
  const day = 24 * 3600_000;
  const opened = new Date(world.clock.now().getTime() - 30 * day - 1);
  await world.db.updateTable("deposits").set({ opened_at: opened }).execute();
  const unknown = await get(page.replace(token ?? "", "0".repeat(32)));
  const { status, body } = await get();
  assert.deepEqual([status, body], [404, unknown.body]);
  for (const path of ["events", "qr.png"]) assert.equal((await get(`${page}/${path}`)).status, 404);
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const { page_token } = await world.db
    .selectFrom("orders")
    .select("page_token")
    .executeTakeFirstOrThrow();
  assert.equal((await get(`${world.url}/pay/${page_token}/events`)).status, 404);
  assert.equal((await get(`${world.url}/pay/${page_token}`)).heading, "Bayar dengan GoPay");
});
