/** Midtrans as a gateway: GoPay by the Core API. */
import {
  createMidtransClient,
  type MidtransAnswer,
  type MidtransBody,
  type MidtransCredentials,
  readNotification,
  readRupiah,
  scrub,
} from "../../parties/midtrans.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import { toJsonRupiah } from "../../platform/money.ts";
import type {
  ChargeAttempt,
  Exchange,
  PaymentGateway,
  PaymentReport,
  RefundReport,
  RefundRequest,
} from "../gateway.ts";
import { chargeCodes, paymentWords, refundCodes } from "./midtrans-codes.ts";

const shortestExpirySeconds = 20;
// The payment is not what the refund takes it for: its status says why.
const moved = new Set(["412", "414"]);

/** Makes the gateway of one Midtrans merchant. */
export function createMidtransGateway(
  deps: { clock: Clock; fetch: Fetch },
  credentials: MidtransCredentials,
): PaymentGateway {
  const client = createMidtransClient(deps, credentials);
  const { merchantId } = credentials;

  const inquireRefund = async (request: RefundRequest): Promise<RefundReport> =>
    refundInStatus(await client.status(request.paymentRef, request.sendBy), request, merchantId);

  return {
    name: "midtrans",
    async charge(attempt) {
      const answer = await client.charge(chargeOf(attempt, deps.clock.now()), attempt.sendBy);
      const exchange = exchangeOf(answer);
      if (answer.kind !== "body") {
        return { outcome: answer.kind === "not_sent" ? "not_sent" : "lost", exchange };
      }
      const { status_code: code, transaction_id: gatewayRef } = answer.body;
      const outcome = chargeCodes.get(code) ?? "lost";
      if (outcome === "refused") return { outcome, why: `Midtrans ${code}`, exchange };
      if (outcome !== "charged") return { outcome, exchange };
      if (gatewayRef === undefined) return { outcome: "lost", exchange };
      const url = (name: string) => answer.body.actions?.find((one) => one.name === name)?.url;
      const pictureUrl = url("generate-qr-code-v2") ?? url("generate-qr-code");
      // There is no call to fetch these again, so the picture is kept with the payment.
      const qrImage = pictureUrl === undefined ? undefined : await client.picture(pictureUrl);
      const deepLink = url("deeplink-redirect");
      return {
        outcome,
        gatewayRef,
        deepLink: deepLink ?? null,
        qrImage: qrImage ?? null,
        exchange,
      };
    },
    async inquire(inquiry) {
      return reportOf(await client.status(inquiry.ref, inquiry.sendBy), inquiry.ref, merchantId);
    },
    async cancel(inquiry) {
      const { ref, sendBy } = inquiry;
      const answer = await client.cancel(ref, sendBy);
      // 412: it is no longer pending, so its status says what became of it.
      const ended = answer.kind === "body" && answer.body.status_code === "412";
      return reportOf(ended ? await client.status(ref, sendBy) : answer, ref, merchantId);
    },
    async refund(request) {
      const { ref, paymentRef, amountIdr, reason, sendBy } = request;
      const refund = { refund_key: ref, amount: toJsonRupiah(amountIdr), reason };
      const answer = await client.refund(paymentRef, refund, sendBy);
      const exchange = exchangeOf(answer);
      if (answer.kind !== "body") return { status: answer.kind, exchange };
      const { status_code: code } = answer.body;
      switch (refundCodes.get(code)) {
        case "accepted": {
          // The wallet confirms later. An answer about another refund says nothing about this one.
          const ours = answer.body.refund_key === ref && answer.body.order_id === paymentRef;
          return { status: ours ? "pending" : "unknown", exchange };
        }
        case "failed": {
          // It may be refused because an earlier call, whose answer was lost, has done it.
          const found = moved.has(code) ? await inquireRefund(request) : undefined;
          return found === undefined || found.status === "not_found"
            ? { status: "failed", why: `Midtrans ${code}`, exchange }
            : found;
        }
        case "not_sent":
          return { status: "not_sent", exchange };
        default:
          return { status: "unknown", exchange };
      }
    },
    inquireRefund,
    readWebhook(raw) {
      const notification = readNotification(raw, credentials.serverKey);
      if (notification?.order_id === undefined) return { outcome: "forged" };
      return {
        outcome: "hint",
        ref: notification.order_id,
        amountIdr: readRupiah(notification.gross_amount),
        exchange: { status: null, body: scrub(raw.toString("utf8")) },
      };
    },
  };
}

function chargeOf(attempt: ChargeAttempt, now: Date) {
  const leftSeconds = Math.floor((attempt.expiresAt.getTime() - now.getTime()) / 1000);
  return {
    payment_type: "gopay",
    transaction_details: {
      order_id: attempt.ref,
      gross_amount: toJsonRupiah(attempt.amountIdr),
    },
    custom_expiry: {
      expiry_duration: Math.max(shortestExpirySeconds, leftSeconds),
      unit: "second",
    },
    gopay: { enable_callback: true, callback_url: attempt.returnUrl },
  } as const;
}

function exchangeOf(answer: MidtransAnswer): Exchange {
  return answer.kind === "body"
    ? { status: answer.status, body: answer.raw }
    : { status: null, body: answer.why };
}

function reportOf(answer: MidtransAnswer, ref: string, merchantId: string): PaymentReport {
  const exchange = exchangeOf(answer);
  if (answer.kind !== "body") return { status: "unknown", exchange };
  const { body } = answer;
  if (body.status_code === "404") return { status: "not_found", exchange };
  const meaning = meaningOf(body);
  const stranger = strangerIn(body, ref, merchantId);
  if (meaning !== "paid" && meaning !== "returned" && meaning !== "partly_returned") {
    // An answer about another payment says nothing about this one.
    return { status: stranger === undefined ? meaning : "unknown", exchange };
  }
  const paidIdr = readRupiah(body.gross_amount);
  const back =
    meaning === "returned" ? (body.refund_amount ?? body.gross_amount) : body.refund_amount;
  const returnedIdr = meaning === "paid" ? 0n : readRupiah(back);
  const mismatch = (why: string) => ({ status: "mismatch", why, exchange }) as const;
  if (stranger !== undefined) return mismatch(stranger);
  if (body.order_id === undefined) return mismatch("no reference");
  if (paidIdr === null || paidIdr === 0n) return mismatch(`amount ${body.gross_amount}`);
  if (returnedIdr === null) return mismatch(`returned ${back}`);
  return meaning === "paid"
    ? { status: meaning, paidIdr, exchange }
    : { status: "returned", paidIdr, returnedIdr, exchange };
}

function meaningOf(body: MidtransBody) {
  const word = body.transaction_status?.toLowerCase() ?? "";
  const meaning = paymentWords.get(word) ?? "unknown";
  if (meaning === "captured") {
    const accepted = (body.fraud_status ?? "accept").toLowerCase() === "accept";
    return accepted ? "paid" : "pending";
  }
  // Its code alone says that a payment has expired, and is no error.
  return word === "" && body.status_code === "407" ? "expired" : meaning;
}

/** What in an answer is not of our merchant, our reference or our currency. */
function strangerIn(body: MidtransBody, ref: string, merchantId: string): string | undefined {
  if (body.order_id !== undefined && body.order_id !== ref) return `reference ${body.order_id}`;
  if (body.merchant_id !== undefined && body.merchant_id !== merchantId) {
    return `merchant ${body.merchant_id}`;
  }
  if (body.currency !== undefined && body.currency !== "IDR") return `currency ${body.currency}`;
  return undefined;
}

function refundInStatus(
  answer: MidtransAnswer,
  request: RefundRequest,
  merchantId: string,
): RefundReport {
  const exchange = exchangeOf(answer);
  const report = reportOf(answer, request.paymentRef, merchantId);
  if (answer.kind !== "body" || (report.status !== "paid" && report.status !== "returned")) {
    return { status: "unknown", exchange };
  }
  const refund = answer.body.refunds?.find((one) => one.refund_key === request.ref);
  if (refund === undefined) {
    // Something went back and nobody says what: ours may be in it.
    const untold = report.status === "returned" && answer.body.refunds === undefined;
    return { status: untold ? "unknown" : "not_found", exchange };
  }
  if (readRupiah(refund.refund_amount) !== request.amountIdr)
    return { status: "unknown", exchange };
  return { status: refund.bank_confirmed_at ? "refunded" : "pending", exchange };
}
