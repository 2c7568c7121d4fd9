/** Midtrans' documented rules, each shown over HTTP. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import jsQr from "jsqr";
import { digest, get, openWorld } from "../test-world.ts";
import { crc16 } from "./qr.ts";
import { client, gopay, webhooks } from "./test-client.ts";

test("signatures follow the documented vectors", () => {
  const key = "SB-Mid-server-TESTKEY0123456789abcdef";
  const settled = digest("sha512", `ORD-20260101-000120010000.00${key}`);
  assert.equal(settled.slice(0, 16), "6265683f1ac8df8d");
  assert.equal(settled.slice(-16), "10c86aba5bc7e4a5");
  assert.equal(crc16("123456789"), "29B1");
});

test("a wrong key is HTTP 401 with the documented text", async (t) => {
  const midtrans = client(await openWorld(t));
  const reply = await midtrans.charge(gopay("A-1"), { authorization: "Basic d3Jvbmc6" });
  assert.equal(reply.status, 401);
  assert.equal(reply.body.status_code, "401");
  const text = "Transaction cannot be authorized with the current client/server key.";
  assert.equal(reply.body.status_message, text);
});

test("a GoPay charge answers strings, Jakarta times without offset and actions by name", async (t) => {
  const midtrans = client(await openWorld(t));
  const { status, body } = await midtrans.charge(gopay("A-1"));
  const { actions, transaction_id, merchant_id, ...fields } = body;
  assert.equal(status, 200);
  assert.match(
    transaction_id,
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.match(merchant_id, /^G\d{9}$/);
  assert.deepEqual(fields, {
    status_code: "201",
    status_message: "GO-PAY billing created",
    order_id: "A-1",
    gross_amount: "10000.00",
    currency: "IDR",
    payment_type: "gopay",
    transaction_time: "2026-01-01 10:00:00",
    transaction_status: "pending",
    fraud_status: "accept",
    expiry_time: "2026-01-01 10:15:00",
  });
  assert.deepEqual(
    actions.map((action: { name: string }) => action.name),
    ["generate-qr-code", "generate-qr-code-v2", "deeplink-redirect", "get-status", "cancel"],
  );
});

test("business errors are HTTP 200 with the code in the body", async (t) => {
  const midtrans = client(await openWorld(t));
  await midtrans.charge(gopay("USED"));
  const details = (order_id: unknown, gross_amount: unknown) => ({
    payment_type: "gopay",
    transaction_details: { order_id, gross_amount },
  });
  const cases: [string, unknown][] = [
    ["400", details("A-1", 0)],
    ["400", details("A-1", 10_000.5)],
    ["400", details("A-1", "10000")],
    ["400", details("A-1", 20_000_001)],
    ["400", details("A 1", 10_000)],
    ["400", details("A".repeat(51), 10_000)],
    ["400", gopay("A-1", { item_details: [{ id: "x", price: 9_000, quantity: 1, name: "x" }] })],
    ["400", gopay("A-1", { gopay: { enable_callback: true, callback_url: "not a link" } })],
    ["400", gopay("A-1", { custom_expiry: { expiry_duration: 19, unit: "second" } })],
    ["400", gopay("A-1", { custom_expiry: { expiry_duration: 8, unit: "day" } })],
    ["402", { ...gopay("A-1"), payment_type: "qris" }],
    ["406", gopay("USED")],
    ["413", '{"payment_type": '],
  ];
  for (const [code, body] of cases) {
    const reply = await midtrans.charge(body);
    assert.equal(reply.status, 200);
    assert.equal(reply.body.status_code, code, JSON.stringify(body));
  }
  const notJson = await midtrans.charge(gopay("A-1"), { "content-type": "text/plain" });
  assert.equal(notJson.body.status_code, "413");
  assert.equal((await midtrans.charge(gopay("A-1"), { accept: "*/*" })).body.status_code, "403");
  assert.equal(
    (await midtrans.status("A-1")).body.status_code,
    "404",
    "a refused id is not used up",
  );
});

test("custom_expiry counts from order_time, else from the charge", async (t) => {
  const midtrans = client(await openWorld(t));
  const plain = gopay("A-1", { custom_expiry: { expiry_duration: 30 } });
  assert.equal((await midtrans.charge(plain)).body.expiry_time, "2026-01-01 10:30:00");
  const order_time = "2026-01-01 09:50:00 +0700";
  const timed = gopay("A-2", { custom_expiry: { order_time, expiry_duration: 1, unit: "hour" } });
  assert.equal((await midtrans.charge(timed)).body.expiry_time, "2026-01-01 10:50:00");
});

test("an idempotency key replays a success for five minutes, whatever the body", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const key = { "idempotency-key": "A-1-charge" };
  const first = await midtrans.charge(gopay("A-1"), key);
  assert.deepEqual((await midtrans.charge(gopay("A-2"), key)).body, first.body);
  await world.advance(301);
  assert.equal((await midtrans.charge(gopay("A-1"), key)).body.status_code, "406");
  assert.equal(
    (await midtrans.charge(gopay("A-3"), key)).body.status_code,
    "201",
    "406 is not kept",
  );
});

test("a repeat while the first call still runs is HTTP 202", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const key = { "idempotency-key": "A-1-charge" };
  await world.faults("midtrans", "charge", "hang");
  const givingUp = new AbortController();
  const first = midtrans.charge(gopay("A-1"), key, givingUp.signal);
  while ((await world.books("midtrans")).body.charges.length === 0);
  assert.equal((await midtrans.charge(gopay("A-1"), key)).status, 202);
  givingUp.abort();
  await assert.rejects(first);
  let repeat = await midtrans.charge(gopay("A-1"), key);
  while (repeat.status === 202) repeat = await midtrans.charge(gopay("A-1"), key);
  assert.equal(repeat.body.status_code, "201");
});

test("the QR image carries the transaction id and the wallet pays it once", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const { body: charge } = await midtrans.charge(gopay("A-1"));
  for (const action of ["generate-qr-code", "generate-qr-code-v2"]) {
    const image = await fetch(midtrans.url(charge, action));
    assert.equal(image.headers.get("content-type"), "image/png");
    const { pixels, width, height } = decodePng(Buffer.from(await image.arrayBuffer()));
    assert.ok(width >= 300);
    const qr = jsQr.default(pixels, width, height)?.data ?? "";
    assert.equal(crc16(qr.slice(0, -4)), qr.slice(-4));
    assert.ok(qr.startsWith("000201010212") && qr.includes("5408" + "10000.00"));
    const opened = await midtrans.wallet("open", { qr });
    assert.deepEqual(opened.body, {
      transaction_id: charge.transaction_id,
      merchant_name: "Konter",
      amount: 10_000,
      status: "pending",
      expires_at: "2026-01-01T03:15:00.000Z",
    });
  }
  const { transaction_id } = charge;
  assert.deepEqual((await midtrans.wallet("pay", { transaction_id })).body, {
    status: "settlement",
  });
  assert.equal((await midtrans.wallet("pay", { transaction_id })).status, 409);
  const paid = (await world.books("midtrans")).body.charges[0];
  assert.equal(paid.paid_idr, 10_000);
  assert.equal(paid.payment_count, 1);
  const doc =
    "00020101021226620014COM.GO-JEK.WWW011993600914349052630340210G4905263030303UKE51440014ID.CO.QRIS.WWW0215AID0607336128660303UKE5204341453033605802ID5904Test6007BANDUNG6105402845409789000.0062475036c032f87c-f773-4619-aefa-675e1f06f9210703A016304A623";
  assert.equal((await midtrans.wallet("open", { qr: doc })).status, 404, "another merchant's code");
});

test("the deep link opens in the wallet and as a page that pays and returns", async (t) => {
  const midtrans = client(await openWorld(t));
  const callback = { enable_callback: true, callback_url: "http://127.0.0.1:9/done?a=1" };
  const { body: charge } = await midtrans.charge(gopay("A-1", { gopay: callback }));
  const url = midtrans.url(charge, "deeplink-redirect");
  assert.equal((await midtrans.wallet("open", { url })).body.amount, 10_000);
  assert.match((await get(url)).text, /Bayar Rp10\.000<\/button>/);
  const paid = await fetch(url, { method: "POST", redirect: "manual" });
  assert.equal(paid.status, 303);
  const back = "http://127.0.0.1:9/done?a=1&order_id=A-1&result=success";
  assert.equal(paid.headers.get("location"), back);
  assert.match((await get(url)).text, /Pembayaran berhasil/);
  const nobody = await get(url.replace(/=.*/, "=%3Cscript%3E"));
  assert.equal(nobody.status, 404);
  assert.doesNotMatch(nobody.text, /<script>/);
});

test("settlement is announced at once, signed over the strings as sent", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const { body: charge } = await midtrans.charge(gopay("A-1"));
  await world.advance(190);
  await midtrans.wallet("pay", { transaction_id: charge.transaction_id });
  await world.idle();
  const [request] = world.store.received;
  assert.equal(request?.path, "/webhooks/midtrans");
  assert.equal(request?.headers["user-agent"], "Veritrans");
  const [sent] = webhooks(world);
  const { server_key } = world.parties().midtrans;
  assert.equal(sent.signature_key, digest("sha512", `A-120010000.00${server_key}`));
  assert.equal(sent.transaction_status, "settlement");
  assert.equal(sent.settlement_time, "2026-01-01 10:03:10");
  for (const id of ["A-1", charge.transaction_id]) {
    const { body } = await midtrans.status(id);
    assert.equal(`${body.status_code} ${body.transaction_status}`, "200 settlement");
  }
});

test("an unpaid charge expires by the clock and is announced within 90 s, unasked", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const { body: charge } = await midtrans.charge(gopay("A-1"));
  await world.advance(15 * 60 - 1);
  assert.equal((await midtrans.status("A-1")).body.status_code, "201");
  await world.advance(1);
  const { body } = await midtrans.status("A-1");
  assert.equal(`${body.status_code} ${body.transaction_status}`, "407 expire");
  assert.equal(
    (await midtrans.wallet("pay", { transaction_id: charge.transaction_id })).status,
    409,
  );
  await world.advance(89);
  assert.equal(webhooks(world).length, 1);
  assert.equal(webhooks(world)[0].status_code, "202");
  assert.equal(webhooks(world)[0].transaction_status, "expire");
});

test("only a pending charge is cancelled; an empty, null or {} body is no body", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  for (const [order, body] of Object.entries({ "A-1": "", "A-2": "null", "A-3": "{}" })) {
    await midtrans.charge(gopay(order));
    const { status_code, transaction_status } = (await midtrans.cancel(order, body)).body;
    assert.equal(`${status_code} ${transaction_status}`, "200 cancel");
  }
  await world.idle();
  assert.equal(webhooks(world).filter((sent) => sent.transaction_status === "cancel").length, 3);
  await midtrans.charge(gopay("A-4"));
  await midtrans.settle("A-4");
  assert.equal((await midtrans.cancel("A-4")).body.status_code, "412");
  assert.equal((await midtrans.cancel("A-5")).body.status_code, "404");
});

test("money can arrive late and in the wrong amount", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  await midtrans.charge(gopay("A-1"));
  await world.advance(17 * 60);
  await midtrans.settle("A-1", 9_000);
  await world.idle();
  const { body } = await midtrans.status("A-1");
  assert.equal(`${body.transaction_status} ${body.gross_amount}`, "settlement 9000.00");
  const statuses = webhooks(world).map((sent) => sent.transaction_status);
  assert.deepEqual(statuses, ["expire", "settlement"]);
});

test("a webhook is repeated by the code of the reply, at growing gaps", async (t) => {
  const gaps = [2, 10, 30, 90, 210];
  const cases = { 200: 0, 301: 0, 500: 1, 404: 2, 503: 4, 401: 5 };
  for (const [reply, retries] of Object.entries(cases)) {
    const world = await openWorld(t);
    const midtrans = client(world);
    world.store.replies.push(...Array.from({ length: 9 }, () => Number(reply)));
    await midtrans.charge(gopay("A-1"));
    await midtrans.settle("A-1");
    await world.idle();
    for (const [index, minutes] of gaps.entries()) {
      await world.advance(minutes * 60 - 1);
      assert.equal(world.store.received.length, 1 + Math.min(index, retries), `${reply} early`);
      await world.advance(1);
      assert.equal(world.store.received.length, 1 + Math.min(index + 1, retries), reply);
    }
    const [charge] = (await world.books("midtrans")).body.charges;
    assert.equal(charge.webhooks.length, 1 + retries);
    assert.equal(charge.webhooks[0].reply_status, Number(reply));
  }
});

test("307 and 308 are followed", async (t) => {
  const world = await openWorld(t);
  world.store.replies.push(307, 308, 200);
  await client(world).charge(gopay("A-1"));
  await client(world).settle("A-1");
  await world.idle();
  const paths = world.store.received.map(({ path }) => path);
  assert.deepEqual(paths, ["/webhooks/midtrans", "/moved", "/moved"]);
  await world.advance(36_000);
  assert.equal(world.store.received.length, 3);
});

test("a lost or hanging charge has happened; a refused one has not", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  await world.faults("midtrans", "charge", "lost_answer");
  await assert.rejects(midtrans.charge(gopay("LOST")));
  assert.equal((await midtrans.status("LOST")).body.status_code, "201");
  await world.faults("midtrans", "charge", "hang");
  await assert.rejects(midtrans.charge(gopay("HANG"), {}, AbortSignal.timeout(200)));
  assert.equal((await midtrans.status("HANG")).body.status_code, "201");
  for (const [fault, code] of [
    ["http_500", 500],
    ["html_502", 502],
    ["http_429", 429],
  ] as const) {
    await world.faults("midtrans", "charge", fault);
    const reply = await midtrans.charge(gopay(fault));
    assert.equal(reply.status, code);
    assert.equal(reply.body === undefined, fault === "html_502");
    assert.equal((await midtrans.status(fault)).body.status_code, "404");
  }
  await world.faults("midtrans", "status", "http_500", 2);
  assert.equal((await midtrans.status("LOST")).status, 500);
  assert.equal((await midtrans.status("LOST")).status, 500);
  assert.equal((await midtrans.status("LOST")).status, 200);
  await world.faults("midtrans", "cancel", "lost_answer");
  await assert.rejects(midtrans.cancel("LOST"));
  assert.equal((await midtrans.status("LOST")).body.transaction_status, "cancel");
  assert.equal((await world.faults("midtrans", "cancel", "no_such_fault")).status, 400);
});

test("a webhook can be dropped, tripled or forged", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const counts = { drop: 0, thrice: 3, forged: 1 };
  for (const [fault, count] of Object.entries(counts)) {
    world.store.received.length = 0;
    await midtrans.charge(gopay(fault));
    await world.faults("midtrans", "webhook", fault);
    await midtrans.settle(fault);
    await world.idle();
    assert.equal(world.store.received.length, count, fault);
  }
  const right = digest("sha512", `forged20010000.00${world.parties().midtrans.server_key}`);
  assert.notEqual(webhooks(world)[0].signature_key, right);
});

test("charges, unsent webhooks and expiries survive a restart", async (t) => {
  const booksDirectory = mkdtempSync(join(tmpdir(), "konter-books-"));
  t.after(() => rmSync(booksDirectory, { recursive: true }));
  const world = await openWorld(t, { booksDirectory });
  await client(world).charge(gopay("PAID"));
  world.store.replies.push(503);
  await client(world).settle("PAID");
  await world.idle();
  await client(world).charge(gopay("EXPIRES"));
  await world.restart();
  assert.equal((await client(world).status("PAID")).body.transaction_status, "settlement");
  assert.equal((await client(world).charge(gopay("PAID"))).body.status_code, "406");
  await world.advance(120);
  assert.deepEqual(
    webhooks(world).map((sent) => sent.order_id),
    ["PAID", "PAID"],
  );
  await world.restart();
  await world.advance(16 * 60);
  assert.equal(webhooks(world)[2].transaction_status, "expire");
});

/** Enough PNG for one 8-bit RGBA image, so that the test needs no decoder from elsewhere. */
function decodePng(file: Buffer) {
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  assert.deepEqual([file[24], file[25], file[28]], [8, 6, 0], "8-bit RGBA, not interlaced");
  const chunks: Buffer[] = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const length = file.readUInt32BE(at);
    if (file.toString("latin1", at + 4, at + 8) === "IDAT") {
      chunks.push(file.subarray(at + 8, at + 8 + length));
    }
  }
  const rows = inflateSync(Buffer.concat(chunks));
  const stride = width * 4;
  const pixels = new Uint8ClampedArray(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x < 4 ? 0 : (pixels[y * stride + x - 4] ?? 0);
      const up = y === 0 ? 0 : (pixels[(y - 1) * stride + x] ?? 0);
      const corner = x < 4 || y === 0 ? 0 : (pixels[(y - 1) * stride + x - 4] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      pixels[y * stride + x] = ((rows[y * (stride + 1) + 1 + x] ?? 0) + guess) & 0xff;
    }
  }
  return { pixels, width, height };
}

function paeth(left: number, up: number, corner: number): number {
  const [byLeft, byUp, byCorner] = [left, up, corner].map((n) => Math.abs(left + up - corner - n));
  if (byLeft === undefined || byUp === undefined || byCorner === undefined) return 0;
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}
