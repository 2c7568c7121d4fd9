/** What Midtrans and we must agree on, by vectors computed outside this code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "../platform/clock.ts";
import {
  basicAuth,
  createMidtransClient,
  notificationSignature,
  readNotification,
  scrub,
} from "./midtrans.ts";
import vectors from "./vectors.json" with { type: "json" };

const { server_key: serverKey, notifications } = vectors.midtrans;
const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const sendBy = new Date(clock.now().getTime() + 60_000);
const credentials = { baseUrl: "http://midtrans.test", serverKey, merchantId: "M001" };
const gopayCharge = {
  payment_type: "gopay",
  transaction_details: { order_id: "P1", gross_amount: 20_000 },
  custom_expiry: { expiry_duration: 720, unit: "second" },
  gopay: { enable_callback: true, callback_url: "http://127.0.0.1/pay/t" },
} as const;

/** A client whose every call gets `answer`; `calls` are what was sent. */
function clientThatHears(answer: () => Response | Promise<never>) {
  const calls: { url: string; init: RequestInit | undefined }[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    calls.push({ url: String(url), init });
    return answer();
  };
  return { client: createMidtransClient({ clock, fetch }, credentials), calls };
}

function notification(vector: (typeof notifications)[number], changes: object = {}): Buffer {
  const { signature, ...fields } = vector;
  const body = { ...fields, signature_key: signature, transaction_status: "settlement" };
  return Buffer.from(JSON.stringify({ ...body, ...changes }));
}

test("the server key is the user of Basic authentication, without a password", () => {
  const { basic_auth, other_server_key: other } = vectors.midtrans;
  assert.equal(basicAuth(serverKey), basic_auth);
  assert.equal(basicAuth(other.server_key), other.basic_auth);
});

test("a notification is signed over its own strings and our key", () => {
  for (const { signature, ...fields } of notifications) {
    assert.equal(notificationSignature(fields, serverKey), signature);
  }
});

test("an authentic notification is read", () => {
  for (const vector of notifications) {
    assert.equal(readNotification(notification(vector), serverKey)?.order_id, vector.order_id);
  }
});

test("the amount is signed as it was written: 10000 is not 10000.00", () => {
  const [, settlement] = notifications;
  assert.ok(settlement);
  const signedInteger = { signature_key: vectors.midtrans.signed_integer_amount };
  assert.equal(readNotification(notification(settlement, signedInteger), serverKey), undefined);
  const integer = { ...signedInteger, gross_amount: "10000" };
  assert.ok(readNotification(notification(settlement, integer), serverKey));
});

test("a notification that was tampered with, or is no notification, is forged", () => {
  const [vector] = notifications;
  assert.ok(vector);
  const changes = [
    { order_id: "ORD-20260101-0002" },
    { status_code: "200" },
    { gross_amount: "10000.01" },
    { signature_key: vector.signature.toUpperCase() },
    { signature_key: vector.signature.slice(1) },
    { signature_key: "" },
    { signature_key: undefined },
    { signature_key: `${vector.signature.slice(1)}é` },
    { signature_key: 5 },
    { gross_amount: undefined },
  ];
  for (const change of changes) {
    assert.equal(readNotification(notification(vector, change), serverKey), undefined);
  }
  for (const body of ["", "null", "[]", "{}", "<html>", '"text"', "\u0000"]) {
    assert.equal(readNotification(Buffer.from(body), serverKey), undefined, body);
  }
  assert.equal(readNotification(notification(vector), "another key"), undefined);
});

test("what is kept of an exchange cannot be used again", () => {
  const [vector] = notifications;
  assert.ok(vector);
  const kept = scrub(notification(vector).toString());
  assert.doesNotMatch(kept, new RegExp(vector.signature));
  assert.match(kept, /"order_id":"ORD-20260101-0001"/);
});

test("what is kept of an exchange pays nothing and names nobody, whatever fields are added", () => {
  const body = {
    ...{ status_code: "201", order_id: "P1", gross_amount: "20000.00", transaction_id: "t1" },
    ...{ payer_phone_number: "081234567890", customer_details: { email: "budi@example.com" } },
    ...{
      actions: [{ name: "deeplink-redirect", url: "gojek://gopay/merchanttransfer?tref=S3CRET" }],
    },
    ...{ qr_string: "00020101021226", saved_token_id: "S3CRET", a_new_field: "S3CRET" },
    refunds: [{ refund_key: "R1", refund_amount: "5000.00", reason: "Budi", payee: "Budi" }],
  };
  const kept = scrub(JSON.stringify(body));
  assert.doesNotMatch(kept, /S3CRET|0812|budi|Budi|000201/);
  assert.deepEqual(JSON.parse(kept), {
    ...{ status_code: "201", order_id: "P1", gross_amount: "20000.00", transaction_id: "t1" },
    ...{ payer_phone_number: "…", customer_details: "…", actions: "…", qr_string: "…" },
    ...{ saved_token_id: "…", a_new_field: "…" },
    refunds: [{ refund_key: "R1", refund_amount: "5000.00", reason: "…", payee: "…" }],
  });
  assert.equal(scrub("<html>S3CRET</html>"), "not JSON");
});

test("a charge goes to its address with the key, and its answer is read loosely", async () => {
  const { client, calls } = clientThatHears(() =>
    Response.json({ status_code: 201, transaction_id: "t1", new_field: { a: 1 } }),
  );
  const answer = await client.charge(gopayCharge, sendBy);
  assert.equal(answer.kind === "body" && answer.body.status_code, "201");
  assert.equal(calls[0]?.url, "http://midtrans.test/v2/charge");
  assert.equal(calls[0]?.init?.method, "POST");
  assert.equal(
    new Headers(calls[0]?.init?.headers).get("authorization"),
    vectors.midtrans.basic_auth,
  );
  assert.deepEqual(JSON.parse(String(calls[0]?.init?.body)), gopayCharge);
});

test("a charge that is late is not sent at all", async () => {
  const { client, calls } = clientThatHears(() => Response.json({ status_code: "201" }));
  const answer = await client.charge(gopayCharge, clock.now());
  assert.equal(answer.kind, "not_sent");
  assert.deepEqual(calls, []);
});

test("no question, cancellation or refund leaves late either", async () => {
  const { client, calls } = clientThatHears(() => Response.json({ status_code: "200" }));
  const now = clock.now();
  const refund = { refund_key: "R1", amount: 1, reason: "" };
  for (const answer of [
    await client.status("P1", now),
    await client.cancel("P1", now),
    await client.refund("P1", refund, now),
  ]) {
    assert.equal(answer.kind, "not_sent");
  }
  assert.deepEqual(calls, []);
});

test("no JSON is no answer: nobody knows what became of the charge", async () => {
  const answers: (() => Response | Promise<never>)[] = [
    () => new Response("<html>502 Bad Gateway</html>", { status: 502 }),
    () => new Response("", { status: 200 }),
    () => new Response("{", { status: 201 }),
    () => Response.json({ no_code: true }),
    () => Promise.reject(new TypeError("fetch failed", { cause: reset() })),
    () => Promise.reject(new DOMException("timed out", "TimeoutError")),
  ];
  for (const answer of answers) {
    const { client } = clientThatHears(answer);
    assert.equal((await client.charge(gopayCharge, sendBy)).kind, "unknown");
  }
});

test("a reference cannot lead a request to another address", async () => {
  const { client, calls } = clientThatHears(() => Response.json({ status_code: "404" }));
  await client.status("../charge?x=", sendBy);
  assert.equal(calls[0]?.url, "http://midtrans.test/v2/..%2Fcharge%3Fx%3D/status");
});

test("a picture is a PNG or nothing, and the key goes along only when it must", async () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2]);
  const plain = clientThatHears(() => new Response(png));
  assert.deepEqual(await plain.client.picture("http://midtrans.test/qr"), png);
  assert.equal(new Headers(plain.calls[0]?.init?.headers).get("authorization"), null);
  const page = clientThatHears(() => new Response("<html>"));
  assert.equal(await page.client.picture("http://midtrans.test/qr"), undefined);
  assert.equal(page.calls.length, 2);
  await page.client.picture("http://elsewhere.test/qr");
  assert.equal(page.calls.length, 3);
  assert.equal(new Headers(page.calls[2]?.init?.headers).get("authorization"), null);
});

function reset(): Error {
  return Object.assign(new Error("reset"), { code: "ECONNRESET" });
}
