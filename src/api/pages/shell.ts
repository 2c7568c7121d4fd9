/** Shell: what every page has around it: headers that keep it private, language, style and script. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Locale, type Texts, textsFor } from "../../notifications/texts/texts.ts";
import { assetUrl } from "./assets.ts";
import { type Html, html } from "./html.ts";

// Without a script a page asks again by itself while something can still happen.
const refreshSeconds = 6;

/** The language a reader chose on the page, else the first of ours that the browser prefers. */
export function localeOf(request: FastifyRequest, chosen: unknown): Locale {
  if (chosen === "id" || chosen === "en") return chosen;
  const preferred = (request.headers["accept-language"] ?? "")
    .split(",")
    .map((range) => {
      const [tag = "", ...rest] = range.split(";");
      const weight = /^\s*q=([01](?:\.\d*)?)\s*$/.exec(rest.join(";"))?.[1] ?? "1";
      return { language: tag.trim().toLowerCase().split("-")[0], weight: Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .find(({ language }) => language === "id" || language === "en");
  return preferred?.language === "en" ? "en" : "id";
}

/** Whoever has the address may see the order, so nothing on the way may keep or pass it on. */
export function protect(reply: FastifyReply): FastifyReply {
  return reply
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .header(
      "content-security-policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
}

export interface Page {
  readonly locale: Locale;
  readonly title: string;
  readonly body: Html;
  /** What the script follows; absent when the page cannot change any more. */
  readonly live?: { readonly events: string; readonly marker: string; readonly shows: string };
}

/** Sends a whole page. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  const { locale, title, body, live } = page;
  const words = textsFor(locale).page;
  const again =
    live && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`;
  const main = live
    ? html`<main data-events="${live.events}" data-marker="${live.marker}" data-shows="${live.shows}">${body}</main>`
    : html`<main>${body}</main>`;
  const document = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${assetUrl("style.css")}">
<script src="${assetUrl("live.js")}" defer></script>
${again}
</head>
<body>
<header><p class="shop">${words.shop}</p>${languages(locale, words.language)}</header>
<p id="offline" class="offline" hidden>${words.offline}</p>
${main}
<p id="announcer" class="unseen" role="status"></p>
</body>
</html>
`;
  return protect(reply).type("text/html; charset=utf-8").send(document.markup);
}

function languages(locale: Locale, label: string): Html {
  const choice = (code: Locale, name: string) =>
    html`<a href="?lang=${code}" lang="${code}" hreflang="${code}"${code === locale ? html` aria-current="true"` : undefined}>${name}</a>`;
  return html`<nav aria-label="${label}">${choice("id", "Indonesia")}${choice("en", "English")}</nav>`;
}

/** The same for an address that never was and one whose 30 days are over. */
export function sendUnknown(reply: FastifyReply, locale: Locale, texts: Texts): FastifyReply {
  const { headline, next } = texts.page.unknown;
  const body = html`<section class="head"><h1 id="headline">${headline}</h1><p>${next}</p></section>`;
  return sendPage(reply.code(404), { locale, title: headline, body });
}
