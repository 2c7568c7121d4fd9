/** What a gateway's word does to a payment, whatever amount it names and however late it comes. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { openTill, secondsUntilAgain, type Till } from "../../test/till.ts";
import { inTransaction } from "../platform/db.ts";
import { gatewayFactories } from "./adapters/factory.ts";
import { applyReport } from "./apply-report.ts";
import type { PaymentReport } from "./gateway.ts";
import { acceptWebhook, inquirePayment } from "./reconcile.ts";

/** Asks Midtrans once more, after the ten seconds that must pass. */
async function asks(till: Till): Promise<void> {
  await till.advance(10);
  await secondsUntilAgain(inquirePayment(till.db, till.deps, { paymentId: till.paymentId }));
}

const applies = (till: Till, report: PaymentReport, askedAt = till.clock.now()) =>
  inTransaction(till.db, (tx) =>
    applyReport(tx, till.deps, { paymentId: till.paymentId, kind: "inquiry", askedAt, report }),
  );

/** Delivers a notification signed with the merchant's own key. */
async function hears(till: Till, grossAmount: string): Promise<void> {
  const fields = { order_id: till.ref, status_code: "200", gross_amount: grossAmount };
  const signature_key = createHash("sha512")
    .update(`${till.ref}200${grossAmount}${till.serverKey}`)
    .digest("hex");
  const raw = JSON.stringify({ ...fields, transaction_status: "settlement", signature_key });
  const hint = till.gateway.readWebhook(Buffer.from(raw));
  assert.equal(hint.outcome, "hint");
  if (hint.outcome === "hint") await acceptWebhook(till.db, till.deps, hint);
}

test("money as asked goes to escrow once, however often it is confirmed", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives();
  await asks(till);
  await asks(till);
  const { state, paid_amount } = await till.payment();
  assert.deepEqual([state, paid_amount], ["paid", 20_000n]);
  const { escrow, "gateway:midtrans": collected, suspense } = await till.balances();
  assert.deepEqual([escrow, collected, suspense], [20_000n, 20_000n, undefined]);
  assert.deepEqual(till.names(), ["payment.changed", "payment.paid"]);
  assert.deepEqual(await till.items(), []);
});

test("more money than asked goes to escrow in full, and the payment keeps what came", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives(25_000);
  await asks(till);
  const { state, amount, paid_amount } = await till.payment();
  assert.deepEqual([state, amount, paid_amount], ["paid", 20_000n, 25_000n]);
  assert.equal((await till.balances()).escrow, 25_000n);
  assert.equal(till.names().at(-1), "payment.paid");
});

test("less money than asked waits in suspense and on the desk", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives(19_999);
  await asks(till);
  await asks(till);
  const { state, paid_amount } = await till.payment();
  assert.deepEqual([state, paid_amount], ["short", 19_999n]);
  const { escrow, suspense, "gateway:midtrans": collected } = await till.balances();
  assert.deepEqual([escrow, suspense, collected], [undefined, 19_999n, 19_999n]);
  const short = till.events.filter((event) => event.name === "payment.short");
  assert.deepEqual(short, [{ name: "payment.short", paymentId: till.paymentId }]);
  assert.deepEqual(await till.items(), [
    { kind: "payment_short", details: { asked: "Rp 20.000", came: "Rp 19.999" } },
  ]);
});

test("money that is confirmed twice in different amounts is posted once and put on the desk", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives(1_000);
  await asks(till);
  await till.receives(20_000);
  await asks(till);
  assert.equal((await till.balances())["gateway:midtrans"], 1_000n);
  assert.deepEqual(
    (await till.items()).map(({ kind }) => kind),
    ["payment_short", "payment_mismatch"],
  );
});

test("money of another merchant, currency or reference is not posted, and a person is called", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  const exchange = { status: 200, body: "{}" };
  await applies(till, { status: "mismatch", why: "currency USD", exchange });
  await applies(till, { status: "mismatch", why: "currency USD", exchange });
  assert.equal((await till.payment()).state, "mismatched");
  assert.deepEqual(await till.balances().then(({ escrow, suspense }) => [escrow, suspense]), [
    undefined,
    undefined,
  ]);
  assert.deepEqual(await till.items(), [
    { kind: "payment_mismatch", details: { why: "currency USD", asked: "Rp 20.000" } },
  ]);
});

test("a signed notification of another amount moves nothing, and a person is called", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await hears(till, "2000000.00");
  await asks(till);
  assert.equal((await till.payment()).state, "pending");
  const [item, ...others] = await till.items();
  assert.equal(item?.kind, "payment_mismatch");
  assert.match(JSON.stringify(item?.details), /signed notification of 2000000, not confirmed/);
  await till.receives();
  await asks(till);
  assert.equal((await till.payment()).state, "paid", "and the buyer can pay all the same");
  assert.deepEqual(others, []);
  await hears(till, "20000.50");
  await asks(till);
  assert.equal((await till.items()).length, 1, "it lies on the desk already");
});

test("a signed notification of another amount that the gateway confirms is what it says", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives(1_000);
  await hears(till, "1000.00");
  await asks(till);
  assert.deepEqual(
    (await till.items()).map(({ kind }) => kind),
    ["payment_short"],
  );
});

test("an answer to a question from before a notification does not judge it", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  const askedAt = till.clock.now();
  await till.advance(1);
  await hears(till, "1000.00");
  await applies(till, { status: "pending", exchange: { status: 200, body: "{}" } }, askedAt);
  assert.deepEqual(await till.items(), []);
  assert.equal((await till.payment()).claim, "1000");
});

test("'not found' counts from when it was asked, not from when the answer is written down", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  const exchange = { status: 200, body: "{}" };
  const askedAt = till.clock.now();
  await till.advance(3_600);
  await applies(till, { status: "not_found", exchange }, askedAt);
  assert.equal((await till.payment()).state, "pending");
  await applies(till, { status: "not_found", exchange });
  assert.equal((await till.payment()).state, "failed");
});

test("a question to the gateway does not leave late", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives();
  const gateway = {
    ...till.gateway,
    async inquire(inquiry: Parameters<typeof till.gateway.inquire>[0]) {
      till.clock.advance(10_000);
      return till.gateway.inquire(inquiry);
    },
  };
  await till.advance(10);
  const { paymentId } = till;
  await secondsUntilAgain(inquirePayment(till.db, { ...till.deps, gateway }, { paymentId }));
  assert.equal((await till.payment()).state, "pending");
  const exchanges = await till.db.selectFrom("payment_exchanges").select("body").execute();
  assert.equal(exchanges.at(-1)?.body, "too late to send");
});

test("money that went back before we heard of it pays for nothing", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives();
  await till.moves("refund");
  await asks(till);
  assert.equal((await till.payment()).state, "failed");
  assert.deepEqual(await till.items(), []);
});

test("money of which a part went back before we heard of it is not posted: a person looks", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives();
  await till.moves("chargeback", 5_000);
  await asks(till);
  assert.equal((await till.payment()).state, "mismatched");
  assert.equal((await till.balances()).escrow, undefined);
  assert.equal((await till.items())[0]?.kind, "payment_mismatch");
});

test("money taken back behind our back is put on the desk", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await till.receives();
  await asks(till);
  await till.moves("chargeback");
  await asks(till);
  assert.equal((await till.payment()).state, "paid");
  const [item] = await till.items();
  assert.match(JSON.stringify(item?.details), /returned 20000, asked for 0/);
});

test("money for a deposit is the buyer's saldo, as much as it is, and no affair of the desk", async (t) => {
  for (const came of [19_999, 20_000, 25_000]) {
    const till = await openTill(t, gatewayFactories.midtrans, "deposit");
    await till.receives(came);
    await asks(till);
    await asks(till);
    const { [`customer:${till.customerId}`]: saldo, ...others } = await till.balances();
    assert.equal(saldo, BigInt(came));
    assert.deepEqual([others.escrow, others.suspense], [undefined, undefined]);
    assert.deepEqual(till.names(), ["deposit.changed", "deposit.paid"]);
    assert.deepEqual(await till.items(), []);
  }
});

test("money for a deposit that does not fit is posted nowhere: a person looks at it", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans, "deposit");
  const exchange = { status: 200, body: "" };
  await applies(till, { status: "mismatch", why: "currency SGD", exchange });
  assert.equal((await till.payment()).state, "mismatched");
  const [item] = await till.items();
  assert.equal(item?.kind, "payment_mismatch");
  assert.deepEqual(till.names(), ["deposit.changed", "deposit.closed"]);
  assert.equal((await till.balances())[`customer:${till.customerId}`], undefined);
});

test("a payment is for an order or for a deposit, never for both or neither", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  for (const change of [{ order_id: null }, { deposit_id: till.orderId }]) {
    await assert.rejects(
      till.db.updateTable("payments").set(change).execute(),
      /payments_are_for_one_thing/,
    );
  }
});
