/** The payment page and the order page over HTTP: who may see them, when, and what they say. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openWorld } from "../../../test/world.ts";

const account = { id: "123456789", server: "2001" };
const dayMs = 24 * 3600_000;

/** A shop with one order that waits for its money, and somebody who opens its pages. */
async function openShop(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  await world.buyer.orders("ML_86", account);
  const order = await world.db
    .selectFrom("orders")
    .select(["id", "code", "page_token as token"])
    .executeTakeFirstOrThrow();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(world.url + path, { headers, redirect: "manual" });
    const body = await response.text();
    return {
      status: response.status,
      header: (name: string) => response.headers.get(name) ?? "",
      body,
      heading: /<h1[^>]*>([^<]*)</.exec(body)?.[1],
    };
  };
  const pay = `/pay/${order.token}`;
  return { world, order, get, pay, picture: `${pay}/qr.png`, page: `/order/${order.token}` };
}

test("no page is kept, passed on, framed, or runs what is not ours", async (t) => {
  const shop = await openShop(t, 41);
  const { get } = shop;
  const answers = {
    pay: await get(shop.pay),
    order: await get(shop.page),
    picture: await get(shop.picture),
    unknown: await get(`/order/${"0".repeat(32)}`),
  };
  await shop.world.midtrans.isPaid();
  Object.assign(answers, { redirect: await get(shop.pay) });
  for (const [name, { header }] of Object.entries(answers)) {
    assert.equal(header("cache-control"), "no-store", name);
    assert.equal(header("referrer-policy"), "no-referrer", name);
    assert.equal(header("x-content-type-options"), "nosniff", name);
    const policy = header("content-security-policy").split("; ");
    for (const rule of [
      ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
      ...["img-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"],
    ]) {
      assert.ok(policy.includes(rule), `${name}: ${rule} in ${policy}`);
    }
  }
  for (const { body } of [answers.pay, answers.order]) {
    assert.doesNotMatch(body, /<script(?! src="\/pages\/)|<style|\sstyle=|\son\w+=/);
  }
});

test("style and script are kept by browsers for as long as they are the same", async (t) => {
  const { get, page } = await openShop(t, 42);
  const addresses = (await get(page)).body.match(/\/pages\/[\w.]+\?v=\w+/g) ?? [];
  assert.equal(addresses.length, 2);
  for (const address of addresses) {
    const { header, status } = await get(address);
    assert.equal(status, 200);
    assert.match(header("content-type"), /^text\/(css|javascript); charset=utf-8$/);
    assert.equal(header("cache-control"), "public, max-age=31536000, immutable");
    const older = await get(address.replace(/=\w+/, "=older"));
    assert.equal(older.header("cache-control"), "no-cache");
  }
});

test("the payment page says what to pay, how, until when and what happens then", async (t) => {
  const { get, pay, page } = await openShop(t, 43);
  const { body, heading } = await get(pay);
  assert.equal(heading, "Bayar dengan GoPay");
  assert.match(body, /<p class="amount">Rp 20\.000<\/p>/);
  assert.match(body, /data-seconds="720">12:00</);
  assert.match(body, /Bayar Rp 20\.000 sebelum 10\.12\sWIB/);
  assert.match(body, /alt="Kode QR GoPay senilai Rp 20\.000 untuk pesanan \w{10}"/);
  assert.match(body, /<a class="button" id="wallet" href="http:\/\/127\.0\.0\.1:\d+\/midtrans/);
  assert.match(body, /Mobile Legends 86 Diamond dibeli dan dikirim ke 123456789 \(2001\)/);
  assert.match(body, /<noscript><meta http-equiv="refresh"/, "it needs no script");
  const picture = await get(/<img src="([^"]+)"/.exec(body)?.[1] ?? "/");
  assert.equal(picture.header("content-type"), "image/png");
  assert.match((await get(page)).body, /href="\/pay\/\w{32}\?lang=id">Bayar sekarang</);
});

test("an order that wants no money any more has no payment page: it leads to the order", async (t) => {
  const { world, get, pay, page, picture } = await openShop(t, 44);
  await world.midtrans.isPaid();
  const { status, header } = await get(pay);
  assert.deepEqual([status, header("location")], [303, page]);
  assert.equal((await get(`${pay}?lang=en`)).header("location"), `${page}?lang=en`);
  assert.equal((await get(picture)).status, 404, "nothing is left to scan");
  await world.advance({ minutes: 1 });
  const { body, heading } = await get(page);
  assert.equal(heading, "Terkirim");
  const [bought] = await world.digiflazz.purchases();
  assert.ok(bought && body.includes(`<code id="serial">${bought.sn}</code>`));
  for (const said of ["Diterima", "Dipastikan pemasok", "Terkirim", "Sudah dikabari"]) {
    assert.ok(body.includes(said), said);
  }
  assert.match(body, /Pesanan dibuat\..*Pembayaran diterima\..*Pembelian dari pemasok dimulai/s);
  assert.doesNotMatch(body, /digiflazz|midtrans/i, "who supplies us is nobody's business");
});

test("when the time is over nothing can be paid, and only the gateway's word ends the order", async (t) => {
  const { world, get, pay, page, picture } = await openShop(t, 45);
  await world.breaks("midtrans", "webhook", "drop", 9);
  await world.breaks("midtrans", "status", "http_500", 9);
  await world.advance({ minutes: 12 });
  const closing = await get(pay);
  assert.equal(closing.heading, "Waktu bayar sudah lewat");
  assert.doesNotMatch(closing.body, /<img|id="wallet"|data-seconds/);
  assert.equal((await get(picture)).status, 404);
  await world.advance({ minutes: 25 });
  assert.equal((await get(pay)).header("location"), page);
  const ended = await get(page);
  assert.equal(ended.heading, "Waktu bayar habis");
  assert.match(ended.body, /Tidak ada uang masuk/);
});

test("a QR that lapsed is not to be paid, until when the order ends", async (t) => {
  const { world, get, pay, page } = await openShop(t, 46);
  await world.advance({ minutes: 14 });
  assert.equal((await get(pay)).header("location"), page);
  const { heading, body } = await get(page);
  assert.equal(heading, "QR sudah kedaluwarsa");
  assert.match(body, /berakhir sendiri pukul 10\.17\sWIB/);
});

test("money that came short is admitted, and once the order is over the page says where it is", async (t) => {
  const { world, get, pay, page } = await openShop(t, 53);
  await world.midtrans.receives(await world.midtrans.lastCharge(), 5_000);
  await world.advance({ minutes: 1 });
  assert.equal((await get(pay)).header("location"), page, "there is no QR to pay twice");
  const waiting = await get(page);
  assert.equal(waiting.heading, "Uang yang masuk kurang");
  assert.match(waiting.body, /Yang masuk Rp 5\.000 dari Rp 20\.000/);
  await world.advance({ minutes: 30 });
  const over = await get(page);
  assert.equal(over.heading, "Uangmu masuk ke saldo");
  assert.match(over.body, /Rp 5\.000 sudah masuk ke saldomu/);
  assert.doesNotMatch(over.body, /tidak ada uang/i);
});

test("a page that is not there, never was or whose 30 days are over answers alike", async (t) => {
  const { world, get, order, page } = await openShop(t, 47);
  const placedAt = (ms: number) =>
    world.db
      .updateTable("orders")
      .set({ placed_at: new Date(world.clock.now().getTime() - ms) })
      .where("id", "=", order.id)
      .execute();
  await placedAt(30 * dayMs);
  assert.equal((await get(page)).status, 200, "on its last day");
  await placedAt(30 * dayMs + 1);
  const answers = await Promise.all(
    [page, `/pay/${order.token}`, `/order/${"0".repeat(32)}`, "/pay/x", "/order/%00"].map((path) =>
      get(path),
    ),
  );
  for (const { status, body } of answers) assert.deepEqual([status, body], [404, answers[0]?.body]);
  assert.match(answers[0]?.body ?? "", /30 hari sejak pesanan dibuat/);
  for (const path of [`/pay/${order.token}/qr.png`, `${page}/events`]) {
    assert.equal((await get(path)).status, 404, path);
  }
});

test("a page speaks the reader's language, and the one that is chosen", async (t) => {
  const { get, page } = await openShop(t, 48);
  for (const [accepted, path, language] of [
    ["", page, "id"],
    ["en-US,en;q=0.9", page, "en"],
    ["ms-MY, en;q=0.7, id;q=0.8", page, "id"],
    ["de, en;q=0.5", page, "en"],
    ["en;q=0, *", page, "id"],
    ["en;q=x;;,,", page, "en"],
    ["en", `${page}?lang=id`, "id"],
    ["id", `${page}?lang=en`, "en"],
    ["en", `${page}?lang=fr`, "en"],
    ["en", `${page}?lang=id&lang=en`, "en"],
  ] as const) {
    const { body } = await get(path, { "accept-language": accepted });
    assert.match(body, new RegExp(`<html lang="${language}">`), `${accepted} ${path}`);
    assert.match(body, new RegExp(`href="\\?lang=${language}"[^>]*aria-current="true"`));
  }
});

test("whatever a nickname or a serial number holds, it is only text", async (t) => {
  const { world, get, order, page } = await openShop(t, 49);
  await world.midtrans.isPaid();
  await world.advance({ minutes: 1 });
  const hostile = `</bdi><script>alert(1)</script>"'&\u202egnp.exe\u200b${"👍".repeat(200)}`;
  await world.db.updateTable("orders").set({ nickname: hostile }).execute();
  await world.db.updateTable("purchases").set({ serial_number: hostile }).execute();
  const { body } = await get(page);
  assert.match(
    body,
    /&#60;\/bdi&#62;&#60;script&#62;alert\(1\)&#60;\/script&#62;&#34;&#39;&#38;gnp\.exe👍/,
  );
  assert.equal(body.match(/<script/g)?.length, 1, "our own");
  assert.doesNotMatch(body, /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  assert.ok((body.match(/👍/gu)?.length ?? 0) < 300, "cut where it stops saying who it is");
  assert.ok(body.includes(order.code));
});

test("a wallet's link leads to a wallet, to https, or nowhere", async (t) => {
  const { world, get, pay } = await openShop(t, 50);
  const linkFor = async (deepLink: string | null) => {
    await world.db.updateTable("payments").set({ deep_link: deepLink }).execute();
    return /id="wallet" href="([^"]*)"/.exec((await get(pay)).body)?.[1];
  };
  for (const link of ["gojek://gopay/merchanttransfer?a=1", "https://gopay.co.id/app"]) {
    assert.equal(await linkFor(link), link);
  }
  for (const link of [
    ...["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "http://evil.example/"],
    ...["intent://x#Intent;end", "//evil.example", "nonsense", "", null],
  ]) {
    assert.equal(await linkFor(link), undefined, String(link));
  }
});

test("what the wallet says on the way back is a hint: nothing is paid by it", async (t) => {
  const { world, get, pay } = await openShop(t, 51);
  const { body, heading } = await get(`${pay}?order_id=P1&result=success`);
  assert.match(body, /Kalau pembayaranmu di GoPay tadi berhasil, tunggu sebentar/);
  assert.equal(heading, "Bayar dengan GoPay");
  assert.doesNotMatch((await get(`${pay}?result=failure`)).body, /tadi berhasil/);
  const { state } = await world.db.selectFrom("orders").select("state").executeTakeFirstOrThrow();
  assert.equal(state, "awaiting_payment");
});

test("money that came back says why and where it is", async (t) => {
  const world = await openWorld(t, { seed: 52 });
  await world.buyer.orders("ML_86", { id: "999541234", server: "2001" });
  await world.midtrans.isPaid();
  await world.advance({ minutes: 1 });
  const { page_token } = await world.db
    .selectFrom("orders")
    .select("page_token")
    .executeTakeFirstOrThrow();
  const response = await fetch(`${world.url}/order/${page_token}`);
  const body = await response.text();
  assert.match(body, /Uang sudah kembali<\/h1>/);
  assert.match(
    body,
    /Pemasok menolak akun ini\. Periksa lagi ID-nya\. Rp 20\.000 sudah masuk ke saldomu/,
  );
  assert.doesNotMatch(body, /data-events|http-equiv="refresh"/, "nothing can change any more");
});
