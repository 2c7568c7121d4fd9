/** What Digiflazz and we must agree on, by vectors computed outside this code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "../platform/clock.ts";
import {
  createDigiflazzClient,
  readDigiflazzWebhook,
  sign,
  webhookSignature,
} from "./digiflazz.ts";
import vectors from "./vectors.json" with { type: "json" };

const { username, signs, webhooks, webhook_secret: secret, tampered } = vectors.digiflazz;
const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const credentials = {
  baseUrl: "http://digiflazz.test/v1",
  username,
  apiKey: "dev-00000000-aaaa-bbbb-cccc-111111111111",
  webhookSecret: secret,
  testing: false,
};
const sendBy = new Date("2026-11-23T03:00:10Z");
const order = {
  buyer_sku_code: "ml86",
  customer_no: "1234567892001",
  ref_id: "INV-20260101-0001",
  max_price: 19_500,
};

/** A client that is always answered this, and what it sent. */
function clientThatHears(answer: () => Response | Promise<never>, testing = false) {
  const sent: unknown[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    sent.push({ url: String(url), body: JSON.parse(String(init?.body)) });
    return answer();
  };
  return { sent, client: createDigiflazzClient({ clock, fetch }, { ...credentials, testing }) };
}

function transact(answer: () => Response | Promise<never>, testing = false) {
  const { sent, client } = clientThatHears(answer, testing);
  return { sent, answer: client.transaction(order, sendBy) };
}

test("a request is signed with user name, key and reference, without separators", () => {
  for (const { api_key: apiKey, reference, sign: expected } of signs) {
    assert.equal(sign({ username, apiKey }, reference), expected);
  }
});

test("a webhook is signed over its raw bytes, escaped slashes and all", () => {
  for (const { body, signature } of webhooks) {
    assert.equal(webhookSignature(Buffer.from(body), secret), signature);
    const read = readDigiflazzWebhook(Buffer.from(body), signature, secret);
    assert.ok(typeof read === "object");
    assert.match(read.ref_id ?? "", /^(INV|PLN)-/);
  }
  const escaped = webhooks.find((webhook) => webhook.body.includes("\\/"));
  assert.ok(escaped);
  const rewritten = Buffer.from(JSON.stringify(JSON.parse(escaped.body)));
  assert.equal(webhookSignature(rewritten, secret), escaped.signature_if_rewritten);
  assert.equal(readDigiflazzWebhook(rewritten, escaped.signature, secret), undefined);
});

test("a webhook that was tampered with is forged", () => {
  const raw = Buffer.from(tampered.body);
  assert.equal(readDigiflazzWebhook(raw, tampered.signature, secret), undefined);
  assert.equal(webhookSignature(raw, secret), tampered.signature_of_body);
  for (const signature of [undefined, "", "sha1=", tampered.signature.slice(0, -1)]) {
    assert.equal(readDigiflazzWebhook(raw, signature, secret), undefined);
  }
  const [genuine] = webhooks;
  assert.ok(genuine);
  const { body, signature } = genuine;
  for (const presented of [signature.toUpperCase(), signature.slice(5), ` ${signature}`]) {
    assert.equal(readDigiflazzWebhook(Buffer.from(body), presented, secret), undefined);
  }
  assert.equal(readDigiflazzWebhook(Buffer.from(body), signature, "another secret"), undefined);
});

test("an authentic webhook without a transaction is a ping", () => {
  for (const body of ['{"sed":"hello","hook_id":"1"}', "", "[]", '{"data":[]}', "not json"]) {
    const raw = Buffer.from(body);
    assert.equal(readDigiflazzWebhook(raw, webhookSignature(raw, secret), secret), "ping", body);
  }
});

test("a purchase is sent as documented, with its price cap", async () => {
  const { sent, answer } = transact(() => Response.json({ data: { rc: "03", price: "19350" } }));
  assert.deepEqual(await answer, {
    kind: "data",
    status: 200,
    data: { rc: "03", price: 19_350 },
    raw: '{"data":{"rc":"03","price":"19350"}}',
  });
  assert.deepEqual(sent, [
    {
      url: "http://digiflazz.test/v1/transaction",
      body: { ...order, username, sign: "0b9c2e0776912312c776d4ad4cfe6c90" },
    },
  ]);
});

test("a rejection comes as HTTP 400 with an ordinary body, which is read first", async () => {
  const { answer } = transact(() => Response.json({ data: { rc: "44" } }, { status: 400 }));
  const read = await answer;
  assert.equal(read.kind === "data" && read.data.rc, "44");
});

test("whatever is not an answer leaves the purchase unknown", async () => {
  const answers: (() => Response | Promise<never>)[] = [
    () => new Response("<html>", { status: 502 }),
    () => Response.json({ data: [] }),
    () => Response.json({ rc: "00", status: "Sukses" }),
    () => new Response(null, { status: 302, headers: { location: "http://elsewhere.test/" } }),
    () => Promise.reject(new DOMException("timed out", "TimeoutError")),
  ];
  for (const answer of answers) {
    assert.equal((await transact(answer).answer).kind, "unknown");
  }
});

test("a connection that was never made has bought nothing", async () => {
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const { answer } = transact(() => Promise.reject(new TypeError("fetch failed", { cause })));
  assert.equal((await answer).kind, "not_sent");
});

test("in their test mode every purchase says so, or the development key is refused", async () => {
  const { sent, answer } = transact(() => Response.json({ data: { rc: "00" } }), true);
  await answer;
  const body = { ...order, username, sign: "0b9c2e0776912312c776d4ad4cfe6c90", testing: true };
  assert.deepEqual(sent, [{ url: "http://digiflazz.test/v1/transaction", body }]);
});

const line = {
  ...{ product_name: "MOBILELEGEND - 86 Diamond", category: "Games", brand: "MOBILE LEGENDS" },
  ...{ type: "Umum", seller_name: "Toko", price: 19_350, buyer_sku_code: "ml86" },
  ...{ buyer_product_status: true, seller_product_status: true, unlimited_stock: true },
  ...{ stock: 0, multi: true, start_cut_off: "23:45", end_cut_off: "0:15", desc: "-" },
};

test("the price list is asked for as documented, and prices are read as numbers or texts", async () => {
  const data = [line, { ...line, buyer_sku_code: "ml172", price: "38700", stock: null }];
  const { sent, client } = clientThatHears(() => Response.json({ data }));
  const list = await client.priceList();
  assert.ok(list.kind === "data");
  assert.deepEqual(
    list.products.map((product) => [product.buyer_sku_code, product.price]),
    [
      ["ml86", 19_350],
      ["ml172", 38_700],
    ],
  );
  const body = { cmd: "prepaid", username, sign: "807a7642e620968fa4f53ac45fa8ee1d" };
  assert.deepEqual(sent, [{ url: "http://digiflazz.test/v1/price-list", body }]);
});

test("a line of the price list that is not as documented hides no other", async () => {
  const wrong = [
    ...[null, 7, "ml86", {}, { ...line, buyer_sku_code: undefined }, { ...line, price: "?" }],
    ...[
      { ...line, price: null },
      { ...line, price: -1 },
      { ...line, start_cut_off: "25:00" },
    ],
    ...[
      { ...line, seller_product_status: undefined },
      { ...line, unlimited_stock: "yes" },
    ],
  ];
  const { client } = clientThatHears(() => Response.json({ data: [...wrong, line] }));
  const list = await client.priceList();
  assert.ok(list.kind === "data");
  assert.deepEqual([list.products.length, list.unreadableCount], [1, wrong.length]);
  const garbled = clientThatHears(() => Response.json({ data: wrong })).client;
  assert.equal((await garbled.priceList()).kind, "unknown", "no line can be read");
});

test("where a list or a number is asked for, an object with a code is a refusal", async () => {
  const data = { rc: "83", message: "Limitasi" };
  const { client } = clientThatHears(() => Response.json({ data }, { status: 400 }));
  const refused = { kind: "refused", rc: "83", message: "Limitasi" };
  assert.deepEqual(await client.priceList(), refused);
  assert.deepEqual(await client.balance(), refused);
});

test("the balance is whole rupiah, whatever fraction they keep", async () => {
  for (const [deposit, depositIdr] of [
    [500_000, 500_000n],
    [499_999.75, 499_999n],
    ["12000", 12_000n],
    [0, 0n],
  ] as const) {
    const { sent, client } = clientThatHears(() => Response.json({ data: { deposit } }));
    assert.deepEqual(await client.balance(), { kind: "data", depositIdr });
    const body = { cmd: "deposit", username, sign: "2dbb68c1436971f7e8a268f4264d4c7a" };
    assert.deepEqual(sent, [{ url: "http://digiflazz.test/v1/cek-saldo", body }]);
  }
});

test("a list or a balance that is no answer is unknown", async () => {
  const answers: (() => Response | Promise<never>)[] = [
    () => new Response("<html>", { status: 502 }),
    () => new Response("", { status: 200 }),
    () => new Response('{"data":{"rc":', { status: 200 }),
    () => Response.json({ data: {} }),
    () => Response.json([]),
    () => Promise.reject(new DOMException("timed out", "TimeoutError")),
  ];
  for (const answer of answers) {
    const { client } = clientThatHears(answer);
    assert.equal((await client.priceList()).kind, "unknown");
    assert.equal((await client.balance()).kind, "unknown");
  }
});
