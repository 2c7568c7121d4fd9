/** What goes wrong at Midtrans when it is asked to, by a knob or by an amount. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digest, get, openWorld, post } from "../test-world.ts";
import { client, gopay, webhooks } from "./test-client.ts";

const priced = (order_id: string, gross_amount: number) => ({
  payment_type: "gopay",
  transaction_details: { order_id, gross_amount },
});

test("every call can be refused in words or in HTML, and nothing has happened then", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const refusals = {
    http_401: 401,
    http_429: 429,
    http_500: 500,
    http_503: 503,
    html_500: 500,
    html_502: 502,
    html_503: 503,
  };
  for (const [fault, status] of Object.entries(refusals)) {
    await world.faults("midtrans", "charge", fault);
    const reply = await midtrans.charge(gopay(fault));
    assert.equal(reply.status, status, fault);
    assert.equal(reply.body?.status_code, fault.startsWith("html") ? undefined : String(status));
    assert.equal((await midtrans.status(fault)).body.status_code, "404", fault);
  }
  await midtrans.charge(gopay("A-1"));
  for (const operation of ["cancel", "expire"] as const) {
    await world.faults("midtrans", operation, "html_503");
    assert.equal((await midtrans[operation]("A-1")).status, 503);
    assert.equal((await midtrans.status("A-1")).body.transaction_status, "pending");
  }
});

test("a channel that is not activated is 402, and a charge may come without extras", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  await world.faults("midtrans", "charge", "channel_off");
  assert.equal((await midtrans.charge(gopay("A-1"))).body.status_code, "402");
  await world.faults("midtrans", "charge", "sparse");
  const { body } = await midtrans.charge(gopay("A-1"));
  assert.equal(body.expiry_time, undefined);
  assert.equal(midtrans.url(body, "generate-qr-code-v2"), "");
  const picture = midtrans.url(body, "generate-qr-code");
  await world.faults("midtrans", "qr-code", "html_502");
  assert.equal((await get(picture)).status, 502);
  assert.equal((await get(picture)).status, 200);
});

test("expire ends what waits with 407, and what has ended with 412", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  for (const [order, body] of Object.entries({ "A-1": "", "A-2": "null", "A-3": "{}" })) {
    await midtrans.charge(gopay(order));
    const { status_code, transaction_status } = (await midtrans.expire(order, body)).body;
    assert.equal(`${status_code} ${transaction_status}`, "407 expire");
  }
  await world.idle();
  assert.equal(webhooks(world).filter((sent) => sent.transaction_status === "expire").length, 3);
  assert.equal((await midtrans.expire("A-1")).body.status_code, "412");
  assert.equal((await midtrans.cancel("A-1")).body.status_code, "412");
  assert.equal((await midtrans.expire("A-4")).body.status_code, "404");
  assert.equal((await midtrans.expire("A-1", "{")).body.status_code, "413");
});

test("a customer or the wallet can deny a payment", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const { body: first } = await midtrans.charge(gopay("A-1"));
  const { transaction_id } = first;
  assert.equal((await midtrans.wallet("decline", { transaction_id })).status, 200);
  const { status_code, transaction_status } = (await midtrans.status("A-1")).body;
  assert.equal(`${status_code} ${transaction_status}`, "202 deny");
  assert.equal(
    (await midtrans.wallet("open", { url: midtrans.url(first, "deeplink-redirect") })).body.status,
    "cancel",
  );
  assert.equal((await midtrans.wallet("pay", { transaction_id })).status, 409);
  const { body: second } = await midtrans.charge(gopay("A-2"));
  const page = midtrans.url(second, "deeplink-redirect");
  await fetch(`${page}&decline=1`, { method: "POST", redirect: "manual" });
  assert.equal((await midtrans.status("A-2")).body.transaction_status, "deny");
  await midtrans.charge(gopay("A-3"));
  await midtrans.move("A-3", "deny");
  await world.idle();
  const sent = webhooks(world).map((one) => `${one.status_code} ${one.transaction_status}`);
  assert.deepEqual(sent, ["202 deny", "202 deny", "202 deny"]);
});

test("a wallet can pay too little or too much", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  for (const [fault, amount] of Object.entries({ short: "9000.00", over: "11000.00" })) {
    const { transaction_id } = (await midtrans.charge(gopay(fault))).body;
    await world.faults("midtrans", "pay", fault);
    assert.equal((await midtrans.wallet("pay", { transaction_id })).status, 200);
    assert.equal((await midtrans.status(fault)).body.gross_amount, amount);
  }
});

test("a webhook can be tampered with, lie under a good signature, come late or out of order", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const { server_key } = world.parties().midtrans;
  const settle = async (fault: string) => {
    world.store.received.length = 0;
    await midtrans.charge(gopay(fault));
    await world.faults("midtrans", "webhook", fault);
    await midtrans.settle(fault);
    await world.idle();
    return webhooks(world);
  };
  const [tampered] = await settle("tampered");
  assert.equal(tampered.gross_amount, "100000.00");
  assert.equal(tampered.signature_key, digest("sha512", `tampered20010000.00${server_key}`));
  const [lie] = await settle("wrong_amount");
  assert.equal(lie.gross_amount, "100000.00");
  assert.equal(lie.signature_key, digest("sha512", `wrong_amount200100000.00${server_key}`));
  assert.equal((await midtrans.status("wrong_amount")).body.gross_amount, "10000.00");
  assert.deepEqual(await settle("late"), []);
  await world.advance(3600);
  assert.equal(webhooks(world)[0].transaction_status, "settlement");
  await settle("out_of_order");
  await world.advance(2);
  const order = webhooks(world).map((one) => `${one.status_code} ${one.transaction_status}`);
  assert.deepEqual(order, ["200 settlement", "201 pending"]);
  const pending = digest("sha512", `out_of_order20110000.00${server_key}`);
  assert.equal(webhooks(world)[1].signature_key, pending);
});

test("a merchant can send its webhooks elsewhere, and to three places more", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const place = (path: string) => `${world.store.url}/${path}`;
  const pay = async (id: string, headers: Record<string, string>) => {
    world.store.received.length = 0;
    const { body } = await midtrans.charge(gopay(id), headers);
    await midtrans.settle(id);
    await world.idle();
    return `${body.status_code} ${world.store.received.map(({ path }) => path).sort()}`;
  };
  const override = { "x-override-notification": place("mine") };
  assert.equal(await pay("A-1", override), "201 /mine");
  const append = { "x-append-notification": `${place("a")}, ${place("b")},${place("c")}` };
  assert.equal(await pay("A-2", append), "201 /a,/b,/c,/webhooks/midtrans");
  assert.equal(await pay("A-3", { ...override, ...append }), "201 /a,/b,/c,/mine");
  const four = { "x-append-notification": `${append["x-append-notification"]},${place("d")}` };
  for (const headers of [four, { "x-override-notification": "mine" }]) {
    assert.equal((await midtrans.charge(gopay("A-4"), headers)).body.status_code, "400");
  }
});

test("an amount asks for a fault by its last three digits", async (t) => {
  const world = await openWorld(t);
  const midtrans = client(world);
  const statuses = { 401: 401, 402: 200, 429: 429, 501: 500, 502: 502, 503: 503 };
  for (const [digits, status] of Object.entries(statuses)) {
    const reply = await midtrans.charge(priced(digits, 20_000 + Number(digits)));
    assert.equal(reply.status, status, digits);
    assert.equal((await midtrans.status(digits)).body.status_code, "404", digits);
  }
  await assert.rejects(midtrans.charge(priced("LOST", 20_505)));
  assert.equal((await midtrans.status("LOST")).body.status_code, "201");
  await assert.rejects(midtrans.charge(priced("HANG", 20_504), {}, AbortSignal.timeout(200)));
  assert.equal((await midtrans.status("HANG")).body.status_code, "201");

  const paid = { 201: "settlement 19201.00", 202: "deny 20202.00", 203: "settlement 21203.00" };
  for (const [digits, expected] of Object.entries(paid)) {
    const { body } = await midtrans.charge(priced(digits, 20_000 + Number(digits)));
    await midtrans.wallet("pay", { transaction_id: body.transaction_id });
    const { transaction_status, gross_amount } = (await midtrans.status(digits)).body;
    assert.equal(`${transaction_status} ${gross_amount}`, expected);
  }
  const counts = { 301: 0, 302: 3, 303: 1 };
  for (const [digits, count] of Object.entries(counts)) {
    await midtrans.charge(priced(digits, 20_000 + Number(digits)));
    await midtrans.settle(digits);
    await world.idle();
    const sent = webhooks(world).filter((one) => one.order_id === digits);
    assert.equal(sent.length, count, digits);
  }
  const refused = { 411: "202", 414: "414", 415: "200" };
  for (const [digits, code] of Object.entries(refused)) {
    await midtrans.charge(priced(digits, 20_000 + Number(digits)));
    await midtrans.settle(digits);
    assert.equal((await midtrans.refund(digits)).body.status_code, code);
  }
});

test("a known path by another method is 405, an unknown one HTTP 404", async (t) => {
  const midtrans = client(await openWorld(t));
  const wrong = await get(`${midtrans.base_url}/v2/charge`, midtrans.headers);
  assert.equal(`${wrong.status} ${wrong.body.status_code}`, "200 405");
  const posted = await post(`${midtrans.base_url}/v2/A-1/status`, {}, midtrans.headers);
  assert.equal(posted.body.status_code, "405");
  assert.equal((await get(`${midtrans.base_url}/v3/charge`, midtrans.headers)).status, 404);
});

test("an idempotency key is at most 36 characters long", async (t) => {
  const midtrans = client(await openWorld(t));
  const charge = async (length: number) =>
    (await midtrans.charge(gopay("A-1"), { "idempotency-key": "k".repeat(length) })).body;
  assert.equal((await charge(37)).status_code, "400");
  assert.equal((await charge(36)).status_code, "201");
});

test("books that an earlier version wrote are read", async (t) => {
  const booksDirectory = mkdtempSync(join(tmpdir(), "konter-books-"));
  t.after(() => rmSync(booksDirectory, { recursive: true }));
  const charge = {
    ...{ order_id: "OLD", transaction_id: "t-old", gross_amount: 10_000, callback_url: null },
    ...{ transaction_status: "settlement", paid_idr: 10_000, payment_count: 1, webhooks: [] },
    ...{ created_at: "2026-01-01T02:00:00.000Z", expires_at: "2026-01-01T02:15:00.000Z" },
    settled_at: "2026-01-01T02:05:00.000Z",
  };
  const books = { charges: [charge], outbox: [], answers: {} };
  writeFileSync(join(booksDirectory, "midtrans.json"), JSON.stringify(books));
  const world = await openWorld(t, { booksDirectory });
  assert.equal((await client(world).refund("OLD")).body.transaction_status, "refund");
});
