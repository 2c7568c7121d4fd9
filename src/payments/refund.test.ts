/** How money goes back to where it came from: once, whatever breaks on the way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTill, secondsUntilAgain, type Till } from "../../test/till.ts";
import { inTransaction } from "../platform/db.ts";
import { gatewayFactories } from "./adapters/factory.ts";
import { findRefund } from "./find.ts";
import type { PaymentGateway } from "./gateway.ts";
import { acceptWebhook, inquirePayment } from "./reconcile.ts";
import { requestRefund, runRefund } from "./refund.ts";

const pay = async (till: Till, amount?: number) => {
  await till.receives(amount);
  await till.advance(10);
  await inquirePayment(till.db, till.deps, { paymentId: till.paymentId });
  till.events.length = 0;
};

const wants = (till: Till, amountIdr: bigint, gateway = till.gateway) => {
  const { paymentId, orderId } = till;
  const from = "escrow" as const;
  const refund = { paymentId, orderId, amountIdr, from, reason: "the supplier failed" };
  return inTransaction(till.db, (tx) => requestRefund(tx, { ...till.deps, gateway }, refund));
};

/** Asks for a refund that may be made, and gives its id. */
async function asked(till: Till, amountIdr: bigint): Promise<string> {
  const request = await wants(till, amountIdr);
  assert.equal(request.outcome, "requested");
  return request.outcome === "requested" ? request.refundId : "";
}

const runs = (till: Till, refundId: string, gateway = till.gateway) =>
  secondsUntilAgain(runRefund(till.db, { ...till.deps, gateway }, { refundId }));

/** Runs the job as its worker would, until it is done or the hours are over. */
async function runsOut(till: Till, refundId: string, hours = 1): Promise<void> {
  const end = till.clock.now().getTime() + hours * 3_600_000;
  for (;;) {
    const again = await runs(till, refundId);
    if (again === undefined || till.clock.now().getTime() + again * 1_000 > end) return;
    await till.advance(again);
  }
}

test("a refund is posted when the wallet has confirmed it, not before", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const refundId = await asked(till, 20_000n);
  await runs(till, refundId);
  assert.equal((await findRefund(till.db, refundId)).state, "pending");
  assert.equal((await till.balances()).escrow, 20_000n);
  assert.deepEqual(till.events, []);
  await till.advance(10);
  assert.equal(await runs(till, refundId), undefined);
  const refund = await findRefund(till.db, refundId);
  assert.deepEqual([refund.state, refund.ended_at], ["refunded", till.clock.now()]);
  const { escrow, "gateway:midtrans": collected } = await till.balances();
  assert.deepEqual([escrow, collected], [0n, 0n]);
  assert.deepEqual(till.events, [{ name: "refund.confirmed", refundId }]);
  assert.equal(await runs(till, refundId), undefined, "and nothing is left to do");
  assert.equal((await till.charge()).refunded_idr, 20_000);
});

test("refunds never come to more than what was paid, however many are asked for at once", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  assert.deepEqual(await wants(till, 1n), { outcome: "too_much", leftIdr: 0n });
  await pay(till, 25_000);
  const outcomes = await Promise.all([12_000n, 12_000n, 12_000n].map((idr) => wants(till, idr)));
  const made = outcomes.filter(({ outcome }) => outcome === "requested");
  assert.equal(made.length, 2);
  assert.deepEqual(await wants(till, 1_001n), { outcome: "too_much", leftIdr: 1_000n });
  for (const one of made) if (one.outcome === "requested") await runsOut(till, one.refundId);
  assert.equal((await till.charge()).refunded_idr, 24_000);
  await assert.rejects(
    till.db.updateTable("payments").set({ refund_amount: 25_001n }).execute(),
    /payments_refund_what_came/,
  );
});

test("an answer that is lost after the refund worked refunds once", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  await till.breaks("refund", "lost_answer");
  const refundId = await asked(till, 20_000n);
  await runsOut(till, refundId);
  assert.equal((await findRefund(till.db, refundId)).state, "refunded");
  assert.equal((await till.charge()).refunds.length, 1);
});

test("a refund that never arrived is sent again with the same reference", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  await till.breaks("refund", "html_503", 3);
  const refundId = await asked(till, 5_000n);
  await runsOut(till, refundId);
  const { state, ref } = await findRefund(till.db, refundId);
  assert.equal(state, "refunded");
  const { refunds } = await till.charge();
  assert.deepEqual(
    refunds.map(({ refund_key, amount }) => [refund_key, amount]),
    [[ref, 5_000]],
  );
});

test("a refund that is refused leaves the money where it lies, to be sent another way", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  for (const [fault, code] of Object.entries({ denied: "202", balance_short: "414" })) {
    await till.breaks("refund", fault);
    const refundId = await asked(till, 20_000n);
    await runsOut(till, refundId);
    const { state, failure } = await findRefund(till.db, refundId);
    assert.deepEqual([state, failure], ["failed", `Midtrans ${code}`]);
    assert.deepEqual(till.events.splice(0), [{ name: "refund.failed", refundId }]);
  }
  assert.equal((await till.balances()).escrow, 20_000n);
  assert.equal((await till.payment()).refund_amount, 0n);
  assert.equal((await wants(till, 20_000n)).outcome, "requested");
});

test("a crash between the record and the call is found by asking, and refunds once", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  for (const when of ["before the call", "after the call"]) {
    const refundId = await asked(till, 5_000n);
    const killed: PaymentGateway = {
      ...till.gateway,
      async refund(request) {
        if (when === "after the call") await till.gateway.refund?.(request);
        throw new Error("killed");
      },
    };
    await assert.rejects(runs(till, refundId, killed), /killed/);
    await till.advance(15);
    await runsOut(till, refundId);
    assert.equal((await findRefund(till.db, refundId)).state, "refunded", when);
  }
  assert.equal((await till.charge()).refunded_idr, 10_000);
});

test("a refund that is not there yet is not sent again while it may still arrive", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const refundId = await asked(till, 20_000n);
  const slow: PaymentGateway = {
    ...till.gateway,
    refund: async () => ({ status: "unknown", exchange: { status: null, body: "TimeoutError" } }),
  };
  await runs(till, refundId, slow);
  await till.advance(10);
  assert.equal(await runs(till, refundId), 20);
  assert.equal((await findRefund(till.db, refundId)).state, "pending");
  await till.advance(20);
  await runs(till, refundId);
  assert.equal((await findRefund(till.db, refundId)).state, "requested");
  await runsOut(till, refundId);
  assert.equal((await till.charge()).refunds.length, 1);
});

test("a paused worker sends nothing late and undoes nothing of who took over", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const refundId = await asked(till, 20_000n);
  const paused: PaymentGateway = {
    ...till.gateway,
    async refund(request) {
      till.clock.advance(20_000);
      await runsOut(till, refundId);
      const report = await till.gateway.refund?.(request);
      assert.equal(report?.status, "not_sent");
      return report ?? assert.fail();
    },
  };
  assert.equal(await runs(till, refundId, paused), undefined);
  assert.equal((await findRefund(till.db, refundId)).state, "refunded");
  assert.equal((await till.charge()).refunds.length, 1);
});

test("a failure that is told late says nothing when another worker has taken over", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const refundId = await asked(till, 20_000n);
  const exchange = { status: 200, body: "{}" };
  const paused: PaymentGateway = {
    ...till.gateway,
    async refund() {
      till.clock.advance(40_000);
      await runs(till, refundId);
      return { status: "failed", why: "Midtrans 414", exchange };
    },
  };
  await runs(till, refundId, paused);
  assert.notEqual((await findRefund(till.db, refundId)).state, "failed");
  await runsOut(till, refundId);
  assert.equal((await findRefund(till.db, refundId)).state, "refunded");
});

test("a gateway is asked about a refund at most once in ten seconds", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  await till.breaks("refund", "in_progress");
  const refundId = await asked(till, 20_000n);
  await runs(till, refundId);
  await till.advance(4);
  assert.equal(await runs(till, refundId), 6);
});

test("a refund that nobody confirms for a day lies on the desk until it is", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const refundId = await asked(till, 20_000n);
  await runs(till, refundId);
  await till.breaks("status", "http_500", 60);
  await runsOut(till, refundId, 30);
  assert.deepEqual(
    (await till.items()).map(({ kind }) => kind),
    ["refund_stuck"],
  );
  await runsOut(till, refundId, 100);
  assert.equal((await findRefund(till.db, refundId)).state, "refunded");
  const items = await till.db.selectFrom("desk_items").select("resolution").execute();
  assert.deepEqual(items, [{ resolution: "confirmed" }]);
});

test("a reference that grows too old is not sent again: the refund has failed", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  await till.breaks("refund", "http_429", 1_000_000);
  const refundId = await asked(till, 20_000n);
  await runs(till, refundId);
  await till.advance(6 * 24 * 3600);
  await runs(till, refundId);
  const { state, failure } = await findRefund(till.db, refundId);
  assert.deepEqual([state, failure], ["failed", "the gateway could not be reached in time"]);
});

test("our own refund is no surprise to who asks about the payment", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  await runsOut(till, await asked(till, 5_000n));
  await till.advance(10);
  await inquirePayment(till.db, till.deps, { paymentId: till.paymentId });
  assert.deepEqual(await till.items(), []);
});

test("a notification about a payment has its refunds asked about at once", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const refundId = await asked(till, 5_000n);
  await runs(till, refundId);
  await till.db.deleteFrom("jobs").execute();
  const exchange = { status: null, body: "{}" };
  const hint = { outcome: "hint", ref: till.ref, amountIdr: 20_000n, exchange } as const;
  assert.equal(await acceptWebhook(till.db, till.deps, hint), true);
  const jobs = await till.db.selectFrom("jobs").select(["name", "key", "run_at"]).execute();
  const wanted = jobs.find((job) => job.name === "payments.refund");
  assert.deepEqual([wanted?.key, wanted?.run_at], [refundId, till.clock.now()]);
  await runsOut(till, refundId);
  assert.equal(await acceptWebhook(till.db, till.deps, hint), true);
  assert.equal(await runs(till, refundId), undefined, "and is left alone once it is over");
});

test("a gateway that gives nothing back by itself is not asked", async (t) => {
  const till = await openTill(t, gatewayFactories.midtrans);
  await pay(till);
  const { refund, ...without } = till.gateway;
  assert.ok(refund);
  assert.deepEqual(await wants(till, 1n, without), { outcome: "unsupported" });
});
