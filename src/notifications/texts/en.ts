/** Texts: every sentence a buyer reads, in English. */
import type { Texts } from "./id.ts";
import { pagesEn } from "./pages-en.ts";

export const en: Texts = {
  fields: {
    user_id: "User ID",
    player_id: "Player ID",
    character_id: "Character ID",
    uid: "UID",
    riot_id: "Riot ID",
    zone_id: "Zone ID",
    server: "Server",
  },
  price: {
    title: (icon, game) => `${icon} ${game} prices`,
    line: (name, price) => `• ${name}: ${price}`,
    soldOut: (name, price) => `• ~~${name}: ${price}~~ (sold out)`,
    unavailable: (name, price) => `• ~~${name}: ${price}~~ (not available now)`,
    empty: "There are no products for this game yet.",
    footer: (code) => `Buy with /topup game:${code}`,
  },
  check: {
    title: "🔍 Game account check",
    game: "Game",
    server: "Server",
    nickname: "Nickname",
    status: "Status",
    message: "Message",
    valid: "✅ Valid",
    invalid: "❌ Not valid",
    unavailable: "⚠️ Cannot be checked now",
    otherRegion: "❌ Another region",
    found: (nickname) => `Account found: ${nickname}`,
    notFound: (field, example) =>
      `There is no such account. Check the ${field} again, for example: ${example}`,
    cannotCheck: "The nickname check is down. That does not mean the ID is wrong; try again later.",
    wrongRegion: (country, sold) =>
      `This account is from the region ${country}; what is sold here only reaches accounts of the region ${sold}. Use one of the region ${sold}, or check the ID again.`,
    tooMany: (seconds) =>
      `This cannot be checked now: too many checks in a short time. Try again in ${seconds} s.`,
  },
  account: {
    modalTitle: (game) => `${game} account`,
    example: (example) => `Example: ${example}`,
    missing: (field, example) => `${field} is missing. Example: ${example}`,
    invalid: (field, example) => `${field} does not look right. Example: ${example}`,
    zoneIsNotRegion: (field, given, example) =>
      `${field} is a number, not "${given}". It stands in brackets in the game's profile, for example: ${example}`,
    zoneIsRegion: (field, given, region, example) =>
      `We read "${given}" as the region ${region}. Still needed is the ${field}: the number in brackets in the game's profile, for example: ${example}`,
    zoneContradicts: (field, pasted, given) =>
      `There are two ${field}s: ${pasted} within the ID and ${given} beside it. Write the right one only.`,
    serverContradicts: (server) =>
      `This UID belongs to the server ${server}. Leave the server empty or write ${server}.`,
    serverNotSold: (field, example) =>
      `This ${field} belongs to a server in China, which nothing sold here can reach. A ${field} that works, for example: ${example}`,
  },
  quote: {
    title: "Check your order",
    nickname: "Nickname",
    account: "Account",
    item: "Item",
    total: "Total",
    expires: (time) => `This price holds until ${time}.`,
    unchecked:
      "⚠️ The nickname cannot be checked now. If the account is wrong, somebody else gets the item and it cannot be taken back.",
    confirm: "The account is right, go on",
    payGopay: "Pay with GoPay",
    paySaldo: (saldo) => `Use saldo (${saldo})`,
    edit: "Change ID",
    drop: "Cancel",
    dropped: "Cancelled. No money was taken.",
    again: "Try again",
  },
  outcome: {
    quote_expired:
      "This price is more than 5 minutes old. Start again for a sure price; no money was taken.",
    quote_unknown: "This card is no longer valid. Start again with /topup.",
    unconfirmed: "Please confirm first that the account is right.",
    too_many_unpaid: "You have 3 unpaid orders. Pay or cancel one of them first (/history).",
    unavailable:
      "This item cannot be bought right now. No money was taken; try again later or choose another one.",
    sold_out: "This item has just sold out. No money was taken; try another one.",
    insufficient_saldo: (saldo, price) =>
      `Your saldo of ${saldo} is not enough for ${price}. Choose GoPay.`,
  },
  order: {
    number: "Order no.",
    item: "Item",
    account: "Account",
    total: "Total",
    method: "Method",
    methods: { gopay: "GoPay", saldo: "Saldo" },
    serial: "Serial number",
    preparing: "Preparing the payment…",
    preparingText: "The QR code is on its way. This card changes by itself.",
    lapsed: "⌛ The QR code has expired",
    lapsedText: (time) =>
      `Do not pay with it any more. This order ends by itself at ${time}. Still want it? Start again with /topup.`,
    pay: (method) => `Pay with ${method}`,
    payText: (time, relative) =>
      `Scan this QR code with the GoPay app, or open the payment page on your phone.\nPay before ${time} (${relative}).`,
    payTextNoQr: (time, relative) =>
      `Open the payment page on your phone.\nPay before ${time} (${relative}).`,
    qrAlt: (total, code) => `GoPay QR code for ${total}, order ${code}`,
    open: "Open payment page",
    page: "Order page",
    check: "Check status",
    cancel: "Cancel",
    processing: "Payment received",
    processingText: "The order is being bought and sent. This card changes by itself.",
    delivered: "✅ Delivered",
    buyAgain: "Buy again",
    deliveredText: (item, gameAccount) => `${item} arrived at ${gameAccount}. Thank you!`,
    refunded: "↩️ Money returned",
    refundedText: (total) => `${total} is in your saldo. Use it any time, see /saldo.`,
    refundedAtSource: (total, method) => `${total} went back to your ${method}.`,
    refundReasons: {
      account: "The supplier refused this account. Check the ID again.",
      supplier: "The supplier cannot send this item now.",
      late: "The money came after the order had ended.",
      decision: "The shop returned the money of this order.",
    },
    expired: "⌛ Time to pay is over",
    expiredText:
      "No money was taken. If you paid all the same, it is delivered while price and stock hold; otherwise the money goes to your saldo.",
    cancelled: "Order cancelled",
    cancelledText: "No money was taken. If you paid all the same, it goes to your saldo.",
    mismatched:
      "The money that came does not fit this order. We are looking into it and will tell you; keep this order number.",
    short: "⚠️ Less money came than was asked for",
    shortText: (came, total) =>
      `${came} of ${total} came. It is safe: pay the rest from your saldo, or take it back to your saldo, which ends this order.`,
    shortReturned: (came, total) => `${came} of ${total} came. It is in your saldo, see /saldo.`,
    payRest: "Pay the rest from saldo",
    takeBack: "Take it back",
    restTooLittle: (have, total) =>
      `Together with your saldo that is ${have} of ${total}. Fill your saldo and try again, or take it back.`,
    cannotOpen: "A GoPay payment cannot be opened now. No money was taken; try again later.",
    notYetCancelled:
      "GoPay has not answered, so the order cannot be cancelled yet. It ends by itself if nobody pays.",
    facts: {
      payment: "Payment",
      purchase: "Purchase from the supplier",
      delivery: "Delivery",
      waiting: "waiting",
      none: "–",
      sent: "sent to the supplier",
      failed: "failed",
      refunded: "returned",
      second: "a second payment went to saldo",
    },
  },
  deposit: {
    title: "Top up your saldo",
    number: "Deposit no.",
    amount: "Amount",
    came: "Money that came",
    added: "✅ Saldo topped up",
    addedText: (came) => `${came} is in your saldo. Use it with /topup.`,
    expired: "⌛ Time to pay is over",
    over: "No money came. If you paid all the same, it still goes to your saldo.",
    cancelled: "Deposit cancelled",
    again: "Top up again with /deposit.",
    qrAlt: (amount, code) => `GoPay QR code for ${amount}, deposit ${code}`,
    closing: "We are asking GoPay whether your money came. Do not pay with that QR code any more.",
    lapsed: (time) =>
      `Do not pay with that QR code any more. This deposit ends by itself at ${time}.`,
    mismatched:
      "The money that came does not fit this deposit. We are looking into it; keep this deposit number.",
    notAnAmount: (given) =>
      `"${given}" is no amount of rupiah. Write for example 50000, 50.000 or 50rb.`,
    outOfBounds: (least, most) => `At least ${least} and at most ${most} can be added at once.`,
    tooMany:
      "Three deposits are not paid yet. Pay or cancel one of them first, or wait: what nobody pays ends by itself.",
    page: "Deposit page",
    notYetCancelled:
      "GoPay has not answered, so the deposit cannot be cancelled yet. It ends by itself if nobody pays.",
  },
  help: {
    title: "🏪 How to buy here",
    text: "Top up games right in Discord; what you buy arrives seconds after you pay.",
    buy: "Buy",
    buyText:
      "/topup: choose game and item, enter the ID, check the nickname, then pay with GoPay or saldo.",
    look: "Look first",
    lookText: "/price for prices, /cek to see whose ID it is.",
    money: "Saldo",
    moneyText: "/deposit to add to it, /saldo to see it. Money that is returned goes there.",
    orders: "Orders",
    ordersText: "/history: where each order stands, and buttons to go on with it.",
    trouble: "Something wrong?",
    troubleText:
      "Paid and nothing arrived: press Check status, then wait. Money is never lost: the item arrives, or the money returns. Still in doubt? Send the order number to the shop's admin; never send a password or an OTP code.",
  },
  states: {
    blocked: "refused",
    awaiting_verification: "awaiting your PIN",
    awaiting_payment: "awaiting payment",
    paid: "paid",
    under_review: "under review",
    fulfilling: "in progress",
    delivered: "delivered",
    refunding: "being refunded",
    refunded: "refunded",
    expired: "expired",
    cancelled: "cancelled",
  },
  saldo: {
    title: "Saldo",
    text: (amount) => `Your saldo is **${amount}**.`,
    empty: "It fills when the money of an order is returned, and pays for new orders.",
    hint: "Choose *Use saldo* when you pay.",
  },
  history: {
    second: "A second payment for this order went to your saldo.",
    show: (code) => `See ${code}`,
    title: "Order history",
    empty: "No orders yet. Start with /topup.",
  },
  errors: {
    unknownGame: (given, known) => `There is no game "${given}". Choose one of: ${known}.`,
    unknownSku: (given, game, known) =>
      `There is no item "${given}" for ${game}. Choose one of: ${known}.`,
    unknownOrder: "That order is not yours. See /history.",
    stale: "This card is out of date. Start again with /topup or see /history.",
    fault: (code) =>
      `Something broke on our side and this request is not finished. See /history before you try again. Code: ${code}`,
  },
  page: pagesEn,
  validate: {
    valid: "The account is valid",
    notFound: "There is no such account",
    unavailable: "The check is down; try again later",
  },
  regions: {
    ID: "Indonesia",
    MY: "Malaysia",
    SG: "Singapore",
    BN: "Brunei",
    PH: "Philippines",
    TH: "Thailand",
    VN: "Vietnam",
    KH: "Cambodia",
    LA: "Laos",
    MM: "Myanmar",
    TL: "Timor-Leste",
    IN: "India",
    BR: "Brazil",
    TR: "Türkiye",
    RU: "Russia",
    US: "United States",
  },
};
