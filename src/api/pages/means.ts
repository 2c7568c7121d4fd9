/** Means: how a payment is paid now: the amount, the time left, the wallet's button and the QR. Pure. */
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import type { Payment } from "../../payments/payment.ts";
import { formatRupiah } from "../../platform/money.ts";
import { type Html, html } from "./html.ts";
import { minutesAndSeconds, wibClock } from "./time.ts";

export interface Means {
  readonly payment: Payment;
  readonly pageToken: string;
  /** What the picture of the QR says to who cannot see it. */
  readonly qrAlt: string;
  readonly texts: Texts;
  readonly locale: Locale;
  readonly now: Date;
  /** Where a wallet link may lead besides https and the wallets' own apps. */
  readonly walletOrigins: readonly string[];
}

export function renderMeans(means: Means): Html {
  const { payment, texts } = means;
  const words = texts.page.pay;
  return html`<div class="means"><section class="due">
<div><p class="label">${words.amount}</p><p class="amount">${formatRupiah(payment.amount)}</p></div>
${renderCountdown(means)}
</section>${renderWallet(means)}${renderQr(means)}<p class="calm">${words.paid}</p></div>`;
}

function renderCountdown({ payment, texts, locale, now }: Means): Html {
  const words = texts.page.pay;
  const seconds = Math.ceil((payment.expires_at.getTime() - now.getTime()) / 1000);
  const before = words.before(formatRupiah(payment.amount), wibClock(payment.expires_at, locale));
  return html`<div class="clock"><p class="label" id="left-label">${words.left}</p>
<p class="left" role="timer" aria-labelledby="left-label" data-seconds="${seconds}">${minutesAndSeconds(seconds)}</p></div>
<p class="before">${before}</p>`;
}

function renderWallet({ payment, texts, walletOrigins }: Means): Html | undefined {
  const link = payment.deep_link && allowed(payment.deep_link, walletOrigins);
  return link
    ? html`<a class="button" id="wallet" href="${link}" rel="noreferrer">${texts.page.pay.open}</a>`
    : undefined;
}

function renderQr({ payment, pageToken, qrAlt, texts }: Means): Html | undefined {
  if (payment.qr_image === null) return undefined;
  // The reference makes the picture of another attempt another address.
  const source = `/pay/${pageToken}/qr.png?of=${payment.ref}`;
  return html`<figure><img src="${source}" width="240" height="240" alt="${qrAlt}">
<figcaption>${texts.page.pay.scan}</figcaption></figure>`;
}

// A link from a gateway is followed only to a wallet's app, to https, or to a known simulator.
function allowed(link: string, walletOrigins: readonly string[]): string | undefined {
  const url = URL.parse(link);
  if (url === null) return undefined;
  const known = ["gojek:", "gopay:", "https:"].includes(url.protocol);
  return known || walletOrigins.includes(url.origin) ? url.href : undefined;
}
