/** The pages' words for every standing of an order, in both languages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bought,
  minute,
  notBought,
  orderStates,
  orderView,
  payment,
  purchase,
} from "../../../test/order-view.ts";
import { type Locale, textsFor } from "../../notifications/texts/texts.ts";
import {
  backAtSourceReason,
  partRefundedReason,
  shortReason,
  shortReturnedReason,
  surplusReason,
} from "../../orders/notes.ts";
import { secondPaymentReason } from "../../orders/order.ts";
import { type OrderPage, orderHeadline, renderOrderPage } from "./order.ts";
import { payHeadline, renderPay } from "./pay.ts";
import { type Standing, standingOf } from "./standing.ts";

const locales: readonly Locale[] = ["id", "en"];

const paymentStates = [
  ...["opening", "charging", "pending", "lost", "paid", "expired", "cancelled", "failed"],
  ...["short", "mismatched"],
];
const purchases = [undefined, purchase, { ...purchase, doubt: "time-out" }, bought, notBought];

function* everything() {
  for (const state of orderStates) {
    for (const stage of paymentStates) {
      for (const one of purchases) {
        for (const method of ["gopay", "saldo"] as const) {
          const paid_amount = stage === "short" ? 5_000n : null;
          const paid = method === "saldo" ? undefined : { ...payment, state: stage, paid_amount };
          yield orderView(state, { method }, { payment: paid, purchase: one });
        }
      }
    }
  }
}

const textOf = (markup: string) => markup.replace(/<[^>]*>/g, " ");

test("whatever became of an order, its page says so in whole sentences", () => {
  const seen = new Set<Standing>();
  for (const locale of locales) {
    const texts = textsFor(locale);
    for (const view of everything()) {
      for (const now of [minute(1), minute(13)]) {
        const standing = standingOf(view, now);
        seen.add(standing);
        const page: OrderPage = { view, standing, texts, locale };
        const words = textOf(renderOrderPage(page).markup);
        const where = `${locale} ${view.order.state} ${view.payment?.state} ${standing}`;
        assert.ok(orderHeadline(page).length > 5, where);
        assert.doesNotMatch(words, /undefined|null|NaN|\[object|Invalid/, where);
        assert.ok(words.includes(view.order.code), where);
        assert.ok(words.includes("Rp 20.000"), where);
        const paying = { ...page, now, returned: false, walletOrigins: [] };
        assert.doesNotMatch(
          textOf(renderPay(paying).markup) + payHeadline(paying),
          /undefined|null|NaN|\[object|Invalid/,
          where,
        );
      }
    }
  }
  assert.deepEqual([...seen].sort(), [...standings].sort());
});

// The others follow from what was written beside the order.
const standings = Object.keys(textsFor("id").page.standings).filter(
  (one) => !["not_opened", "short_returned", "taken_back"].includes(one),
);

test("only a delivered order claims delivery and shows its serial number", () => {
  for (const locale of locales) {
    const texts = textsFor(locale);
    for (const view of everything()) {
      const standing = standingOf(view, minute(1));
      const { markup } = renderOrderPage({ view, standing, texts, locale });
      const delivered = view.order.state === "delivered";
      assert.equal(markup.includes(texts.page.facts.delivery.delivered), delivered);
      const serial = view.purchase?.serial_number ?? "no serial";
      assert.equal(markup.includes(serial), delivered && view.purchase === bought);
    }
  }
});

test("an order asks for money only while a payment can be paid", () => {
  for (const view of everything()) {
    for (const now of [minute(1), minute(12)]) {
      const standing = standingOf(view, now);
      const payable =
        view.order.state === "awaiting_payment" &&
        view.payment?.state === "pending" &&
        now < minute(12);
      assert.equal(standing === "payable", payable);
      const page = { view, standing, texts: textsFor("en"), locale: "en" as const };
      assert.equal(renderOrderPage(page).markup.includes('href="/pay/'), payable);
      const paying = { ...page, now, returned: true, walletOrigins: [] };
      const invites = /<img|id="wallet"/.test(renderPay(paying).markup);
      assert.equal(invites, payable);
    }
  }
});

test("money that came short waits for its buyer, and is in the saldo once the order is over", () => {
  const short = { ...payment, state: "short", paid_amount: 5_000n, paid_at: minute(3) };
  const words = (view: ReturnType<typeof orderView>) => {
    const standing = standingOf(view, minute(20));
    const page = { view, standing, texts: textsFor("en"), locale: "en" as const };
    return [standing, textOf(renderOrderPage(page).markup)] as const;
  };
  const [waiting, asked] = words(orderView("awaiting_payment", {}, { payment: short }));
  assert.equal(waiting, "short");
  assert.match(asked, /Rp 5\.000 of Rp 20\.000 came/);
  const events = [
    { state: "expired" as const, reason: "nobody paid in time", at: minute(17) },
    { state: "expired" as const, reason: shortReturnedReason("P1"), at: minute(17) },
  ];
  const [over, told] = words(orderView("expired", {}, { payment: short, events }));
  assert.equal(over, "short_returned");
  assert.match(told, /Rp 5\.000 is in your saldo/);
});

test("a refund says where the money is: in the saldo, or where it came from", () => {
  const view = orderView("refunded");
  const words = (events: typeof view.events) => {
    const page = {
      view: { ...view, events },
      standing: "refunded",
      texts: textsFor("en"),
    } as const;
    return textOf(renderOrderPage({ ...page, locale: "en" }).markup);
  };
  assert.match(words(view.events), /Rp 20\.000 is in your saldo/);
  const back = { state: "refunded" as const, reason: backAtSourceReason, at: minute(9) };
  const atSource = words([...view.events.slice(0, -1), back]);
  assert.match(atSource, /went back to your GoPay/);
  assert.match(atSource, /Money back where it came from/);
  assert.doesNotMatch(atSource, /saldo/);
});

test("a delivery that the supplier took back is told as what it is: not known", () => {
  const view = orderView("delivered", {}, { purchase: { ...bought, reversed_at: minute(30) } });
  const standing = standingOf(view, minute(40));
  assert.equal(standing, "taken_back");
  const page = { view, standing, texts: textsFor("en"), locale: "en" as const };
  assert.match(textOf(renderOrderPage(page).markup), /Taken back by the supplier/);
});

test("a payment that could not be opened, stopped by nobody, is told from one's own wish", () => {
  const reason = "payment could not be opened: refused";
  const events = [{ state: "cancelled" as const, reason, at: minute(1) }];
  assert.equal(standingOf(orderView("cancelled", {}, { events }), minute(2)), "not_opened");
  assert.equal(standingOf(orderView("cancelled"), minute(2)), "cancelled");
});

test("the story tells each step once, and where odd money went, but none of the shop's own notes", () => {
  const events = [
    { state: "awaiting_payment" as const, reason: "placed", at: minute(0) },
    ...[
      ...["payment confirmed", "a person had a look", secondPaymentReason("P2")],
      ...[shortReason("P3", "Rp 5.000", "Rp 20.000"), shortReturnedReason("P3")],
      ...[surplusReason("Rp 1.000"), partRefundedReason("Rp 2.000", "said by staff")],
    ].map((reason, index) => ({ state: "paid" as const, reason, at: minute(index + 1) })),
  ];
  const view = orderView("paid", {}, { events });
  const page = { view, standing: standingOf(view, minute(4)), texts: textsFor("en") };
  const { markup } = renderOrderPage({ ...page, locale: "en" });
  const story = /<ol class="story">(.*?)<\/ol>/s.exec(markup)?.[1] ?? "";
  assert.deepEqual(story.match(/(?<=<span>)[^<]*/g), [
    "Order placed.",
    "Payment received.",
    "A second payment went to your saldo.",
    "Rp 5.000 of Rp 20.000 came.",
    "What had come short went to your saldo.",
    "Rp 1.000 more than the price went to your saldo.",
    "Rp 2.000 went back to your saldo.",
  ]);
  assert.doesNotMatch(markup, /had a look|said by staff/);
});
