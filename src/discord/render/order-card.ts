/** Order card: one message from *pay* to *receipt*, and the facts it may claim. */
import type { APIEmbed } from "discord-api-types/v10";
import { formatGameAccount } from "../../game-accounts/parse.ts";
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import { textsFor } from "../../notifications/texts/texts.ts";
import { factsOf, isBackAtSource, refundReason } from "../../orders/facts.ts";
import { isMismatched, type OrderView } from "../../orders/find.ts";
import { isSecondPayment } from "../../orders/order.ts";
import { formatRupiah } from "../../platform/money.ts";
import { inert, timestamp } from "./escape.ts";
import { type Button, card, colors, type Message, type Picture } from "./message.ts";

/** Renders an order as it stands. Pure. */
export function renderOrder(view: OrderView, locale: Locale, pageUrl: string): Message {
  const texts = textsFor(locale);
  const page: Button = { label: texts.order.page, url: pageUrl };
  switch (view.order.state) {
    case "awaiting_payment":
      return renderUnpaid(view, texts, pageUrl);
    case "awaiting_verification":
    case "paid":
    case "under_review":
    case "fulfilling":
    case "refunding":
      return renderStanding(view, texts, [
        { label: texts.order.check, id: { action: "status", orderCode: view.order.code } },
        page,
      ]);
    case "delivered":
      return renderStanding(view, texts, [buyAgain(view, texts), page]);
    case "blocked":
    case "refunded":
    case "expired":
    case "cancelled":
      return renderStanding(view, texts, [page]);
    default:
      return view.order.state satisfies never;
  }
}

/** Opens the form of the same SKU, filled with the same account. */
function buyAgain({ order, skuCode }: OrderView, texts: Texts): Button {
  const given = { playerId: order.player_id, zoneId: order.zone_id ?? "" };
  return { label: texts.order.buyAgain, id: { action: "account", skuCode, ...given } };
}

function renderUnpaid(view: OrderView, texts: Texts, pageUrl: string): Message {
  const { order, payment } = view;
  const cancel: Button = {
    label: texts.order.cancel,
    id: { action: "cancel", orderCode: order.code },
    style: "danger",
  };
  const short = shortText(view, texts);
  const shown = payment !== undefined && payment.gateway_ref !== null;
  if (short !== undefined || (shown && payment.state !== "pending")) {
    const title = short === undefined ? texts.order.lapsed : texts.order.short;
    const description = short ?? texts.order.lapsedText(timestamp(order.reserved_until, "t"));
    return card({ title, description, color: colors.wait, fields: facts(view, texts) }, [
      ...(waitsShort(view) ? shortButtons(order.code, texts) : []),
      { label: texts.order.check, id: { action: "status", orderCode: order.code } },
      { label: texts.order.page, url: pageUrl },
    ]);
  }
  if (payment?.state !== "pending") {
    const embed = { title: texts.order.preparing, description: texts.order.preparingText };
    return card({ ...embed, color: colors.wait, fields: facts(view, texts) });
  }
  const time = timestamp(payment.expires_at, "t");
  const relative = timestamp(payment.expires_at, "R");
  const total = formatRupiah(order.price);
  const picture: Picture | undefined = payment.qr_image
    ? {
        name: "qr.png",
        data: payment.qr_image,
        description: texts.order.qrAlt(total, order.code),
      }
    : undefined;
  const say = picture ? texts.order.payText : texts.order.payTextNoQr;
  return card(
    {
      title: texts.order.pay(texts.order.methods[order.method]),
      description: say(time, relative),
      color: colors.neutral,
      fields: facts(view, texts),
    },
    [
      { label: texts.order.open, url: pageUrl },
      { label: texts.order.check, id: { action: "status", orderCode: order.code } },
      cancel,
    ],
    picture,
  );
}

/** What came when it was too little: "no money was taken" would be false. */
function shortText(view: OrderView, texts: Texts): string | undefined {
  const { payment } = view;
  if (payment?.state !== "short" || payment.paid_amount === null) return undefined;
  if (payment.refund_amount > 0n) return undefined; // the payer took it back
  const say = waitsShort(view) ? texts.order.shortText : texts.order.shortReturned;
  return say(formatRupiah(payment.paid_amount), formatRupiah(payment.amount));
}

/** True while the buyer is to say what becomes of money that was too little. */
const waitsShort = (view: OrderView) => factsOf(view).payment.state === "short";

/** What a buyer may do with money that was too little. */
export function shortButtons(orderCode: string, texts: Texts): Button[] {
  return [
    { label: texts.order.payRest, id: { action: "pay_rest", orderCode }, style: "primary" },
    { label: texts.order.takeBack, id: { action: "take_back", orderCode } },
  ];
}

function renderStanding(view: OrderView, texts: Texts, buttons: readonly Button[]): Message {
  const { order } = view;
  const item = `${view.gameName} ${view.skuName}`;
  const gameAccount = inert(
    formatGameAccount({ playerId: order.player_id, zoneId: order.zone_id }),
  );
  const say = (title: string, description: string, color: number): APIEmbed => ({
    title,
    description,
    color,
    fields: [...facts(view, texts), ...progress(view, texts)],
  });
  switch (order.state) {
    case "blocked":
    case "awaiting_verification":
    case "under_review": {
      const { headline, next } = texts.page.standings[order.state];
      const color = order.state === "blocked" ? colors.bad : colors.wait;
      return card(say(headline, next, color), buttons);
    }
    case "delivered":
      return card(
        say(texts.order.delivered, texts.order.deliveredText(item, gameAccount), colors.good),
        buttons,
      );
    case "refunded": {
      const reason = texts.order.refundReasons[refundReason(view)];
      const total = formatRupiah(order.refunded);
      const where = isBackAtSource(view)
        ? texts.order.refundedAtSource(total, texts.order.methods[order.method])
        : texts.order.refundedText(total);
      const text = `${reason}\n${where}`;
      return card(say(texts.order.refunded, text, colors.wait), buttons);
    }
    case "expired": {
      const text = isMismatched(view) ? texts.order.mismatched : texts.order.expiredText;
      return card(say(texts.order.expired, shortText(view, texts) ?? text, colors.bad), buttons);
    }
    case "cancelled": {
      const ownWish = view.events.some((event) => event.reason === "the buyer stopped it");
      const text = ownWish ? texts.order.cancelledText : texts.order.cannotOpen;
      return card(say(texts.order.cancelled, shortText(view, texts) ?? text, colors.bad), buttons);
    }
    default:
      return card(say(texts.order.processing, texts.order.processingText, colors.neutral), buttons);
  }
}

function facts(view: OrderView, texts: Texts) {
  const { order, purchase } = view;
  const gameAccount = formatGameAccount({ playerId: order.player_id, zoneId: order.zone_id });
  const who = [order.nickname, gameAccount]
    .filter((line) => line !== null)
    .map((line) => inert(line));
  const fields = [
    { name: texts.order.number, value: order.code, inline: true },
    { name: texts.order.item, value: `${view.gameName} ${view.skuName}`, inline: true },
    { name: texts.order.account, value: who.join("\n"), inline: true },
    { name: texts.order.total, value: formatRupiah(order.price), inline: true },
    { name: texts.order.method, value: texts.order.methods[order.method], inline: true },
  ];
  if (order.state === "delivered" && purchase?.serial_number) {
    fields.push({
      name: texts.order.serial,
      value: inert(purchase.serial_number, 200),
      inline: true,
    });
  }
  return fields;
}

// Words never claim a step that was not confirmed, and every step has its time.
function progress(view: OrderView, texts: Texts) {
  const words = texts.order.facts;
  const at = (when: Date | null | undefined, mark: string) =>
    when ? `${mark} ${timestamp(when, "f")}` : undefined;
  const reached = (state: string) => view.events.find((event) => event.state === state)?.at;
  const { payment, purchase } = view;
  const returned = at(reached("refunded"), `↩️ ${words.refunded}`);
  const fromSaldo = view.order.method === "saldo" && view.order.paid > 0n;
  const paid = at(fromSaldo ? view.order.placed_at : payment?.paid_at, "✅");
  const bought =
    purchase?.state === "failed"
      ? at(purchase.ended_at, `❌ ${words.failed}`)
      : purchase?.state === "succeeded"
        ? at(purchase.ended_at, "✅")
        : at(purchase?.sent_at, `⏳ ${words.sent}`);
  const ended = ["blocked", "expired", "cancelled", "refunded"].includes(view.order.state);
  const nothing = ended ? words.none : `⏳ ${words.waiting}`;
  const twice = view.events
    .filter((event) => isSecondPayment(event.reason))
    .map((event) => at(event.at, `↩️ ${words.second}`));
  const paidLines = [paid ?? nothing, returned, ...twice].filter((line) => line !== undefined);
  return [
    { name: words.payment, value: paidLines.join("\n") },
    { name: words.purchase, value: bought ?? nothing },
    { name: words.delivery, value: at(reached("delivered"), "✅") ?? nothing },
  ];
}
