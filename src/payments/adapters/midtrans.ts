/** Midtrans as a gateway: GoPay by the Core API. */
import {
  createMidtransClient,
  type MidtransAnswer,
  type MidtransBody,
  type MidtransCredentials,
  readNotification,
  scrub,
} from "../../parties/midtrans.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import { toJsonRupiah } from "../../platform/money.ts";
import type { Exchange, PaymentGateway, PaymentReport } from "../gateway.ts";

// Codes after which nothing was charged and trying again as it is would fail again.
const refusedCodes = new Set(["400", "401", "402", "403", "405", "408", "410", "413"]);
const shortestExpirySeconds = 20;

/** Makes the gateway of one Midtrans merchant. */
export function createMidtransGateway(
  deps: { clock: Clock; fetch: Fetch },
  credentials: MidtransCredentials,
): PaymentGateway {
  const client = createMidtransClient(deps, credentials);

  return {
    name: "midtrans",
    async charge(attempt) {
      const leftMs = attempt.expiresAt.getTime() - deps.clock.now().getTime();
      const answer = await client.charge(
        {
          payment_type: "gopay",
          transaction_details: {
            order_id: attempt.ref,
            gross_amount: toJsonRupiah(attempt.amountIdr),
          },
          custom_expiry: {
            expiry_duration: Math.max(shortestExpirySeconds, Math.floor(leftMs / 1000)),
            unit: "second",
          },
          gopay: { enable_callback: true, callback_url: attempt.returnUrl },
        },
        attempt.sendBy,
      );
      const exchange = exchangeOf(answer);
      if (answer.kind !== "body") {
        return { outcome: answer.kind === "not_sent" ? "not_sent" : "lost", exchange };
      }
      const { status_code: code, transaction_id: gatewayRef } = answer.body;
      if (refusedCodes.has(code)) {
        return { outcome: "refused", why: `Midtrans ${code}`, exchange };
      }
      if (code !== "201" || gatewayRef === undefined) return { outcome: "lost", exchange };
      const url = (name: string) => answer.body.actions?.find((one) => one.name === name)?.url;
      const pictureUrl = url("generate-qr-code-v2") ?? url("generate-qr-code");
      // There is no call to fetch these again, so the picture is kept with the payment.
      const qrImage = pictureUrl === undefined ? undefined : await client.picture(pictureUrl);
      const deepLink = url("deeplink-redirect");
      return {
        outcome: "charged",
        gatewayRef,
        deepLink: deepLink ?? null,
        qrImage: qrImage ?? null,
        exchange,
      };
    },
    async inquire(attempt) {
      return reportOf(await client.status(attempt.ref), attempt, credentials);
    },
    async cancel(attempt) {
      const answer = await client.cancel(attempt.ref);
      // 412: it is no longer pending, so its status says what became of it.
      if (answer.kind === "body" && answer.body.status_code === "412") {
        return reportOf(await client.status(attempt.ref), attempt, credentials);
      }
      return reportOf(answer, attempt, credentials);
    },
    readWebhook(raw) {
      const notification = readNotification(raw, credentials.serverKey);
      if (notification?.order_id === undefined) return { outcome: "forged" };
      return {
        outcome: "hint",
        ref: notification.order_id,
        exchange: { status: null, body: scrub(raw.toString("utf8")) },
      };
    },
  };
}

function exchangeOf(answer: MidtransAnswer): Exchange {
  return answer.kind === "body"
    ? { status: answer.status, body: answer.raw }
    : { status: null, body: answer.why };
}

function reportOf(
  answer: MidtransAnswer,
  attempt: { ref: string; amountIdr: bigint },
  credentials: MidtransCredentials,
): PaymentReport {
  const exchange = exchangeOf(answer);
  if (answer.kind !== "body") return { status: "unknown", exchange };
  if (answer.body.status_code === "404") return { status: "not_found", exchange };
  const status = statusOf(answer.body);
  if (status === "partly_returned") return { status: "mismatch", why: status, exchange };
  if (status !== "paid") return { status, exchange };
  const why = mismatch(answer.body, attempt, credentials);
  return why === undefined
    ? { status, paidIdr: attempt.amountIdr, exchange }
    : { status: "mismatch", why, exchange };
}

function statusOf(body: MidtransBody) {
  const accepted = (body.fraud_status ?? "accept").toLowerCase() === "accept";
  switch (body.transaction_status?.toLowerCase()) {
    case "settlement":
      return "paid";
    case "capture":
      return accepted ? "paid" : "pending";
    case "pending":
    case "authorize":
      return "pending";
    case "expire":
      return "expired";
    case "deny":
    case "failure":
    // The money is with the payer again, so it pays for nothing.
    case "refund":
    case "chargeback":
      return "failed";
    case "partial_refund":
    case "partial_chargeback":
      return "partly_returned";
    case "cancel":
      return "cancelled";
    default:
      return "unknown";
  }
}

function mismatch(
  body: MidtransBody,
  attempt: { ref: string; amountIdr: bigint },
  credentials: MidtransCredentials,
): string | undefined {
  if (body.order_id !== attempt.ref) return `reference ${body.order_id}`;
  if (body.merchant_id !== undefined && body.merchant_id !== credentials.merchantId) {
    return `merchant ${body.merchant_id}`;
  }
  if (body.currency !== undefined && body.currency !== "IDR") return `currency ${body.currency}`;
  if (body.gross_amount !== `${attempt.amountIdr}.00`) return `amount ${body.gross_amount}`;
  return undefined;
}
