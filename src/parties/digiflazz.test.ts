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

function transact(answer: () => Response | Promise<never>) {
  const sent: unknown[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    sent.push({ url: String(url), body: JSON.parse(String(init?.body)) });
    return answer();
  };
  const client = createDigiflazzClient({ clock, fetch }, credentials);
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
    assert.match(read.ref_id ?? "", /^INV-/);
  }
  const escaped = webhooks.find((webhook) => webhook.body.includes("\\/"));
  assert.ok(escaped);
  const rewritten = Buffer.from(JSON.stringify(JSON.parse(escaped.body)));
  assert.equal(readDigiflazzWebhook(rewritten, escaped.signature, secret), undefined);
});

test("a webhook that was tampered with is forged", () => {
  const raw = Buffer.from(tampered.body);
  assert.equal(readDigiflazzWebhook(raw, tampered.signature, secret), undefined);
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
