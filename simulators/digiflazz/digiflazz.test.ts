/** Digiflazz' documented rules, each shown over HTTP. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digest, openWorld, post, type World } from "../test-world.ts";

const number = "1234567892001";

function client(world: World) {
  const { base_url, username, api_key, development_key } = world.parties().digiflazz;
  const signed = (ref_id: string, more: object, key: string) => ({
    username,
    buyer_sku_code: "ml86",
    customer_no: number,
    ref_id,
    sign: digest("md5", username + key + ref_id),
    ...more,
  });
  const send = (body: unknown, signal?: AbortSignal) =>
    post(`${base_url}/transaction`, body, {}, signal);
  return {
    send,
    buy: (ref_id: string, more: object = {}, signal?: AbortSignal) =>
      send(signed(ref_id, more, api_key), signal),
    rehearse: (ref_id: string, more: object) => send(signed(ref_id, more, development_key)),
  };
}

const books = async (world: World) => (await world.books("digiflazz")).body;
const told = (world: World) => world.store.received.map(({ body }) => JSON.parse(body).data);

test("signatures follow the documented vectors", () => {
  const key = "dev-00000000-aaaa-bbbb-cccc-111111111111";
  const sign = digest("md5", `demoBuyer${key}INV-20260101-0001`);
  assert.equal(sign, "0b9c2e0776912312c776d4ad4cfe6c90");
  const body =
    '{"data":{"trx_id":"6f9e7c2a","ref_id":"INV-20260101-0001","customer_no":"1234567892001","buyer_sku_code":"ml86","message":"Transaksi Sukses","status":"Sukses","rc":"00","buyer_last_saldo":980650,"sn":"DemoNick / 1234567892001","price":19350,"tele":"@demo","wa":"081200000000"}}';
  const signature = createHmac("sha1", "somesecretvalue").update(body).digest("hex");
  assert.equal(signature, "f3bbb14cdc699ef9055cf6035012a45d0c859c35");
});

test("a purchase is pending, then a signed webhook tells success and the serial number", async (t) => {
  const world = await openWorld(t);
  const first = await client(world).buy("R-1", { max_price: 18_000 });
  assert.equal(first.status, 200);
  const { status, rc, sn, price, buyer_last_saldo } = first.body.data;
  assert.deepEqual(
    [status, rc, sn, price, buyer_last_saldo],
    ["Pending", "03", "", 18_000, 9_982_000],
  );
  await world.advance(1);
  const [request] = world.store.received;
  assert.equal(request?.path, "/webhooks/digiflazz");
  assert.equal(request?.headers["user-agent"], "DigiFlazz-Hookshot");
  assert.equal(request?.headers["x-digiflazz-event"], "update");
  const { webhook_secret } = world.parties().digiflazz;
  const signature = createHmac("sha1", webhook_secret)
    .update(request?.body ?? "")
    .digest("hex");
  assert.equal(request?.headers["x-hub-signature"], `sha1=${signature}`);
  assert.match(request?.body ?? "", /\\\//, "slashes are escaped, so only the raw body verifies");
  const [data] = told(world);
  assert.deepEqual([data.ref_id, data.status, data.rc], ["R-1", "Sukses", "00"]);
  assert.match(data.sn, /^S\d{12} \/ 1234567892001$/);
  await world.advance(36_000);
  assert.equal(world.store.received.length, 1, "delivered once");
});

test("rejections are HTTP 400 with data.rc and form nothing", async (t) => {
  const world = await openWorld(t);
  const digiflazz = client(world);
  await digiflazz.buy("USED");
  const cases: [string, Promise<{ status: number; body: { data: { rc: string } } }>][] = [
    ["40", digiflazz.send("not json")],
    ["40", digiflazz.buy("R-1", { customer_no: 12 })],
    ["40", digiflazz.buy("R-1", { max_price: "18000" })],
    ["40", digiflazz.buy("R-1", { commands: "inq-pasca" })],
    ["41", digiflazz.buy("R-1", { sign: "740b00a1b8784e028cc8078edf66d12b" })],
    ["42", digiflazz.buy("R-1", { username: "somebody" })],
    ["43", digiflazz.buy("R-1", { buyer_sku_code: "ml87" })],
    ["49", digiflazz.buy("USED", { buyer_sku_code: "ml172" })],
    ["49", digiflazz.buy("USED", { customer_no: "1234567892002" })],
    ["69", digiflazz.buy("R-1", { max_price: 17_999 })],
  ];
  for (const [rc, call] of cases) {
    const reply = await call;
    assert.equal(reply.status, 400);
    assert.equal(reply.body.data.rc, rc);
  }
  const invalid = await digiflazz.buy("R-1", { customer_no: "" });
  assert.ok(Array.isArray(invalid.body.data.additional_data.validation.customer_no));
  assert.equal((await books(world)).purchases.length, 1);
});

test("a balance below the price is rc 44", async (t) => {
  const world = await openWorld(t);
  const codes: string[] = [];
  for (let count = 1; count <= 51; count += 1) {
    const reply = await client(world).buy(`R-${count}`, { buyer_sku_code: "val2050" });
    codes.push(reply.body.data.rc);
  }
  assert.equal(codes.indexOf("44"), 50);
  assert.equal((await books(world)).balance, 10_000_000 - 50 * 198_000);
});

test("the same ref_id is the state of the same purchase, debited once", async (t) => {
  const world = await openWorld(t);
  await client(world).buy("R-1");
  await world.advance(60);
  assert.equal((await client(world).buy("R-1")).body.data.status, "Sukses");
  await world.advance(59);
  await client(world).buy("R-1");
  const { balance, purchases } = await books(world);
  assert.equal(balance, 9_982_000);
  const { debit_count, request_count, hasty_inquiries } = purchases[0];
  assert.deepEqual([debit_count, request_count, hasty_inquiries], [1, 3, 1]);
});

test("after 90 days the record is gone and the same ref_id buys again", async (t) => {
  const world = await openWorld(t);
  await client(world).buy("R-1");
  await world.advance(90 * 86_400);
  await client(world).buy("R-1");
  assert.equal((await books(world)).purchases.length, 1);
  await world.advance(1);
  await client(world).buy("R-1");
  assert.equal((await books(world)).purchases.length, 2);
  assert.equal((await books(world)).balance, 10_000_000 - 2 * 18_000);
});

test("the development key needs testing and knows the test numbers only", async (t) => {
  const world = await openWorld(t);
  const { rehearse, buy } = client(world);
  const xld = { buyer_sku_code: "xld10", customer_no: "087800001230" };
  assert.equal((await rehearse("T-1", xld)).body.data.rc, "41");
  assert.equal((await rehearse("T-1", { testing: true })).body.data.rc, "41");
  assert.equal((await buy("T-1", { ...xld, testing: true })).body.data.rc, "41");
  const { rc, sn, price, buyer_last_saldo } = (await rehearse("T-1", { ...xld, testing: true }))
    .body.data;
  assert.deepEqual([rc, sn, price, buyer_last_saldo], ["00", "1234567890", 10_000, 990_000]);
  const firsts = { "087800001232": "02", "087800001233": "03", "087800001234": "03" };
  for (const [customer_no, code] of Object.entries(firsts)) {
    const reply = await rehearse(customer_no, { ...xld, customer_no, testing: true });
    assert.equal(reply.body.data.rc, code);
  }
  await world.advance(1);
  assert.deepEqual(
    told(world)
      .map((data) => data.rc)
      .sort(),
    ["00", "02"],
  );
  assert.equal((await books(world)).balance, 10_000_000, "test mode has money of its own");
});

test("a number starting with 99954 or 99953 fails at once and costs nothing", async (t) => {
  const world = await openWorld(t);
  for (const rc of ["54", "53"]) {
    const reply = await client(world).buy(`R-${rc}`, { customer_no: `999${rc}1234` });
    assert.equal(reply.status, 200);
    assert.deepEqual([reply.body.data.status, reply.body.data.rc], ["Gagal", rc]);
  }
  await world.advance(60);
  assert.equal(world.store.received.length, 0);
  assert.equal((await books(world)).balance, 10_000_000);
});

test("99902 is pending, then fails by webhook and the price comes back", async (t) => {
  const world = await openWorld(t);
  const first = await client(world).buy("R-1", { customer_no: "999021234" });
  assert.equal(first.body.data.status, "Pending");
  await world.advance(1);
  assert.deepEqual([told(world)[0].status, told(world)[0].rc], ["Gagal", "02"]);
  assert.equal((await books(world)).balance, 10_000_000);
});

test("99900 buys and loses the answer; asking again does not buy twice", async (t) => {
  const world = await openWorld(t);
  const lost = { customer_no: "999001234" };
  await assert.rejects(client(world).buy("R-1", lost));
  await world.advance(60);
  assert.equal((await client(world).buy("R-1", lost)).body.data.status, "Sukses");
  assert.equal((await books(world)).balance, 9_982_000);
});

test("99903 stays pending until it is asked again after a minute", async (t) => {
  const world = await openWorld(t);
  const silent = { customer_no: "999031234" };
  await client(world).buy("R-1", silent);
  await world.advance(59);
  assert.equal((await client(world).buy("R-1", silent)).body.data.status, "Pending");
  await world.advance(3_600);
  assert.equal((await books(world)).purchases[0].status, "Pending");
  assert.equal((await client(world).buy("R-1", silent)).body.data.status, "Sukses");
  await world.idle();
  assert.equal(world.store.received.length, 0);
});

test("lost and hanging calls have bought; 500, 502 and 429 have not", async (t) => {
  const world = await openWorld(t);
  const digiflazz = client(world);
  for (const fault of ["lost_answer", "hang"]) {
    await world.faults("digiflazz", "transaction", fault);
    await assert.rejects(digiflazz.buy(fault, {}, AbortSignal.timeout(200)));
  }
  for (const [fault, code] of [
    ["http_500", 500],
    ["html_502", 502],
    ["http_429", 429],
  ] as const) {
    await world.faults("digiflazz", "transaction", fault);
    const reply = await digiflazz.buy(fault);
    assert.equal(reply.status, code);
    assert.equal(reply.body?.data, undefined);
  }
  const formed = (await books(world)).purchases.map(
    (purchase: { ref_id: string }) => purchase.ref_id,
  );
  assert.deepEqual(formed, ["lost_answer", "hang"]);
});

test("a purchase can be refused, and its webhook dropped, tripled or forged", async (t) => {
  const world = await openWorld(t);
  const digiflazz = client(world);
  await world.faults("digiflazz", "transaction", "refuse");
  assert.equal((await digiflazz.buy("R-0")).body.data.rc, "53");
  const counts = { webhook_drop: 0, webhook_thrice: 3, webhook_forged: 1 };
  for (const [fault, count] of Object.entries(counts)) {
    world.store.received.length = 0;
    await world.faults("digiflazz", "transaction", fault);
    await digiflazz.buy("R-0");
    await digiflazz.buy(fault);
    await world.advance(1);
    assert.equal(world.store.received.length, count, "an inquiry does not use the fault up");
  }
  const { body = "", headers } = world.store.received[0] ?? {};
  const { webhook_secret } = world.parties().digiflazz;
  const signature = createHmac("sha1", webhook_secret).update(body).digest("hex");
  assert.notEqual(headers?.["x-hub-signature"], `sha1=${signature}`);
});

test("the balance, purchases and deliveries under way survive a restart", async (t) => {
  const booksDirectory = mkdtempSync(join(tmpdir(), "konter-books-"));
  t.after(() => rmSync(booksDirectory, { recursive: true }));
  const world = await openWorld(t, { booksDirectory });
  await client(world).buy("R-1");
  await world.restart();
  assert.equal((await books(world)).balance, 9_982_000);
  await world.advance(1);
  assert.equal(told(world)[0].status, "Sukses");
  assert.equal((await client(world).buy("R-1")).body.data.status, "Sukses");
  assert.equal((await books(world)).purchases.length, 1);
});

test("a number that begins with 999 and a code fails as that code does", async (t) => {
  const world = await openWorld(t);
  const formed = "01 51 52 53 54 55 57 58 59 60 71 72 73 84 85".split(" ");
  const notFormed = "47 56 62 63 65 66 67 68 80 87".split(" ");
  for (const [codes, status] of [
    [formed, 200],
    [notFormed, 400],
  ] as const) {
    for (const rc of codes) {
      const reply = await client(world).buy(`R-${rc}`, { customer_no: `999${rc}1234` });
      assert.deepEqual([reply.status, reply.body.data.rc], [status, rc]);
      const again = await client(world).buy(`R-${rc}`, { customer_no: `999${rc}1234` });
      assert.deepEqual([again.status, again.body.data.rc], [status, rc]);
    }
  }
  const { balance, purchases } = await books(world);
  assert.equal(balance, 10_000_000);
  assert.deepEqual(
    purchases.map((purchase: { rc: string }) => purchase.rc),
    formed,
  );
});

test("99970 times out and turns out to have worked when it is asked again after a minute", async (t) => {
  const world = await openWorld(t);
  const late = { customer_no: "999701234" };
  assert.equal((await client(world).buy("R-1", late)).body.data.rc, "70");
  await world.advance(60);
  assert.equal((await client(world).buy("R-1", late)).body.data.status, "Sukses");
  const { balance, purchases } = await books(world);
  assert.deepEqual([balance, purchases[0].debit_count], [9_982_000, 1]);
});

test("99974 succeeds and is taken back a minute later, rc 74; the price returns", async (t) => {
  const world = await openWorld(t);
  await client(world).buy("R-1", { customer_no: "999741234" });
  await world.advance(1);
  assert.equal((await books(world)).balance, 9_982_000);
  await world.advance(60);
  assert.deepEqual(
    told(world).map((data) => [data.status, data.rc]),
    [
      ["Sukses", "00"],
      ["Gagal", "74"],
    ],
  );
  assert.equal((await books(world)).balance, 10_000_000);
  assert.equal((await client(world).buy("R-1", { customer_no: "999741234" })).body.data.rc, "74");
});

test("99999 is their router's trouble: pending, then a webhook with success", async (t) => {
  const world = await openWorld(t);
  const { data } = (await client(world).buy("R-1", { customer_no: "999991234" })).body;
  assert.deepEqual([data.status, data.rc], ["Pending", "99"]);
  await world.advance(1);
  assert.equal(told(world)[0].rc, "00");
});

test("webhooks can come unsigned, before the answer, for the creation, or in the wrong order", async (t) => {
  const world = await openWorld(t);
  const heard = async (way: string) => {
    world.store.received.length = 0;
    await world.faults("digiflazz", "transaction", way);
    const { status } = (await client(world).buy(way)).body.data;
    const early = world.store.received.length;
    await world.advance(1);
    const events = world.store.received.map(
      ({ headers, body }) => `${headers["x-digiflazz-event"]} ${JSON.parse(body).data.status}`,
    );
    return [status, early, ...events];
  };
  const pending = "create Pending";
  const done = "update Sukses";
  assert.deepEqual(await heard("webhook_create"), ["Pending", 1, pending, done]);
  assert.deepEqual(await heard("webhook_out_of_order"), ["Pending", 0, done, pending]);
  assert.deepEqual(await heard("webhook_first"), ["Pending", 1, done]);
  assert.deepEqual(await heard("webhook_unsigned"), ["Pending", 0, done]);
  assert.equal(world.store.received[0]?.headers["x-hub-signature"], undefined);
});

test("a ping is an event without data that carries the secret; a webhook can be about anything", async (t) => {
  const world = await openWorld(t);
  const { base_url, webhook_secret } = world.parties().digiflazz;
  assert.equal((await post(`${base_url}/report/hooks/12345/pings`, {})).status, 204);
  const [ping] = world.store.received;
  assert.equal(ping?.headers["x-digiflazz-event"], "ping");
  const { data, hook } = JSON.parse(ping?.body ?? "{}");
  assert.deepEqual([data, hook.secret], [undefined, webhook_secret]);
  const about = { ref_id: "NEVER-1", status: "Gagal", rc: "74" };
  const { body } = await post(`${world.url()}/digiflazz/_control/webhook`, about);
  assert.equal(body.reply_status, 200);
  assert.deepEqual(told(world).at(-1), about);
  const { webhooks } = await books(world);
  assert.deepEqual(
    webhooks.map((one: { event: string; ref_id: string | null }) => [one.event, one.ref_id]),
    [
      ["ping", null],
      ["update", "NEVER-1"],
    ],
  );
});

test("books that an earlier version wrote are read, and their purchases can be asked about", async (t) => {
  const booksDirectory = mkdtempSync(join(tmpdir(), "konter-books-"));
  t.after(() => rmSync(booksDirectory, { recursive: true }));
  const old = {
    ...{ ref_id: "OLD", trx_id: "1", buyer_sku_code: "ml86", customer_no: number, testing: false },
    ...{ price: 18_000, status: "Sukses", rc: "00", sn: "S1", later: null, webhook: "once" },
    ...{ webhook_url: null, debit_count: 1, request_count: 1, hasty_inquiries: 0 },
    ...{ created_at: "2026-01-01T02:00:00.000Z", asked_at: "2026-01-01T02:00:00.000Z" },
  };
  const file = join(booksDirectory, "digiflazz.json");
  writeFileSync(file, JSON.stringify({ balance: 5_000_000, purchases: [old] }));
  const world = await openWorld(t, { booksDirectory });
  assert.equal((await client(world).buy("OLD")).body.data.sn, "S1");
  assert.equal((await books(world)).balance, 5_000_000);
});
