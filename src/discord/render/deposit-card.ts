/** Deposit card: one message from the QR to the money in the saldo. */
import { expiresAt } from "../../deposits/deposit.ts";
import type { DepositView } from "../../deposits/find.ts";
import { depositStandingOf } from "../../deposits/standing.ts";
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import { textsFor } from "../../notifications/texts/texts.ts";
import { formatRupiah } from "../../platform/money.ts";
import { timestamp } from "./escape.ts";
import { type Button, card, colors, type Message } from "./message.ts";

/** Renders a deposit as it stands at `now`. Pure. */
export function renderDeposit(
  view: DepositView,
  locale: Locale,
  { pageUrl, now }: { pageUrl: string; now: Date },
): Message {
  const texts = textsFor(locale);
  const words = texts.deposit;
  const { deposit, payment, cameIdr } = view;
  const { code: depositCode } = deposit;
  const page: Button = { label: words.page, url: pageUrl };
  const check: Button = { label: texts.order.check, id: { action: "deposit_status", depositCode } };
  const say = (title: string, description: string, color: number, buttons: readonly Button[]) =>
    card({ title, description, color, fields: facts(view, texts) }, buttons);

  const standing = depositStandingOf(view, now);
  switch (standing) {
    case "preparing":
      return say(texts.order.preparing, texts.order.preparingText, colors.wait, []);
    case "payable":
      return payment === undefined
        ? say(texts.order.preparing, texts.order.preparingText, colors.wait, [])
        : renderPayable(view, payment, texts, [
            { label: texts.order.open, url: pageUrl },
            check,
            {
              label: texts.order.cancel,
              id: { action: "deposit_cancel", depositCode },
              style: "danger",
            },
          ]);
    case "closing":
      return say(texts.order.lapsed, words.closing, colors.wait, [check, page]);
    case "lapsed": {
      const ends = words.lapsed(timestamp(expiresAt(deposit), "t"));
      return say(texts.order.lapsed, ends, colors.wait, [check, page]);
    }
    case "mismatched":
      return say(words.title, words.mismatched, colors.bad, [page]);
    case "paid":
      return say(words.added, words.addedText(formatRupiah(cameIdr)), colors.good, [page]);
    case "expired":
      return say(words.expired, `${words.over}\n${words.again}`, colors.bad, [page]);
    case "cancelled":
      return say(words.cancelled, words.over, colors.bad, [page]);
    case "not_opened":
      return say(words.cancelled, texts.order.cannotOpen, colors.bad, [page]);
    default:
      return standing satisfies never;
  }
}

function renderPayable(
  view: DepositView,
  payment: NonNullable<DepositView["payment"]>,
  texts: Texts,
  buttons: readonly Button[],
): Message {
  const { deposit } = view;
  const qr = payment.qr_image;
  const say = qr ? texts.order.payText : texts.order.payTextNoQr;
  const description = texts.deposit.qrAlt(formatRupiah(payment.amount), deposit.code);
  return card(
    {
      title: texts.order.pay(texts.order.methods[deposit.method]),
      description: say(timestamp(payment.expires_at, "t"), timestamp(payment.expires_at, "R")),
      color: colors.neutral,
      fields: facts(view, texts),
    },
    buttons,
    qr ? { name: "qr.png", data: qr, description } : undefined,
  );
}

function facts({ deposit, cameIdr }: DepositView, texts: Texts) {
  const { deposit: words, order } = texts;
  return [
    { name: words.number, value: deposit.code, inline: true },
    { name: words.amount, value: formatRupiah(deposit.amount), inline: true },
    { name: order.method, value: order.methods[deposit.method], inline: true },
    ...(cameIdr > 0n ? [{ name: words.came, value: formatRupiah(cameIdr), inline: true }] : []),
  ];
}
