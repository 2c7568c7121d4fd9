/** Payment page of a deposit: `/pay/<token>`, how it is paid now, and then that it is saldo. Pure. */
import { expiresAt, pageLifeMs } from "../../deposits/deposit.ts";
import type { DepositView } from "../../deposits/find.ts";
import type { DepositStanding } from "../../deposits/standing.ts";
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import { formatRupiah } from "../../platform/money.ts";
import { type Html, html } from "./html.ts";
import { icon, type Mark } from "./icons.ts";
import { renderMeans } from "./means.ts";
import { wibClock, wibDay } from "./time.ts";

export interface DepositPage {
  readonly view: DepositView;
  readonly standing: DepositStanding;
  readonly texts: Texts;
  readonly locale: Locale;
  readonly now: Date;
  /** The wallet said that the buyer paid; a hint to read, never a fact. */
  readonly returned: boolean;
  /** Where a wallet link may lead besides https and the wallets' own apps. */
  readonly walletOrigins: readonly string[];
}

export function depositHeadline({ view, standing, texts }: DepositPage): string {
  return standing === "payable"
    ? texts.order.pay(texts.order.methods[view.deposit.method])
    : texts.page.deposit.standings[standing].headline;
}

const marks: Readonly<Record<DepositStanding, Mark>> = {
  preparing: "wait",
  payable: "wait",
  closing: "wait",
  lapsed: "none",
  mismatched: "bad",
  paid: "done",
  expired: "none",
  cancelled: "none",
  not_opened: "bad",
};

export function renderDeposit(page: DepositPage): Html {
  const { view, standing, texts } = page;
  const { deposit, payment } = view;
  const words = texts.page;
  const headline = html`<h1 id="headline" tabindex="-1">${depositHeadline(page)}</h1>`;
  if (standing !== "payable" || payment === undefined) {
    const mark = marks[standing];
    return html`<section class="head ${mark}">${icon(mark)}${headline}
<p>${nextWords(page)}</p></section>${renderDetails(page)}`;
  }
  const qrAlt = words.deposit.qrAlt(formatRupiah(payment.amount), deposit.code);
  return html`${page.returned ? html`<p class="notice">${words.pay.returned}</p>` : undefined}
<section class="head pay"><p class="state">${texts.states.awaiting_payment}</p>${headline}
<p class="goods">${words.deposit.name}</p></section>
${renderMeans({ ...page, payment, pageToken: deposit.page_token, qrAlt })}
<section><h2>${words.pay.afterwards}</h2>
<ol class="then"><li>${words.pay.confirm}</li><li>${words.deposit.arrives}</li><li>${words.deposit.follow}</li></ol></section>
${renderDetails(page)}`;
}

/** The sentence below the headline: what happens next, and what the buyer can do. */
function nextWords({ view, standing, texts, locale }: DepositPage): string {
  const words = texts.page.deposit.standings;
  switch (standing) {
    case "paid":
      return words.paid.next(formatRupiah(view.cameIdr));
    case "lapsed":
      return words.lapsed.next(wibClock(expiresAt(view.deposit), locale));
    default:
      return words[standing].next;
  }
}

function renderDetails({ view, texts, locale }: DepositPage): Html {
  const { deposit, cameIdr } = view;
  const { deposit: words, details, foot } = texts.page;
  const row = (name: string, value: Html | string) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const until = wibDay(new Date(deposit.opened_at.getTime() + pageLifeMs), locale);
  return html`<section><h2>${details.heading}</h2><dl class="details">
${row(words.number, html`<span class="code">${deposit.code}</span>`)}
${row(words.amount, formatRupiah(deposit.amount))}
${cameIdr > 0n ? row(words.came, formatRupiah(cameIdr)) : undefined}
${row(texts.order.method, texts.order.methods[deposit.method])}
</dl></section>
<footer><p>${words.until(until)}</p><p>${foot.zone}</p></footer>`;
}
