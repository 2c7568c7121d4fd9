/** What the Midtrans adapter concludes from every answer that Midtrans is known to give. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "../../platform/clock.ts";
import { createMidtransGateway } from "./midtrans.ts";

const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const soon = new Date(clock.now().getTime() + 10_000);
const credentials = { baseUrl: "http://m.test", serverKey: "k", merchantId: "G1" };
const attempt = {
  ...{ ref: "P1", amountIdr: 20_000n, sendBy: soon, returnUrl: "http://shop.test/pay/t" },
  expiresAt: new Date(clock.now().getTime() + 720_000),
};
const wish = { ref: "R1", paymentRef: "P1", amountIdr: 5_000n, reason: "why", sendBy: soon };

interface Call {
  readonly path: string;
  readonly headers: Headers;
}

/** A gateway that answers each call with the next of `answers`, and the last one for ever. */
function gatewayThatHears(...answers: (() => Response)[]) {
  const calls: Call[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    calls.push({ path: new URL(String(url)).pathname, headers: new Headers(init?.headers) });
    const answer = answers[Math.min(calls.length, answers.length) - 1];
    return answer?.() ?? assert.fail("no answer");
  };
  return { gateway: createMidtransGateway({ clock, fetch }, credentials), calls };
}

const says =
  (body: object, status = 200) =>
  () =>
    Response.json(body, { status });
const settled = {
  ...{ status_code: "200", transaction_status: "settlement", order_id: "P1", merchant_id: "G1" },
  ...{ currency: "IDR", gross_amount: "20000.00" },
};
const inquire = async (change: object) =>
  gatewayThatHears(says({ ...settled, ...change })).gateway.inquire(attempt);

test("each answer to a charge: charged, refused, not sent, or lost", async () => {
  const charged = { status_code: "201", transaction_id: "t1", order_id: "P1" };
  const outcomes: Record<string, string> = {
    201: "charged",
    400: "refused",
    401: "refused",
    402: "refused",
    406: "lost",
    407: "lost",
    410: "refused",
    412: "lost",
    413: "refused",
    429: "not_sent",
    500: "lost",
    503: "lost",
    999: "lost",
  };
  for (const [code, outcome] of Object.entries(outcomes)) {
    // Documented: HTTP 200 around the code; seen elsewhere: HTTP status and code alike.
    for (const status of [200, Math.min(599, Number(code))]) {
      const { gateway } = gatewayThatHears(says({ ...charged, status_code: code }, status));
      assert.equal((await gateway.charge(attempt)).outcome, outcome, `${code} in HTTP ${status}`);
    }
  }
  const running = gatewayThatHears(says({ status_code: "202" }, 202));
  assert.equal((await running.gateway.charge(attempt)).outcome, "lost");
  const nameless = gatewayThatHears(says({ status_code: "201" }));
  assert.equal((await nameless.gateway.charge(attempt)).outcome, "lost");
});

test("a charge without the newer picture takes the older, and none when there is none", async () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
  const actions = [{ name: "generate-qr-code", url: "http://m.test/qr" }];
  const body = { status_code: "201", transaction_id: "t1", actions };
  const older = gatewayThatHears(says(body), () => new Response(png));
  const answer = await older.gateway.charge(attempt);
  assert.deepEqual(answer.outcome === "charged" && [answer.qrImage, answer.deepLink], [png, null]);
  const broken = gatewayThatHears(says(body), () => new Response("<html>", { status: 502 }));
  const without = await broken.gateway.charge(attempt);
  assert.equal(without.outcome === "charged" && without.qrImage, null);
});

test("a charge and a refund carry a key of their own, and an address only when there is one", async () => {
  const plain = gatewayThatHears(says({ status_code: "500" }));
  const ref = `P${"0".repeat(20)}`;
  await plain.gateway.charge({ ...attempt, ref });
  await plain.gateway.refund?.({ ...wish, ref: `R${"0".repeat(20)}` });
  await plain.gateway.inquire(attempt);
  const keys = plain.calls.map(({ headers }) => headers.get("idempotency-key"));
  assert.deepEqual(keys, [`${ref}-charge`, `R${"0".repeat(20)}-refund`, null]);
  for (const key of keys) assert.ok((key?.length ?? 0) <= 36);
  assert.equal(plain.calls[0]?.headers.get("x-override-notification"), null);
  const notificationUrl = "https://shop.example/webhooks/midtrans";
  let sent: string | null = null;
  const fetch = async (_url: string | URL | Request, init?: RequestInit) => {
    sent = new Headers(init?.headers).get("x-override-notification");
    return Response.json({ status_code: "500" });
  };
  const addressed = createMidtransGateway({ clock, fetch }, { ...credentials, notificationUrl });
  await addressed.charge(attempt);
  assert.equal(sent, notificationUrl);
});

test("every word that Midtrans has for a payment", async () => {
  const words: [object, string][] = [
    [{ transaction_status: "pending", status_code: "201" }, "pending"],
    [{ transaction_status: "PENDING" }, "pending"],
    [{ transaction_status: "authorize" }, "pending"],
    [{ transaction_status: "settlement" }, "paid"],
    [{ transaction_status: "capture" }, "paid"],
    [{ transaction_status: "capture", fraud_status: "ACCEPT" }, "paid"],
    [{ transaction_status: "capture", fraud_status: "challenge" }, "pending"],
    [{ transaction_status: "expire", status_code: "407" }, "expired"],
    [{ transaction_status: undefined, status_code: "407" }, "expired"],
    [{ transaction_status: "expire", status_code: "202" }, "expired"],
    [{ transaction_status: "deny", status_code: "202" }, "failed"],
    [{ transaction_status: "failure", status_code: "202" }, "failed"],
    [{ transaction_status: "cancel" }, "cancelled"],
    [{ transaction_status: "refund" }, "returned"],
    [{ transaction_status: "chargeback" }, "returned"],
    [{ transaction_status: "partial_refund", refund_amount: "5000.00" }, "returned"],
    [{ transaction_status: "partial_chargeback", refund_amount: 5000 }, "returned"],
    [{ transaction_status: "partial_refund" }, "mismatch"],
    [{ transaction_status: "a new word" }, "unknown"],
    [{ status_code: "404", transaction_status: undefined }, "not_found"],
    [{ status_code: "401", transaction_status: undefined }, "unknown"],
    [{ status_code: "500", transaction_status: undefined }, "unknown"],
  ];
  for (const [change, status] of words) {
    assert.equal((await inquire(change)).status, status, JSON.stringify(change));
  }
});

test("a paid report says what came, whole rupiah, less or more than was asked for", async () => {
  const amounts = { "20000.00": 20_000n, "1.00": 1n, "25000": 25_000n, "19999.0": 19_999n };
  for (const [gross_amount, paidIdr] of Object.entries(amounts)) {
    const report = await inquire({ gross_amount });
    assert.equal(report.status === "paid" && report.paidIdr, paidIdr);
  }
  for (const gross_amount of ["20000.50", "0.00", "-1.00", "2e4", "20,000", undefined]) {
    assert.equal((await inquire({ gross_amount })).status, "mismatch", String(gross_amount));
  }
});

test("a returned report says how much came and how much of it went back", async () => {
  const returned = async (change: object) => {
    const report = await inquire(change);
    assert.equal(report.status, "returned");
    return report.status === "returned" ? [report.paidIdr, report.returnedIdr] : [];
  };
  const partly = { transaction_status: "partial_refund", refund_amount: "5000.00" };
  assert.deepEqual(await returned(partly), [20_000n, 5_000n]);
  assert.deepEqual(await returned({ transaction_status: "chargeback" }), [20_000n, 20_000n]);
});

test("money of another merchant, currency or reference is a mismatch; another's end is nothing", async () => {
  const strangers = { merchant_id: "G2", currency: "USD", order_id: "P2" };
  for (const [field, value] of Object.entries(strangers)) {
    const report = await inquire({ [field]: value });
    assert.equal(report.status, "mismatch", field);
    assert.match(report.status === "mismatch" ? report.why : "", new RegExp(value));
    for (const transaction_status of ["expire", "cancel", "deny", "pending"]) {
      const other = await inquire({ [field]: value, transaction_status });
      assert.equal(other.status, "unknown", `${field} ${transaction_status}`);
    }
  }
  assert.equal((await inquire({ order_id: undefined })).status, "mismatch");
});

test("what can no longer be cancelled is asked about", async () => {
  const paid = gatewayThatHears(says({ status_code: "412" }), says(settled));
  assert.equal((await paid.gateway.cancel(attempt)).status, "paid");
  assert.deepEqual(
    paid.calls.map(({ path }) => path),
    ["/v2/P1/cancel", "/v2/P1/status"],
  );
  const done = gatewayThatHears(says({ ...settled, transaction_status: "cancel" }));
  assert.equal((await done.gateway.cancel(attempt)).status, "cancelled");
  assert.equal(done.calls.length, 1);
});

test("each answer to a refund: pending, failed, not sent, or unknown", async () => {
  const taken = { ...settled, transaction_status: "partial_refund", refund_key: "R1" };
  const statuses: Record<string, string> = {
    200: "pending",
    202: "failed",
    400: "failed",
    401: "failed",
    404: "failed",
    406: "unknown",
    410: "failed",
    429: "not_sent",
    500: "unknown",
    503: "unknown",
  };
  for (const [code, status] of Object.entries(statuses)) {
    const { gateway } = gatewayThatHears(says({ ...taken, status_code: code }));
    assert.equal((await gateway.refund?.(wish))?.status, status, code);
  }
  for (const change of [{ refund_key: "R2" }, { order_id: "P2" }, { refund_key: undefined }]) {
    const { gateway } = gatewayThatHears(says({ ...taken, ...change }));
    assert.equal((await gateway.refund?.(wish))?.status, "unknown", JSON.stringify(change));
  }
  const running = gatewayThatHears(says({ status_code: "202" }, 202));
  assert.equal((await running.gateway.refund?.(wish))?.status, "unknown");
  const page = gatewayThatHears(() => new Response("<html>", { status: 502 }));
  assert.equal((await page.gateway.refund?.(wish))?.status, "unknown");
  const late = gatewayThatHears(says(taken));
  const report = await late.gateway.refund?.({ ...wish, sendBy: clock.now() });
  assert.equal(report?.status, "not_sent");
  assert.deepEqual(late.calls, []);
});

const listed = (change: object = {}) => ({
  ...{ ...settled, transaction_status: "partial_refund", refund_amount: "5000.00" },
  refunds: [{ refund_key: "R1", refund_amount: "5000.00", ...change }],
});

test("a refund that is refused because it was made before is found", async () => {
  for (const code of ["412", "414"]) {
    const made = gatewayThatHears(says({ status_code: code }), says(listed()));
    assert.equal((await made.gateway.refund?.(wish))?.status, "pending", code);
    const never = gatewayThatHears(says({ status_code: code }), says(settled));
    assert.equal((await never.gateway.refund?.(wish))?.status, "failed", code);
    const silent = gatewayThatHears(says({ status_code: code }), says({ status_code: "500" }));
    assert.equal((await silent.gateway.refund?.(wish))?.status, "unknown", code);
  }
});

test("a refund is found by its own reference and amount, and done when the wallet confirmed it", async () => {
  const confirmed = listed({ bank_confirmed_at: "2026-11-23 10:00:10" });
  const other = listed({ refund_key: "R2" });
  const chargeback = { ...settled, transaction_status: "chargeback" };
  const cases: [object, string][] = [
    [listed(), "pending"],
    [confirmed, "refunded"],
    [listed({ bank_confirmed_at: null }), "pending"],
    [listed({ refund_amount: "5001.00" }), "unknown"],
    [other, "not_found"],
    [settled, "not_found"],
    [chargeback, "unknown"],
    [{ ...confirmed, order_id: "P2" }, "unknown"],
    [{ status_code: "404" }, "unknown"],
    [{ status_code: "500" }, "unknown"],
    [{ ...settled, transaction_status: "pending" }, "unknown"],
  ];
  for (const [body, status] of cases) {
    const { gateway } = gatewayThatHears(says(body));
    assert.equal((await gateway.inquireRefund?.(wish))?.status, status, JSON.stringify(body));
  }
});
