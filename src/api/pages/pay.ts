/** Payment page of an order: `/pay/<token>`, how it is paid now and what happens then. Pure. */
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import type { OrderView } from "../../orders/find.ts";
import { formatRupiah } from "../../platform/money.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { renderMeans } from "./means.ts";
import { gameAccountOf, itemOf, nextWords, nicknameOf, type Standing } from "./standing.ts";

export interface PayPage {
  readonly view: OrderView;
  readonly standing: Standing;
  readonly texts: Texts;
  readonly locale: Locale;
  readonly now: Date;
  /** The wallet said that the buyer paid; a hint to read, never a fact. */
  readonly returned: boolean;
  /** Where a wallet link may lead besides https and the wallets' own apps. */
  readonly walletOrigins: readonly string[];
}

export function payHeadline({ view, standing, texts }: PayPage): string {
  return standing === "payable"
    ? texts.order.pay(texts.order.methods[view.order.method])
    : texts.page.standings[standing].headline;
}

export function renderPay(page: PayPage): Html {
  const { view, standing, texts, locale } = page;
  const { order, payment } = view;
  const toOrder = html`<p class="links"><a id="to-order" href="/order/${order.page_token}?lang=${locale}">${texts.page.pay.order}</a></p>`;
  const headline = html`<h1 id="headline" tabindex="-1">${payHeadline(page)}</h1>`;
  if (standing !== "payable" || payment === undefined) {
    return html`<section class="head wait">${icon("wait")}${headline}
<p>${nextWords(view, standing, texts, locale)}</p></section>${toOrder}`;
  }
  const words = texts.page.pay;
  const qrAlt = texts.order.qrAlt(formatRupiah(order.price), order.code);
  return html`${page.returned ? html`<p class="notice">${words.returned}</p>` : undefined}
<section class="head pay"><p class="state">${texts.states.awaiting_payment}</p>${headline}
<p class="goods">${itemOf(view)} → ${nicknameOf(view)}<bdi>${gameAccountOf(view)}</bdi></p></section>
${renderMeans({ ...page, payment, pageToken: order.page_token, qrAlt })}
<section><h2>${words.afterwards}</h2>
<ol class="then"><li>${words.confirm}</li><li>${words.deliver(itemOf(view), gameAccountOf(view))}</li><li>${words.follow}</li></ol></section>
${toOrder}`;
}
