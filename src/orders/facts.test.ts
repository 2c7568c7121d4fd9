/** The four facts of an order: never more than what was confirmed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bought,
  minute,
  notBought,
  orderStates,
  orderView,
  paid,
  payment,
  purchase,
} from "../../test/order-view.ts";
import { factsOf, refundReason } from "./facts.ts";
import type { OrderView } from "./find.ts";
import { shortReturnedReason } from "./notes.ts";

/** A view's facts in one line each: "paid 2", the number being the minute it happened. */
function facts(view: Parameters<typeof factsOf>[0]) {
  return Object.fromEntries(
    Object.entries(factsOf(view)).map(([name, { state, at }]) => [
      name,
      at === null ? state : `${state} ${(at.getTime() - minute(0).getTime()) / 60_000}`,
    ]),
  );
}

test("an order that waits for its money claims nothing", () => {
  assert.deepEqual(facts(orderView("awaiting_payment")), {
    payment: "waiting",
    purchase: "waiting",
    delivery: "waiting",
    notice: "not_sent",
  });
});

test("a delivered order has the time of each step", () => {
  assert.deepEqual(facts(orderView("delivered")), {
    payment: "paid 2",
    purchase: "confirmed 4",
    delivery: "delivered 3",
    notice: "not_sent",
  });
});

test("only the supplier's confirmation is a purchase, and only delivery is a delivery", () => {
  for (const state of orderStates) {
    for (const one of [undefined, purchase, { ...purchase, sent_at: null }, notBought]) {
      const { purchase: fact } = factsOf(orderView(state, {}, { purchase: one }));
      assert.notEqual(fact.state, "confirmed", state);
    }
    for (const one of [undefined, purchase, bought]) {
      const { delivery } = factsOf(orderView(state, {}, { purchase: one }));
      assert.equal(delivery.state === "delivered", state === "delivered", state);
    }
  }
});

test("a payment is paid when the gateway confirmed it, not when the order hoped so", () => {
  for (const state of orderStates) {
    for (const stage of ["opening", "charging", "pending", "lost", "expired", "failed"]) {
      const view = orderView(state, { paid: 0n }, { payment: { ...payment, state: stage } });
      assert.notEqual(factsOf(view).payment.state, "paid", `${state}, payment ${stage}`);
    }
  }
  const follows = orderView("awaiting_payment", {}, { payment: paid });
  assert.equal(facts(follows).payment, "paid 2", "before the order has followed");
});

test("saldo pays with the order, and is held while the PIN is asked for", () => {
  const saldo = { method: "saldo", paid_payment_id: null } as const;
  const none = { payment: undefined };
  assert.equal(facts(orderView("fulfilling", saldo, none)).payment, "paid 1");
  assert.equal(facts(orderView("awaiting_verification", saldo, none)).payment, "held 0");
  assert.equal(facts(orderView("blocked", saldo, none)).payment, "none");
});

test("what is not known is called unknown", () => {
  const doubt = { purchase: { ...purchase, doubt: "time-out on their side" } };
  const doubtful = facts(orderView("fulfilling", {}, doubt));
  assert.deepEqual([doubtful.purchase, doubtful.delivery], ["unknown 3", "unknown"]);
  const lost = { payment: { ...payment, state: "lost" } };
  assert.equal(facts(orderView("awaiting_payment", {}, lost)).payment, "unknown");
});

test("a delivery that the supplier took back is not claimed any more", () => {
  const reversed = { ...bought, reversed_at: minute(30) };
  const view = facts(orderView("delivered", {}, { purchase: reversed }));
  assert.deepEqual([view.purchase, view.delivery], ["reversed 30", "unknown"]);
});

test("an order that ended without money says so, and money that does not fit is no payment", () => {
  assert.equal(facts(orderView("expired")).payment, "not_paid 1");
  assert.equal(facts(orderView("cancelled")).payment, "not_paid 1");
  const other = { payment: { ...payment, state: "mismatched" } };
  assert.equal(facts(orderView("expired", {}, other)).payment, "mismatched");
});

test("money that came short is no payment, until the rest is paid or it is in the saldo", () => {
  const short = {
    payment: { ...payment, state: "short", paid_at: minute(3), paid_amount: 5_000n },
  };
  assert.equal(facts(orderView("awaiting_payment", {}, short)).payment, "short 3");
  assert.equal(facts(orderView("paid", {}, short)).payment, "paid 1", "the rest from saldo");
  const back = { state: "expired" as const, reason: shortReturnedReason("P1"), at: minute(17) };
  const over = orderView("expired", {}, { ...short, events: [back] });
  assert.equal(facts(over).payment, "refunded 17");
});

test("after delivery the goods stay delivered while the money goes back", () => {
  const roads = [
    ...(["awaiting_payment", "paid", "fulfilling", "delivered", "refunding", "refunded"] as const),
  ];
  const events = roads.map((state, index) => ({ state, reason: "", at: minute(index) }));
  const view = orderView("refunded", {}, { events, purchase: bought });
  const { payment: money, purchase: goods, delivery } = facts(view);
  assert.deepEqual([money, goods, delivery], ["refunded 5", "confirmed 4", "delivered 3"]);
  assert.equal(refundReason(view), "decision");
});

test("a notice counts for the state it told of", () => {
  const view = orderView("delivered");
  const notice = (told: OrderView["notice"]) => facts({ ...view, notice: told }).notice;
  assert.equal(notice({ of: "delivered", at: minute(5) }), "sent 5");
  assert.equal(notice({ of: "paid", at: minute(2) }), "behind 2");
  assert.equal(notice("none"), "not_sent");
});

test("money comes back for the account, the supplier, being late, or a person's decision", () => {
  const account = { ...notBought, failure: "account: rc 54" };
  assert.equal(refundReason(orderView("refunded", {}, { purchase: account })), "account");
  assert.equal(refundReason(orderView("refunded")), "supplier");
  assert.equal(refundReason(orderView("refunded", {}, { purchase: undefined })), "decision");
  const late = [{ state: "expired" as const, reason: "", at: minute(1) }];
  assert.equal(refundReason(orderView("refunded", {}, { events: late })), "late");
});
