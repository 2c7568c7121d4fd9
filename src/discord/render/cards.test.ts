/** Every card and form, in every state and both languages, within Discord's limits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type APIEmbed, ButtonStyle, ComponentType } from "discord-api-types/v10";
import {
  minute,
  orderView,
  payment,
  purchase,
  orderStates as states,
} from "../../../test/order-view.ts";
import { accountFormats, isGameCode } from "../../game-accounts/game.ts";
import { type Locale, textsFor } from "../../notifications/texts/texts.ts";
import type { OrderView } from "../../orders/find.ts";
import type { Order } from "../../orders/order.ts";
import { renderAccountForm } from "./account-form.ts";
import type { Message } from "./message.ts";
import { renderOrder } from "./order-card.ts";
import { type QuoteView, renderQuote } from "./quote-card.ts";

const at = minute(0);
const later = minute(12);
const locales: readonly Locale[] = ["id", "en"];
const pageUrl = `http://127.0.0.1:8080/pay/${"T".repeat(32)}`;
const hostile = `@everyone [x](http://evil.example) **b**\n\u202e${"👍*".repeat(80)}`;

const base = { ...orderView("awaiting_payment"), purchase: undefined };

function viewOf(change: Partial<Order>, rest: Partial<OrderView> = {}): OrderView {
  return { ...base, ...rest, order: { ...base.order, ...change } };
}

const length = (text: string | undefined) => text?.length ?? 0;

function fits(message: Message, what: string) {
  for (const embed of message.embeds) fitsEmbed(embed, what);
  assert.ok(message.components.length <= 5, what);
  for (const row of message.components) {
    assert.ok(row.type === ComponentType.ActionRow && row.components.length <= 5, what);
    for (const button of row.components) {
      assert.ok(button.type === ComponentType.Button, what);
      assert.ok("label" in button && length(button.label) > 0 && length(button.label) <= 80, what);
      if ("custom_id" in button) assert.ok(button.custom_id.length <= 100, what);
    }
  }
  if (message.picture) assert.ok(length(message.picture.description) <= 1_024, what);
}

function fitsEmbed(embed: APIEmbed, what: string) {
  assert.ok(length(embed.title) <= 256 && length(embed.description) <= 4_096, what);
  assert.ok(length(embed.title) + length(embed.description) > 0, what);
  const fields = embed.fields ?? [];
  assert.ok(fields.length <= 25, what);
  for (const { name, value } of fields) {
    assert.ok(name.trim() !== "" && name.length <= 256, `${what}: ${name}`);
    assert.ok(value.trim() !== "" && value.length <= 1_024, `${what}: ${name}: ${value}`);
  }
  const all = fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  assert.ok(all + length(embed.title) + length(embed.description) <= 6_000, what);
}

const textOf = (message: Message) =>
  message.embeds
    .flatMap((embed) => [
      embed.title,
      embed.description,
      ...(embed.fields ?? []).map(({ name, value }) => `${name}: ${value}`),
    ])
    .join("\n");

function buttonsOf(message: Message) {
  return message.components.flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.filter((part) => part.type === ComponentType.Button)
      : [],
  );
}

test("an order can be shown in every state, by every road, in both languages", () => {
  const payments = [
    undefined,
    ...["opening", "charging", "pending", "lost", "paid", "expired", "cancelled", "failed"].map(
      (state) => ({ ...payment, state, qr_image: state === "pending" ? payment.qr_image : null }),
    ),
    { ...payment, state: "short", paid_amount: 1_000n },
  ];
  const purchases = [
    undefined,
    purchase,
    { ...purchase, state: "succeeded", serial_number: hostile.repeat(9), ended_at: later },
    { ...purchase, state: "failed", failure: "account: rc 54", ended_at: later },
  ];
  for (const locale of locales) {
    for (const state of states) {
      for (const nickname of ["Budi", hostile, null]) {
        for (const paid of payments) {
          for (const bought of purchases) {
            const view = viewOf({ state, nickname }, { payment: paid, purchase: bought });
            const message = renderOrder(view, locale, pageUrl);
            fits(message, `${locale} ${state} ${paid?.state} ${bought?.state}`);
            assert.match(textOf(message), /K7M2P9QX4R/);
          }
        }
      }
    }
  }
});

test("an order that can be paid has its QR, its page and a way out", () => {
  const message = renderOrder(base, "id", pageUrl);
  assert.deepEqual(message.picture?.data, payment.qr_image);
  assert.equal(message.embeds[0]?.image?.url, `attachment://${message.picture?.name}`);
  assert.match(message.picture?.description ?? "", /Rp 20\.000/);
  assert.match(textOf(message), /Rp 20\.000/);
  const buttons = buttonsOf(message);
  assert.ok(buttons.some((one) => one.style === ButtonStyle.Link && one.url === pageUrl));
  assert.ok(buttons.some((one) => "custom_id" in one && one.custom_id === "v1:cancel:K7M2P9QX4R"));
});

test("an order that is paid or over shows no QR and cannot be cancelled", () => {
  for (const state of states.filter((one) => one !== "awaiting_payment")) {
    const message = renderOrder(viewOf({ state }), "id", pageUrl);
    assert.equal(message.picture, undefined, state);
    const cancels = buttonsOf(message).filter(
      (one) => "custom_id" in one && one.custom_id.includes(":cancel:"),
    );
    assert.deepEqual(cancels, [], state);
  }
});

test("only a delivered order says that it is, with its serial number", () => {
  const bought = { ...purchase, state: "succeeded", serial_number: "SN-777", ended_at: later };
  for (const locale of locales) {
    const { delivered } = textsFor(locale).order;
    for (const state of states) {
      const message = renderOrder(viewOf({ state }, { purchase: bought }), locale, pageUrl);
      const claims = textOf(message).includes(delivered);
      assert.equal(claims, state === "delivered", `${locale} ${state}`);
      assert.equal(/SN\\-777/.test(textOf(message)), state === "delivered", `${locale} ${state}`);
    }
  }
});

test("a refund says why the money came back", () => {
  const reason = (rest: Partial<OrderView>) =>
    textOf(renderOrder(viewOf({ state: "refunded" }, rest), "en", pageUrl));
  const failed = { ...purchase, state: "failed", ended_at: later };
  const { account, supplier, late } = textsFor("en").order.refundReasons;
  const ofAccount = reason({ purchase: { ...failed, failure: "account: rc 54: salah" } });
  assert.ok(ofAccount.includes(account));
  assert.ok(reason({ purchase: { ...failed, failure: "supplier: rc 53" } }).includes(supplier));
  assert.ok(reason({ events: [{ state: "expired", reason: "", at }] }).includes(late));
});

test("a hostile nickname is inert on every card", () => {
  const quote = renderQuote(textsFor("id"), { ...quoteView, nickname: hostile });
  for (const message of [renderOrder(viewOf({ nickname: hostile }), "id", pageUrl), quote]) {
    const text = textOf(message);
    assert.match(text, /\\@everyone \\\[x\\\]\\\(http\\:/);
    assert.doesNotMatch(text, /\u202e/);
  }
});

const quoteView = {
  quoteId: "00000000-0000-7000-8000-000000000001",
  sku: { code: "ML_86", name: "86 Diamond", gameName: "Mobile Legends" },
  ...{ playerId: "123456789", zoneId: "2001", nickname: "Budi", confirmed: false },
  ...{ priceIdr: 20_000n, expiresAt: later, saldoIdr: 0n },
};

test("a quote can be paid once the account is known or the buyer said that it is right", () => {
  for (const locale of locales) {
    const ids = (view: Partial<QuoteView>) => {
      const message = renderQuote(textsFor(locale), { ...quoteView, ...view });
      fits(message, locale);
      return buttonsOf(message).map((one) => ("custom_id" in one ? one.custom_id : ""));
    };
    const pays = (all: string[]) => all.some((id) => id.startsWith("v1:pay:"));
    const asks = (all: string[]) => all.some((id) => id.startsWith("v1:confirm:"));
    assert.ok(pays(ids({})) && !asks(ids({})));
    const unchecked = ids({ nickname: null });
    assert.ok(!pays(unchecked) && asks(unchecked));
    const confirmed = ids({ nickname: null, confirmed: true });
    assert.ok(pays(confirmed) && !asks(confirmed));
  }
});

test("saldo can be chosen when it is enough, to the rupiah", () => {
  const disabled = (saldoIdr: bigint) => {
    const message = renderQuote(textsFor("id"), { ...quoteView, saldoIdr });
    return buttonsOf(message).find((one) => "custom_id" in one && one.custom_id.endsWith(":saldo"))
      ?.disabled;
  };
  assert.equal(disabled(19_999n), true);
  assert.equal(disabled(20_000n), false);
});

test("the form of every game asks for what that game has, within Discord's limits", () => {
  for (const locale of locales) {
    for (const gameCode of Object.keys(accountFormats).filter(isGameCode)) {
      const sku = {
        ...{ id: 1, code: "X_1", name: "1", gameName: `Game ${"x".repeat(60)}`, priceVersion: 1 },
        ...{ priceIdr: 1n, costIdr: 1n, gameCode },
      };
      const given = { playerId: "1".repeat(60), zoneId: "" };
      const form = renderAccountForm(textsFor(locale), sku, given);
      assert.ok(form.title.length <= 45 && form.custom_id.length <= 100);
      assert.equal(form.components.length, accountFormats[gameCode].zone ? 2 : 1, gameCode);
      for (const row of form.components) {
        assert.ok(row.type === ComponentType.Label && row.label.length <= 45);
        assert.ok(length(row.description ?? "") <= 100);
        const field = row.component;
        assert.ok(field.type === ComponentType.TextInput && length(field.value) <= 40);
      }
    }
  }
});
