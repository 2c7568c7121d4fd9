/** Midtrans' own SDK as the judge: of our simulator, which it drives, and of the bytes that we send. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import midtransClient from "midtrans-client";
import { openWorld, post } from "../../../simulators/test-world.ts";
import { cleanUp } from "../../../test/database.ts";
import { createSandboxClock } from "../../platform/clock.ts";
import { createMidtransGateway } from "./midtrans.ts";

const serverKey = "SB-Mid-server-TESTKEY0123456789abcdef";
const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const later = (seconds: number) => new Date(clock.now().getTime() + seconds * 1_000);

/** The SDK, unchanged but for its base URL. */
function createSdk(baseUrl: string, key: string) {
  const sdk = new midtransClient.CoreApi({
    isProduction: false,
    serverKey: key,
    clientKey: "",
  });
  sdk.apiConfig.getCoreApiBaseUrl = () => baseUrl;
  return sdk;
}

const code = (expected: string) => (error: unknown) =>
  error instanceof Error && error.message.includes(`HTTP status code: ${expected}.`);

test("the official SDK charges, reads, cancels, expires and refunds at our simulator", async (t) => {
  const world = await openWorld(t);
  const { base_url, server_key } = world.parties().midtrans;
  const sdk = createSdk(base_url, server_key);
  const charge = (order_id: string) =>
    sdk.charge({ payment_type: "gopay", transaction_details: { order_id, gross_amount: 20_000 } });
  const settle = (order_id: string) => post(`${base_url}/_control/settle`, { order_id });

  const opened = await charge("A-1");
  assert.equal(`${opened.status_code} ${opened.transaction_status}`, "201 pending");
  assert.equal((await sdk.transaction.status("A-1")).transaction_id, opened.transaction_id);
  await assert.rejects(charge("A-1"), code("406"));
  await assert.rejects(sdk.transaction.refund("A-1", {}), code("412"));
  assert.equal((await sdk.transaction.cancel("A-1")).transaction_status, "cancel");
  await assert.rejects(sdk.transaction.cancel("A-1"), code("412"));

  await charge("A-2");
  // The one error code that the SDK does not take for an error.
  assert.equal((await sdk.transaction.expire("A-2")).status_code, "407");
  await assert.rejects(sdk.transaction.status("A-3"), code("404"));

  const paid = await charge("A-3");
  await settle("A-3");
  const wish = { refund_key: "R-1", amount: 5_000, reason: "part" };
  assert.equal((await sdk.transaction.refund("A-3", wish)).transaction_status, "partial_refund");
  await assert.rejects(sdk.transaction.refund("A-3", wish), code("406"));
  assert.equal((await sdk.transaction.refund("A-3", {})).refund_amount, "15000.00");
  const notified = await sdk.transaction.notification({ transaction_id: paid.transaction_id });
  assert.equal(`${notified.transaction_status} ${notified.refund_amount}`, "refund 20000.00");
  await assert.rejects(createSdk(base_url, "another key").transaction.status("A-3"), code("401"));
});

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that keeps every request as it came and answers as if all were well. */
async function openRecorder(t: TestContext) {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers: Record<string, string> = {};
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        headers[request.rawHeaders[at]?.toLowerCase() ?? ""] = request.rawHeaders[at + 1] ?? "";
      }
      const body = Buffer.concat(chunks).toString("latin1");
      requests.push({ method: request.method ?? "", path: request.url ?? "", headers, body });
      response.writeHead(200, { "content-type": "application/json" }).end('{"status_code":"200"}');
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const atEnd = cleanUp(t);
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { baseUrl: `http://127.0.0.1:${address.port}`, requests };
}

// These tell of the HTTP library (axios there, fetch here) and of nothing that Midtrans reads.
const ofTheLibrary = [
  "accept-encoding",
  "accept-language",
  "connection",
  "sec-fetch-mode",
  "user-agent",
];

test("our requests are the SDK's, byte for byte, and carry a key besides", async (t) => {
  const { baseUrl, requests } = await openRecorder(t);
  const sdk = createSdk(baseUrl, serverKey);
  const ours = createMidtransGateway({ clock, fetch }, { baseUrl, serverKey, merchantId: "G1" });
  const attempt = {
    ...{ ref: "P0123456789ABCDEFGHJK", amountIdr: 20_000n, sendBy: later(60) },
    ...{ expiresAt: later(720), returnUrl: "https://shop.example/pay/t?a=1&b=é" },
  };
  const reason = 'order "K7M2" — tidak terkirim';
  const wish = { refund_key: "R0123456789ABCDEFGHJK", amount: 5_000, reason };

  await sdk.charge({
    payment_type: "gopay",
    transaction_details: { order_id: attempt.ref, gross_amount: 20_000 },
    custom_expiry: { expiry_duration: 720, unit: "second" },
    gopay: { enable_callback: true, callback_url: attempt.returnUrl },
  });
  await sdk.transaction.status(attempt.ref);
  await sdk.transaction.cancel(attempt.ref);
  await sdk.transaction.refund(attempt.ref, wish);
  const theirs = requests.splice(0);
  await ours.charge(attempt);
  await ours.inquire(attempt);
  await ours.cancel(attempt);
  await ours.refund?.({
    ...{ ref: wish.refund_key, paymentRef: attempt.ref, amountIdr: 5_000n },
    ...{ reason, sendBy: later(10) },
  });

  const left = new Set([...ofTheLibrary, "idempotency-key"]);
  const comparable = ({ headers, ...request }: Recorded) => {
    const told = Object.entries(headers).filter(([name]) => !left.has(name));
    return { ...request, headers: Object.fromEntries(told) };
  };
  const [charge, status, cancel, refund] = theirs.map(comparable);
  assert.ok(status);
  assert.equal(status.body, "{}", "the SDK sends a body with GET, which fetch refuses to do");
  const { "content-length": _, ...headers } = status.headers;
  const withoutBody = { ...status, headers, body: "" };
  assert.deepEqual(requests.map(comparable), [charge, withoutBody, cancel, refund]);
  assert.equal(charge?.headers.authorization, `Basic ${btoa(`${serverKey}:`)}`);
  const keys = requests.map((request) => request.headers["idempotency-key"]);
  assert.deepEqual(keys, [
    `${attempt.ref}-charge`,
    undefined,
    undefined,
    `${wish.refund_key}-refund`,
  ]);
});
