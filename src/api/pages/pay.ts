/** Payment page: `/pay/<token>`, how an order is paid now and what happens then. Pure. */
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import type { OrderView } from "../../orders/find.ts";
import type { Payment } from "../../payments/payment.ts";
import { formatRupiah } from "../../platform/money.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { gameAccountOf, itemOf, nextWords, nicknameOf, type Standing } from "./standing.ts";
import { minutesAndSeconds, wibClock } from "./time.ts";

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
  const { payment } = view;
  const toOrder = html`<p class="links"><a id="to-order" href="/order/${view.order.page_token}?lang=${locale}">${texts.page.pay.order}</a></p>`;
  const headline = html`<h1 id="headline" tabindex="-1">${payHeadline(page)}</h1>`;
  if (standing !== "payable" || payment === undefined) {
    return html`<section class="head wait">${icon("wait")}${headline}
<p>${nextWords(view, standing, texts, locale)}</p></section>${toOrder}`;
  }
  const words = texts.page.pay;
  return html`${page.returned ? html`<p class="notice">${words.returned}</p>` : undefined}
<section class="head pay"><p class="state">${texts.states.awaiting_payment}</p>${headline}
<p class="goods">${itemOf(view)} → ${nicknameOf(view)}<bdi>${gameAccountOf(view)}</bdi></p></section>
<div class="means"><section class="due">
<div><p class="label">${words.amount}</p><p class="amount">${formatRupiah(view.order.price)}</p></div>
${renderCountdown(page, payment)}
</section>${renderWallet(page, payment)}${renderQr(page, payment)}<p class="calm">${words.paid}</p></div>
<section><h2>${words.afterwards}</h2>
<ol class="then"><li>${words.confirm}</li><li>${words.deliver(itemOf(view), gameAccountOf(view))}</li><li>${words.follow}</li></ol></section>
${toOrder}`;
}

function renderCountdown({ texts, locale, view, now }: PayPage, payment: Payment): Html {
  const words = texts.page.pay;
  const seconds = Math.ceil((payment.expires_at.getTime() - now.getTime()) / 1000);
  const before = words.before(formatRupiah(view.order.price), wibClock(payment.expires_at, locale));
  return html`<div class="clock"><p class="label" id="left-label">${words.left}</p>
<p class="left" role="timer" aria-labelledby="left-label" data-seconds="${seconds}">${minutesAndSeconds(seconds)}</p></div>
<p class="before">${before}</p>`;
}

function renderWallet({ texts, walletOrigins }: PayPage, payment: Payment): Html | undefined {
  const link = payment.deep_link && allowed(payment.deep_link, walletOrigins);
  return link
    ? html`<a class="button" id="wallet" href="${link}" rel="noreferrer">${texts.page.pay.open}</a>`
    : undefined;
}

function renderQr({ view, texts }: PayPage, payment: Payment): Html | undefined {
  const { order } = view;
  if (payment.qr_image === null) return undefined;
  const alt = texts.order.qrAlt(formatRupiah(order.price), order.code);
  // The reference makes the picture of another attempt another address.
  const source = `/pay/${order.page_token}/qr.png?of=${payment.ref}`;
  return html`<figure><img src="${source}" width="240" height="240" alt="${alt}">
<figcaption>${texts.page.pay.scan}</figcaption></figure>`;
}

// A link from a gateway is followed only to a wallet's app, to https, or to a known simulator.
function allowed(link: string, walletOrigins: readonly string[]): string | undefined {
  const url = URL.parse(link);
  if (url === null) return undefined;
  const known = ["gojek:", "gopay:", "https:"].includes(url.protocol);
  return known || walletOrigins.includes(url.origin) ? url.href : undefined;
}
