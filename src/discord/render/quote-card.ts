/** Quote card: who it is for, what it costs and until when, and the ways to pay. */
import type { Sku } from "../../catalog/product.ts";
import { formatGameAccount } from "../../game-accounts/parse.ts";
import type { Texts } from "../../notifications/texts/texts.ts";
import { formatRupiah } from "../../platform/money.ts";
import { inert, timestamp } from "./escape.ts";
import { type Button, card, colors, type Message } from "./message.ts";

export interface QuoteView {
  readonly quoteId: string;
  readonly sku: Pick<Sku, "code" | "name" | "gameName">;
  readonly playerId: string;
  readonly zoneId: string | null;
  readonly nickname: string | null;
  /** False while a buyer has not confirmed an account that nobody could check. */
  readonly confirmed: boolean;
  readonly priceIdr: bigint;
  readonly expiresAt: Date;
  readonly saldoIdr: bigint;
  /** A sentence about the last try to pay. */
  readonly remark?: string;
}

/** Renders a quote. Pure. */
export function renderQuote(texts: Texts, view: QuoteView): Message {
  const { sku, quoteId } = view;
  const unchecked = view.nickname === null && !view.confirmed;
  const expires = texts.quote.expires(timestamp(view.expiresAt, "t"));
  const lines = [view.remark, unchecked ? texts.quote.unchecked : undefined, expires];
  const edit: Button = {
    label: texts.quote.edit,
    id: {
      action: "account",
      skuCode: sku.code,
      playerId: view.playerId,
      zoneId: view.zoneId ?? "",
    },
  };
  const drop: Button = { label: texts.quote.drop, id: { action: "drop", quoteId } };
  const pay: Button[] = unchecked
    ? [{ label: texts.quote.confirm, id: { action: "confirm", quoteId }, style: "danger" }]
    : [
        {
          label: texts.quote.payGopay,
          id: { action: "pay", quoteId, method: "gopay" },
          style: "primary",
        },
        {
          label: texts.quote.paySaldo(formatRupiah(view.saldoIdr)),
          id: { action: "pay", quoteId, method: "saldo" },
          disabled: view.saldoIdr < view.priceIdr,
        },
      ];
  const name = view.nickname === null ? texts.check.unavailable : `**${inert(view.nickname)}**`;
  return card(
    {
      title: texts.quote.title,
      description: lines.filter((line) => line !== undefined).join("\n"),
      color: unchecked || view.remark ? colors.wait : colors.neutral,
      fields: [
        { name: texts.quote.nickname, value: name },
        { name: texts.quote.account, value: inert(formatGameAccount(view)), inline: true },
        { name: texts.quote.item, value: `${sku.gameName} ${sku.name}`, inline: true },
        { name: texts.quote.total, value: formatRupiah(view.priceIdr), inline: true },
      ],
    },
    [...pay, edit, drop],
  );
}
