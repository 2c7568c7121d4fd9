/** Pay page: `/pay/<token>`, what a buyer pays and where the order stands, server-rendered. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formatGameAccount } from "../game-accounts/parse.ts";
import { type Locale, type Texts, textsFor } from "../notifications/texts/texts.ts";
import { isMismatched, type OrderView, viewOrderByToken } from "../orders/find.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { payPageStyle } from "./pay-page-style.ts";

// While something can still happen the page asks again by itself; it needs no script for that.
const refreshSeconds = 4;
const settled: ReadonlySet<string> = new Set(["delivered", "refunded", "expired", "cancelled"]);

/** Registers the page and its QR picture. `walletOrigins` are where the wallet link may lead. */
export function registerPayPage(
  app: FastifyInstance,
  deps: { db: Db; clock: Clock; walletOrigins: string[] },
) {
  const { db, clock } = deps;

  app.get<{ Params: { token: string } }>("/pay/:token", async (request, reply) => {
    const locale = localeOf(request);
    const texts = textsFor(locale);
    protect(reply);
    try {
      const view = await viewOrderByToken(db, {
        pageToken: request.params.token,
        now: clock.now(),
      });
      return reply.send(renderPage(view, locale, texts, deps.walletOrigins));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const body = `<main><h1>Konter</h1><p>${html(texts.page.unknown)}</p></main>`;
      return reply.code(404).send(page(locale, "Konter", body, false));
    }
  });

  app.get<{ Params: { token: string } }>("/pay/:token/qr.png", async (request, reply) => {
    const view = await viewOrderByToken(db, { pageToken: request.params.token, now: clock.now() });
    const { payment } = view;
    if (!isPayable(view) || !payment?.qr_image) throw new Refusal("page.unknown");
    protect(reply);
    return reply.type("image/png").send(payment.qr_image);
  });
}

function localeOf(request: FastifyRequest): Locale {
  return /^\s*en\b/i.test(request.headers["accept-language"] ?? "") ? "en" : "id";
}

// Whoever has the address may see the order, so nothing on the way may keep or pass it on.
function protect(reply: FastifyReply): void {
  reply
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .header(
      "content-security-policy",
      "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'",
    );
}

function renderPage(view: OrderView, locale: Locale, texts: Texts, walletOrigins: string[]) {
  const { order, purchase } = view;
  const title = texts.page.title(order.code);
  const gameAccount = formatGameAccount({ playerId: order.player_id, zoneId: order.zone_id });
  const rows: [string, string][] = [
    [texts.page.state, texts.states[order.state]],
    [texts.order.item, `${view.gameName} ${view.skuName}`],
    [
      texts.order.account,
      order.nickname === null ? gameAccount : `${order.nickname} · ${gameAccount}`,
    ],
    [texts.order.total, formatRupiah(order.price)],
    [texts.order.method, texts.order.methods[order.method]],
  ];
  if (purchase?.serial_number) rows.push([texts.order.serial, purchase.serial_number]);
  const { headline, detail } = standing(view, texts);
  const list = rows
    .map(([name, value]) => `<div><dt>${html(name)}</dt><dd>${html(value)}</dd></div>`)
    .join("");
  const body = `<main>
<h1>${html(title)}</h1>
<p class="state ${order.state}" role="status">${html(headline)}</p>
${detail ? `<p>${html(detail)}</p>` : ""}
${isPayable(view) ? renderPayment(view, texts, locale, walletOrigins) : ""}
<dl>${list}</dl>
${settled.has(order.state) ? "" : `<p class="hint">${html(texts.page.back)}</p>`}
</main>`;
  return page(locale, title, body, !settled.has(order.state));
}

function isPayable({ order, payment }: OrderView): boolean {
  return order.state === "awaiting_payment" && payment?.state === "pending";
}

/** Where the order stands, in a few words and, where they leave a question open, a sentence. */
function standing(view: OrderView, { order: words }: Texts): { headline: string; detail?: string } {
  const { order, payment } = view;
  const ended = order.state === "expired" || order.state === "cancelled";
  if (payment?.state === "short" && (ended || order.state === "awaiting_payment")) {
    const came = formatRupiah(payment.paid_amount ?? 0n);
    return {
      headline: ended ? words[order.state] : words.short,
      detail: words.shortText(came, formatRupiah(payment.amount)),
    };
  }
  switch (order.state) {
    case "awaiting_payment":
      if (payment?.state === "pending") return { headline: words.pay(words.methods[order.method]) };
      return { headline: payment?.gateway_ref ? words.lapsed : words.preparing };
    case "delivered":
      return { headline: words.delivered };
    case "refunded":
      return { headline: words.refunded, detail: words.refundedText(formatRupiah(order.price)) };
    case "expired":
      return {
        headline: words.expired,
        detail: isMismatched(view) ? words.mismatched : words.expiredText,
      };
    case "cancelled":
      return { headline: words.cancelled, detail: words.cancelledText };
    case "blocked":
      return { headline: words.blocked, detail: words.blockedText(order.code) };
    case "awaiting_verification":
      return { headline: words.verification, detail: words.verificationText };
    case "under_review":
      return { headline: words.review, detail: words.reviewText };
    case "paid":
    case "fulfilling":
    case "refunding":
      return { headline: words.processing };
    default:
      return order.state satisfies never;
  }
}

function renderPayment(view: OrderView, texts: Texts, locale: Locale, walletOrigins: string[]) {
  const { payment, order } = view;
  if (payment === undefined) return "";
  const total = formatRupiah(order.price);
  const clock = payment.expires_at.toLocaleTimeString(locale === "id" ? "id-ID" : "en-GB", {
    timeZone: "Asia/Jakarta",
    hour: "2-digit",
    minute: "2-digit",
  });
  const how = payment.qr_image ? texts.page.payText : texts.page.payTextNoQr;
  const before = texts.page.payBefore(total, `${clock}\u00a0WIB`);
  const link = payment.deep_link && allowed(payment.deep_link, walletOrigins);
  const button = link
    ? `<a class="wallet" href="${html(link)}" rel="noreferrer">${html(texts.page.openWallet)}</a>`
    : "";
  const picture = payment.qr_image
    ? `<img src="/pay/${order.page_token}/qr.png" width="280" height="280" alt="${html(texts.order.qrAlt(total, order.code))}">`
    : "";
  return `<section>${picture}<p><strong>${html(before)}</strong></p><p>${html(how)}</p>${button}</section>`;
}

// A link from a gateway is followed only to a wallet's app, to https, or to a known simulator.
function allowed(link: string, walletOrigins: string[]): string | undefined {
  const url = URL.parse(link);
  if (url === null) return undefined;
  const known = ["gojek:", "gopay:", "https:"].includes(url.protocol);
  return known || walletOrigins.includes(url.origin) ? url.href : undefined;
}

function page(locale: Locale, title: string, body: string, refresh: boolean): string {
  const again = refresh ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : "";
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">${again}
<title>${html(title)}</title><style>${payPageStyle}</style></head>
<body>${body}</body></html>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
