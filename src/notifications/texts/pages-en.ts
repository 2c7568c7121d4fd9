/** Page texts: every sentence of the payment pages and the order page, in English. */
import type { pagesId } from "./pages-id.ts";

export const pagesEn: typeof pagesId = {
  shop: "Konter",
  title: (what, code) => `${what} · Order ${code}`,
  language: "Language",
  offline: "The connection is lost. What you see may not be the latest; we keep trying.",
  unknown: {
    headline: "There is no such page",
    next: "The address may be wrong, or 30 days have passed since the order was placed. Your orders are still in Discord: type /history.",
  },
  pay: {
    amount: "Total to pay",
    left: "Time left",
    before: (total, time) => `Pay ${total} before ${time}`,
    open: "Open GoPay",
    scan: "On a computer or another phone: scan this QR code with the GoPay app.",
    paid: "Paid already? Wait here, and do not pay twice.",
    returned:
      "If your payment in GoPay went through, wait a moment: we are making sure. Do not pay twice.",
    afterwards: "Once you have paid",
    confirm: "We ask GoPay to confirm the payment, which mostly takes less than a minute.",
    deliver: (item, gameAccount) => `${item} is bought and sent to ${gameAccount}.`,
    follow: "This page and the card in Discord change by themselves. You can close it.",
    order: "See the order's details",
  },
  standings: {
    blocked: {
      headline: "This order was refused",
      next: "The shop's safety check refused this order. No money was taken. Think that is a mistake? Send this order number to the shop's admin in Discord and ask for another look.",
    },
    awaiting_verification: {
      headline: "Waiting for your order PIN",
      next: "Enter your order PIN on the order's card in Discord within 5 minutes. Otherwise this order is cancelled by itself and no money is taken.",
    },
    preparing: {
      headline: "Preparing the payment",
      next: "The QR code is being made, mostly within seconds. This page changes by itself.",
    },
    payable: {
      headline: "Waiting for your payment",
      button: "Pay now",
    },
    closing: {
      headline: "The time to pay has passed",
      next: "Do not pay with that QR code any more. We are asking GoPay whether your money came in. If it did, this order goes on.",
    },
    lapsed: {
      headline: "The QR code has expired",
      next: (time) =>
        `Do not pay with that QR code any more. This order ends by itself at ${time}. Still want it? Start again with /topup in Discord.`,
    },
    short: {
      headline: "Less money came than was asked for",
      next: (came, asked) =>
        `${came} of ${asked} came. It is recorded with this order, and goes to your saldo if the order ends. Want to pay the rest from your saldo? Press the button on this order's card in Discord.`,
    },
    short_returned: {
      headline: "Your money is in your saldo",
      next: (came, asked) =>
        `${came} of ${asked} came, so this order does not go on. ${came} is in your saldo; see it with /saldo in Discord.`,
    },
    mismatched: { headline: "The money that came does not fit" },
    paid: {
      headline: "Payment received",
      next: "Your order is about to be bought from the supplier. Just wait; this page changes by itself.",
    },
    under_review: {
      headline: "Being checked by our staff",
      next: "Your payment has arrived and is recorded with this order. Our staff look at it first; if they refuse it, you get your money back. Just wait.",
    },
    fulfilling: {
      headline: "Your order is in progress",
      next: "Your payment has arrived and your order is being bought from the supplier. Just wait; this page changes by itself.",
    },
    doubtful: {
      headline: "Waiting for the supplier to be sure",
      next: "The supplier has not given a definite answer yet. We keep asking and never buy twice. If it turns out to have failed, your money returns to your saldo.",
    },
    delivered: {
      headline: "Delivered",
      next: (item, gameAccount) =>
        `The supplier confirmed that ${item} arrived at ${gameAccount}. Not in the game yet? Log out and in again. Still missing? Send this order number to the shop's admin in Discord.`,
    },
    taken_back: {
      headline: "Being made sure again",
      next: "The supplier had confirmed this order and then took that back. The shop's admin looks into it and will tell you. Keep this order number.",
    },
    refunding: {
      headline: "Your money is being returned",
      next: (total) => `${total} is on its way back to you. Just wait.`,
    },
    refunded: {
      headline: "Your money is back",
      next: (total) => `${total} is in your saldo. Use it any time; see it with /saldo in Discord.`,
      at_source: (method) => `The money went back to your ${method}.`,
    },
    expired: {
      headline: "The time to pay is over",
      next: "No money came. Paid all the same? It is not lost: this order goes on, or the money goes to your saldo. Still want it? Start again with /topup in Discord.",
    },
    cancelled: { headline: "Order cancelled" },
    not_opened: { headline: "The payment could not be opened" },
  },
  deposit: {
    title: (what, code) => `${what} · Deposit ${code}`,
    name: "Top up your saldo",
    number: "Deposit no.",
    amount: "Amount",
    came: "Money that came",
    qrAlt: (amount, code) => `GoPay QR code for ${amount}, deposit ${code}`,
    arrives: "The money goes to your saldo, as much as comes.",
    follow: "This page changes by itself. You can close it.",
    until: (date) =>
      `This page can be opened until ${date}. Do not pass on its address: whoever has it can see this deposit.`,
    standings: {
      preparing: {
        headline: "Preparing the payment",
        next: "The QR code for your deposit is being made, mostly within seconds. This page changes by itself.",
      },
      payable: {
        headline: "Waiting for your payment",
        next: "Pay with the GoPay app; the money goes to your saldo.",
      },
      closing: {
        headline: "The time to pay has passed",
        next: "Do not pay with that QR code any more. We are asking GoPay whether your money came in. If it did, it is in your saldo.",
      },
      lapsed: {
        headline: "The QR code has expired",
        next: (time) =>
          `Do not pay with that QR code any more. This deposit ends by itself at ${time}. Still want it? Make a new one.`,
      },
      mismatched: {
        headline: "The money that came does not fit",
        next: "The money that came does not fit this deposit. We are looking into it; keep this deposit number.",
      },
      paid: {
        headline: "Saldo topped up",
        next: (amount) => `${amount} is in your saldo. Use it any time.`,
      },
      expired: {
        headline: "The time to pay is over",
        next: "No money came. If you paid all the same, it still goes to your saldo. Still want it? Make a new one.",
      },
      cancelled: {
        headline: "Deposit cancelled",
        next: "No money came. If you paid all the same, it still goes to your saldo.",
      },
      not_opened: {
        headline: "The payment could not be opened",
        next: "A GoPay payment cannot be opened now. No money was taken; please try again later.",
      },
    },
  },
  facts: {
    heading: "Where it stands",
    names: {
      payment: "Payment",
      purchase: "Purchase",
      delivery: "Delivery",
      notice: "Notice to you",
    },
    payment: {
      none: "None",
      preparing: "Being prepared",
      waiting: "Waiting",
      held: "Saldo held",
      paid: "Received",
      not_paid: "No money came",
      short: "Too little",
      mismatched: "Does not fit, being checked",
      refunding: "Being returned",
      refunded: "Returned",
      unknown: "Not known yet",
    },
    purchase: {
      none: "None",
      waiting: "Waiting",
      sent: "Requested, not confirmed",
      unknown: "Not known yet",
      confirmed: "Confirmed by the supplier",
      reversed: "Taken back by the supplier",
      failed: "Failed",
    },
    delivery: {
      none: "None",
      waiting: "Waiting",
      delivered: "Delivered",
      unknown: "Not known yet",
    },
    notice: {
      sent: "You were told",
      behind: "The latest is to follow",
      not_sent: "Not told yet",
    },
  },
  details: {
    heading: "Details",
    copy: "Copy",
    copied: "Copied",
  },
  story: {
    heading: "The order's story",
    placed: "Order placed.",
    second: "A second payment went to your saldo.",
    short: (came, asked) => `${came} of ${asked} came.`,
    short_returned: "What had come short went to your saldo.",
    part_refunded: (amount) => `${amount} went back to your saldo.`,
    at_source: "Money back where it came from.",
    surplus: (amount) => `${amount} more than the price went to your saldo.`,
    states: {
      blocked: "Refused by the safety check; no money was taken.",
      awaiting_verification: "Order PIN requested.",
      awaiting_payment: "PIN accepted; payment opened.",
      paid: "Payment received.",
      under_review: "Handed to our staff to check.",
      fulfilling: "Purchase from the supplier begun.",
      delivered: "Confirmed by the supplier: delivered.",
      refunding: "Refund begun.",
      refunded: "Money returned.",
      expired: "Time to pay over.",
      cancelled: "Order cancelled.",
    },
  },
  foot: {
    close: "You can close this page; the card in Discord changes by itself.",
    zone: "All times are in WIB (UTC+7).",
    until: (date) =>
      `This page can be opened until ${date}. Do not pass on its address: whoever has it can see this order.`,
  },
};
