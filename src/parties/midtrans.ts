/**
 * Midtrans wire client: URLs, authentication, signature, scrubbing. It knows what Midtrans says, not
 * what it means for an order (contracts: payments.md §1).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../platform/clock.ts";
import { callParty, type Fetch, type PartyAnswer, parseJson } from "../platform/http.ts";

export interface MidtransCredentials {
  readonly baseUrl: string;
  readonly serverKey: string;
  readonly merchantId: string;
}

const chargeTimeoutMs = 15_000;
const statusTimeoutMs = 10_000;

// Parsed loosely: unknown fields appear over time, and codes come as strings and numbers.
const body = z.looseObject({
  status_code: z.coerce.string(),
  status_message: z.string().optional(),
  transaction_id: z.string().optional(),
  order_id: z.string().optional(),
  merchant_id: z.string().optional(),
  gross_amount: z.string().optional(),
  currency: z.string().optional(),
  payment_type: z.string().optional(),
  transaction_status: z.string().optional(),
  fraud_status: z.string().optional(),
  signature_key: z.string().optional(),
  actions: z.array(z.looseObject({ name: z.string(), url: z.string() })).optional(),
});

/** A transaction as Midtrans describes it in answers and notifications alike. */
export type MidtransBody = z.infer<typeof body>;

export type MidtransAnswer =
  | {
      readonly kind: "body";
      readonly status: number;
      readonly body: MidtransBody;
      readonly raw: string;
    }
  | { readonly kind: "not_sent" | "unknown"; readonly why: string };

export interface MidtransCharge {
  readonly payment_type: "gopay";
  readonly transaction_details: { readonly order_id: string; readonly gross_amount: number };
  readonly custom_expiry: { readonly expiry_duration: number; readonly unit: "second" };
  readonly gopay: { readonly enable_callback: true; readonly callback_url: string };
}

/** `Authorization` for a server key: Basic with an empty password. */
export function basicAuth(serverKey: string): string {
  return `Basic ${Buffer.from(`${serverKey}:`).toString("base64")}`;
}

/** The signature of a notification, over the strings exactly as received. */
export function notificationSignature(
  notification: { order_id: string; status_code: string; gross_amount: string },
  serverKey: string,
): string {
  const { order_id, status_code, gross_amount } = notification;
  return createHash("sha512")
    .update(order_id + status_code + gross_amount + serverKey)
    .digest("hex");
}

/** Reads a notification from its raw bytes; undefined when it is not authentic. */
export function readNotification(raw: Buffer, serverKey: string): MidtransBody | undefined {
  const parsed = body.safeParse(parseJson(raw));
  if (!parsed.success) return undefined;
  const { order_id, status_code, gross_amount, signature_key } = parsed.data;
  if (order_id === undefined || gross_amount === undefined || signature_key === undefined) {
    return undefined;
  }
  const expected = notificationSignature({ order_id, status_code, gross_amount }, serverKey);
  const presented = Buffer.from(signature_key);
  const authentic =
    presented.length === expected.length && timingSafeEqual(presented, Buffer.from(expected));
  return authentic ? parsed.data : undefined;
}

export interface MidtransClient {
  charge(charge: MidtransCharge, sendBy: Date): Promise<MidtransAnswer>;
  status(orderId: string): Promise<MidtransAnswer>;
  cancel(orderId: string): Promise<MidtransAnswer>;
  /** The QR picture of a charge, or undefined when it cannot be had. */
  picture(url: string): Promise<Buffer | undefined>;
}

/** Makes the client of one merchant. */
export function createMidtransClient(
  deps: { clock: Clock; fetch: Fetch },
  credentials: MidtransCredentials,
): MidtransClient {
  const authorization = basicAuth(credentials.serverKey);
  const headers = {
    authorization,
    accept: "application/json",
    "content-type": "application/json",
  };
  const transaction = (id: string, verb: string) =>
    `${credentials.baseUrl}/v2/${encodeURIComponent(id)}/${verb}`;

  return {
    async charge(charge, sendBy) {
      const answer = await callParty(deps, {
        method: "POST",
        url: `${credentials.baseUrl}/v2/charge`,
        headers,
        body: JSON.stringify(charge),
        timeoutMs: chargeTimeoutMs,
        sendBy,
      });
      return read(answer);
    },
    async status(orderId) {
      const url = transaction(orderId, "status");
      return read(
        await callParty(deps, { method: "GET", url, headers, timeoutMs: statusTimeoutMs }),
      );
    },
    async cancel(orderId) {
      const url = transaction(orderId, "cancel");
      return read(
        await callParty(deps, { method: "POST", url, headers, timeoutMs: statusTimeoutMs }),
      );
    },
    async picture(url) {
      // Whether the picture needs the key is not documented: plainly first, then with it, but the
      // key goes to Midtrans alone, wherever an answer points.
      const own = URL.parse(url)?.origin === new URL(credentials.baseUrl).origin;
      for (const withKey of own ? [{}, { authorization }] : [{}]) {
        const answer = await callParty(deps, {
          method: "GET",
          url,
          headers: withKey,
          timeoutMs: statusTimeoutMs,
        });
        if (answer.kind === "answer" && answer.status === 200 && isPng(answer.body)) {
          return answer.body;
        }
      }
      return undefined;
    },
  };
}

// The code in the body speaks; the HTTP status is only the envelope. No body, no answer.
function read(answer: PartyAnswer): MidtransAnswer {
  if (answer.kind !== "answer") return answer;
  const parsed = body.safeParse(parseJson(answer.body));
  if (!parsed.success) return { kind: "unknown", why: `HTTP ${answer.status} without a JSON body` };
  return {
    kind: "body",
    status: answer.status,
    body: parsed.data,
    raw: scrub(answer.body.toString("utf8")),
  };
}

/** An exchange without what could be used again: the signature of a notification. */
export function scrub(raw: string): string {
  return raw.replace(/("signature_key"\s*:\s*")[^"]*/g, "$1…");
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
}
