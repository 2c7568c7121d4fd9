/** Standing: where an order stands for whoever looks at its page now, and what the page says of it. */
import { formatGameAccount } from "../../game-accounts/parse.ts";
import type { Locale, Texts } from "../../notifications/texts/texts.ts";
import { factsOf, isBackAtSource, refundReason } from "../../orders/facts.ts";
import { isMismatched, type OrderView } from "../../orders/find.ts";
import { nextStates } from "../../orders/order.ts";
import { unpaidStanding } from "../../payments/standing.ts";
import { formatRupiah } from "../../platform/money.ts";
import { plain } from "../../platform/plain-text.ts";
import { type Html, html } from "./html.ts";
import { wibClock } from "./time.ts";

export type Standing = keyof Texts["page"]["standings"];

/** Pure: `now` tells a QR that can be paid from one whose time has passed. */
export function standingOf(view: OrderView, now: Date): Standing {
  const { order } = view;
  switch (order.state) {
    case "awaiting_payment":
      return factsOf(view).payment.state === "short" ? "short" : unpaidStanding(view.payment, now);
    case "fulfilling":
      return view.purchase?.state === "open" && view.purchase.doubt !== null
        ? "doubtful"
        : "fulfilling";
    case "expired":
      return oddMoney(view) ?? "expired";
    case "cancelled": {
      const odd = oddMoney(view);
      if (odd !== undefined) return odd;
      return view.events.some(({ reason }) => reason.startsWith("payment could not be opened"))
        ? "not_opened"
        : "cancelled";
    }
    case "delivered":
      return factsOf(view).purchase.state === "reversed" ? "taken_back" : "delivered";
    case "blocked":
    case "awaiting_verification":
    case "paid":
    case "under_review":
    case "refunding":
    case "refunded":
      return order.state;
    default:
      return order.state satisfies never;
  }
}

/** Money came that does not pay the order: "no money was taken" would be false. */
function oddMoney(view: OrderView): "short" | "short_returned" | "mismatched" | undefined {
  switch (factsOf(view).payment.state) {
    case "short":
      return "short";
    case "refunded":
      return "short_returned";
    default:
      return isMismatched(view) ? "mismatched" : undefined;
  }
}

/** True while the payment page has something to say that the order page has not. */
export const wantsPayment = (standing: Standing) =>
  standing === "preparing" || standing === "payable" || standing === "closing";

/** True while an order's page can still change. */
export const mayChange = ({ order }: OrderView) => nextStates[order.state].length > 0;

/** The sentence below the headline: what happens next, and what the buyer can do. */
export function nextWords(view: OrderView, standing: Standing, texts: Texts, locale: Locale) {
  const { order, payment } = view;
  const words = texts.page.standings;
  const total = formatRupiah(order.price);
  const why = texts.order.refundReasons[refundReason(view)];
  switch (standing) {
    case "payable":
      return texts.page.pay.before(total, wibClock(payment?.expires_at ?? order.pay_by, locale));
    case "lapsed":
      return words.lapsed.next(wibClock(order.reserved_until, locale));
    case "mismatched":
      return texts.order.mismatched;
    case "short":
    case "short_returned": {
      const came = formatRupiah(payment?.paid_amount ?? 0n);
      return words[standing].next(came, formatRupiah(payment?.amount ?? order.price));
    }
    case "delivered":
      return words.delivered.next(itemOf(view), gameAccountOf(view));
    case "refunding":
      return `${why} ${words.refunding.next(formatRupiah(order.paid - order.refunded))}`;
    case "refunded": {
      const where = isBackAtSource(view)
        ? words.refunded.at_source(texts.order.methods[order.method])
        : words.refunded.next(formatRupiah(order.refunded));
      return `${why} ${where}`;
    }
    case "cancelled":
      return texts.order.cancelledText;
    case "not_opened":
      return texts.order.cannotOpen;
    case "blocked":
    case "awaiting_verification":
    case "preparing":
    case "closing":
    case "paid":
    case "under_review":
    case "fulfilling":
    case "doubtful":
    case "taken_back":
    case "expired":
      return words[standing].next;
    default:
      return standing satisfies never;
  }
}

export const itemOf = ({ gameName, skuName }: OrderView) => `${gameName} ${skuName}`;

export const gameAccountOf = ({ order }: OrderView) =>
  plain(formatGameAccount({ playerId: order.player_id, zoneId: order.zone_id }));

/** Whose game account that is, when the game said so. */
export function nicknameOf({ order }: OrderView): Html | undefined {
  const nickname = plain(order.nickname ?? "").trim();
  return nickname === "" ? undefined : html`<bdi class="nickname">${nickname}</bdi> `;
}
