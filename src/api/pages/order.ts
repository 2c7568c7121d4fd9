/** Order page: `/order/<token>`, where an order stands, by its facts, details and story. Pure. */
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import type { NoticeFact, PaymentFact, PurchaseFact } from "../../orders/facts.ts";
import { type DeliveryFact, type Fact, factsOf } from "../../orders/facts.ts";
import type { OrderView } from "../../orders/find.ts";
import { backAtSourceReason, type Note, readNote } from "../../orders/notes.ts";
import { pageLifeMs } from "../../orders/order.ts";
import { formatRupiah } from "../../platform/money.ts";
import { plain } from "../../platform/plain-text.ts";
import { type Html, html } from "./html.ts";
import { icon, type Mark } from "./icons.ts";
import { gameAccountOf, itemOf, nextWords, nicknameOf, type Standing } from "./standing.ts";
import { wibDay, wibMoment } from "./time.ts";

export interface OrderPage {
  readonly view: OrderView;
  readonly standing: Standing;
  readonly texts: Texts;
  readonly locale: Locale;
}

const longestSerial = 200;

const marks: Readonly<Record<Standing, Mark>> = {
  blocked: "bad",
  awaiting_verification: "wait",
  preparing: "wait",
  payable: "wait",
  closing: "wait",
  lapsed: "none",
  short: "bad",
  short_returned: "back",
  mismatched: "bad",
  paid: "wait",
  under_review: "wait",
  fulfilling: "wait",
  doubtful: "unknown",
  delivered: "done",
  taken_back: "unknown",
  refunding: "back",
  refunded: "back",
  expired: "none",
  cancelled: "none",
  not_opened: "bad",
};

export const orderHeadline = ({ texts, standing }: OrderPage) =>
  texts.page.standings[standing].headline;

export function renderOrderPage(page: OrderPage): Html {
  const { view, standing, texts, locale } = page;
  const { order } = view;
  const mark = marks[standing];
  const words = texts.page;
  const pay =
    standing === "payable"
      ? html`<a class="button" id="pay" href="/pay/${order.page_token}?lang=${locale}">${words.standings.payable.button}</a>`
      : undefined;
  const until = wibDay(new Date(order.placed_at.getTime() + pageLifeMs), locale);
  const close =
    mark === "wait" && standing !== "payable" ? html`<p>${words.foot.close}</p>` : undefined;
  return html`<section class="head ${mark}">${icon(mark)}<h1 id="headline" tabindex="-1">${orderHeadline(page)}</h1>
<p>${nextWords(view, standing, texts, locale)}</p>${pay}</section>
${renderFacts(page)}${renderDetails(page)}${renderStory(page)}
<footer>${close}<p>${words.foot.until(until)}</p><p>${words.foot.zone}</p></footer>`;
}

const factMarks = {
  payment: {
    none: "none",
    preparing: "wait",
    waiting: "wait",
    held: "wait",
    paid: "done",
    not_paid: "none",
    short: "bad",
    mismatched: "bad",
    refunding: "back",
    refunded: "back",
    unknown: "unknown",
  } satisfies Record<PaymentFact, Mark>,
  purchase: {
    none: "none",
    waiting: "wait",
    sent: "wait",
    unknown: "unknown",
    confirmed: "done",
    reversed: "bad",
    failed: "bad",
  } satisfies Record<PurchaseFact, Mark>,
  delivery: {
    none: "none",
    waiting: "wait",
    delivered: "done",
    unknown: "unknown",
  } satisfies Record<DeliveryFact, Mark>,
  notice: {
    sent: "done",
    behind: "wait",
    not_sent: "none",
  } satisfies Record<NoticeFact, Mark>,
};

function renderFacts({ view, texts, locale }: OrderPage): Html {
  const words = texts.page.facts;
  const { payment, purchase, delivery, notice } = factsOf(view);
  const fact = (name: string, { at }: Fact<string>, said: string, mark: Mark) => {
    const time = at && html` <time datetime="${at.toISOString()}">${wibMoment(at, locale)}</time>`;
    return html`<div class="${mark}"><dt>${name}</dt><dd>${icon(mark)}<span>${said}${time ?? undefined}</span></dd></div>`;
  };
  return html`<section><h2>${words.heading}</h2><dl class="facts">
${fact(words.names.payment, payment, words.payment[payment.state], factMarks.payment[payment.state])}
${fact(words.names.purchase, purchase, words.purchase[purchase.state], factMarks.purchase[purchase.state])}
${fact(words.names.delivery, delivery, words.delivery[delivery.state], factMarks.delivery[delivery.state])}
${fact(words.names.notice, notice, words.notice[notice.state], factMarks.notice[notice.state])}
</dl></section>`;
}

function renderDetails({ view, texts }: OrderPage): Html {
  const { order } = view;
  const row = (name: string, value: Html | string) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<section><h2>${texts.page.details.heading}</h2><dl class="details">
${row(texts.order.number, html`<span class="code">${order.code}</span>`)}
${row(texts.order.item, itemOf(view))}
${row(texts.order.account, html`${nicknameOf(view)}<bdi>${gameAccountOf(view)}</bdi>`)}
${row(texts.order.total, formatRupiah(order.price))}
${row(texts.order.method, texts.order.methods[order.method])}
${renderSerial(view, texts)}
</dl></section>`;
}

function renderSerial({ order, purchase }: OrderView, texts: Texts): Html | undefined {
  if (order.state !== "delivered" || !purchase?.serial_number) return undefined;
  const serial = plain(purchase.serial_number, longestSerial);
  const { copy, copied } = texts.page.details;
  return html`<div class="serial"><dt>${texts.order.serial}</dt><dd><code id="serial">${serial}</code>
<button type="button" id="copy" data-copy="serial" data-copied="${copied}">${copy}<span class="unseen"> ${texts.order.serial}</span></button></dd></div>`;
}

function renderStory({ view, texts, locale }: OrderPage): Html {
  const words = texts.page.story;
  const line = (at: Date, said: string) =>
    html`<li><time datetime="${at.toISOString()}">${wibMoment(at, locale)}</time><span>${said}</span></li>`;
  const lines = view.events.flatMap((event, index) => {
    const said: string[] = index === 0 ? [words.placed] : [];
    const note = readNote(event.reason);
    const moved = event.state !== view.events[index - 1]?.state;
    if (note !== undefined) said.push(noteWords(note, texts));
    // The first line says so already; what changed no state is the shop's own note.
    else if (event.reason === backAtSourceReason) said.push(words.at_source);
    else if (moved && (index > 0 || event.state !== "awaiting_payment")) {
      said.push(words.states[event.state]);
    }
    return said.map((sentence) => line(event.at, sentence));
  });
  return html`<section><h2>${words.heading}</h2><ol class="story">${lines}</ol></section>`;
}

function noteWords(note: Note, { page: { story } }: Texts): string {
  switch (note.note) {
    case "second_payment":
      return story.second;
    case "short":
      return story.short(note.came, note.asked);
    case "short_returned":
      return story.short_returned;
    case "surplus":
    case "part_refunded":
      return story[note.note](note.amount);
    default:
      return note satisfies never;
  }
}
