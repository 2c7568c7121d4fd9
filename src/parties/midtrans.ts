/**
 * Midtrans wire client: URLs, authentication, signature, scrubbing. It knows what Midtrans says, not
 * what it means for an order (contracts: payments.md §1).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../platform/clock.ts";
import {
  callParty,
  type Fetch,
  type PartyAnswer,
  type PartyRequest,
  parseJson,
} from "../platform/http.ts";

export interface MidtransCredentials {
  readonly baseUrl: string;
  readonly serverKey: string;
  readonly merchantId: string;
  /** Where notifications of our charges go instead of the dashboard's address. */
  readonly notificationUrl?: string | undefined;
}

const moneyTimeoutMs = 15_000;
const statusTimeoutMs = 10_000;

const rupiahText = z.union([z.string(), z.number()]).transform(String);

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
  refund_key: z.string().optional(),
  refund_amount: rupiahText.optional(),
  refunds: z
    .array(
      z.looseObject({
        refund_key: z.string().optional(),
        refund_amount: rupiahText.optional(),
        bank_confirmed_at: z.string().nullish(),
      }),
    )
    .optional(),
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

export interface MidtransRefund {
  readonly refund_key: string;
  readonly amount: number;
  readonly reason: string;
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

/** Rupiah as Midtrans writes them, `10000.00`; null for anything else, or a part of a rupiah. */
export function readRupiah(text: string | undefined): bigint | null {
  const [, whole] = /^(\d{1,15})(?:\.0{1,2})?$/.exec(text ?? "") ?? [];
  return whole === undefined ? null : BigInt(whole);
}

/** Nothing is sent at or after `sendBy`. */
export interface MidtransClient {
  charge(charge: MidtransCharge, sendBy: Date): Promise<MidtransAnswer>;
  status(orderId: string, sendBy: Date): Promise<MidtransAnswer>;
  cancel(orderId: string, sendBy: Date): Promise<MidtransAnswer>;
  refund(orderId: string, refund: MidtransRefund, sendBy: Date): Promise<MidtransAnswer>;
  /** The QR picture of a charge, or undefined when it cannot be had. */
  picture(url: string): Promise<Buffer | undefined>;
}

/** Makes the client of one merchant. */
export function createMidtransClient(
  deps: { clock: Clock; fetch: Fetch },
  credentials: MidtransCredentials,
): MidtransClient {
  const authorization = basicAuth(credentials.serverKey);
  const { notificationUrl } = credentials;
  const headers = {
    authorization,
    accept: "application/json",
    "content-type": "application/json",
  };
  const call = async (request: Omit<PartyRequest, "url" | "headers">, path: string, more = {}) =>
    callParty(deps, {
      ...request,
      url: `${credentials.baseUrl}/v2/${path}`,
      headers: { ...headers, ...more },
    });
  const pathOf = (orderId: string, verb: string) => `${encodeURIComponent(orderId)}/${verb}`;

  /** Moves money, once per key: Midtrans repeats what it answered to the first call. */
  const move = async (path: string, body: object, key: string, sendBy: Date, more = {}) => {
    const answer = await call(
      { method: "POST", body: JSON.stringify(body), timeoutMs: moneyTimeoutMs, sendBy },
      path,
      { "idempotency-key": key, ...more },
    );
    return answer.kind === "answer" && answer.status === 202
      ? { kind: "unknown" as const, why: "the first call with this key still runs" }
      : read(answer);
  };

  return {
    charge(charge, sendBy) {
      const key = `${charge.transaction_details.order_id}-charge`;
      const notify = notificationUrl && { "x-override-notification": notificationUrl };
      return move("charge", charge, key, sendBy, { ...notify });
    },
    refund(orderId, refund, sendBy) {
      return move(pathOf(orderId, "refund"), refund, `${refund.refund_key}-refund`, sendBy);
    },
    async status(orderId, sendBy) {
      const request = { method: "GET", timeoutMs: statusTimeoutMs, sendBy } as const;
      return read(await call(request, pathOf(orderId, "status")));
    },
    async cancel(orderId, sendBy) {
      // No body, as Midtrans' own client writes it.
      const request = { method: "POST", body: "null", timeoutMs: statusTimeoutMs, sendBy } as const;
      return read(await call(request, pathOf(orderId, "cancel")));
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

// What may be kept: the rest can be used again (signatures, links that pay) or tells of a person, and
// nobody knows what fields will be added.
const kept = new Set(
  `status_code status_message id validation_messages transaction_id order_id merchant_id gross_amount
  currency payment_type transaction_type transaction_status fraud_status transaction_time
  settlement_time expiry_time acquirer issuer refund_chargeback_id refund_key refund_amount refunds
  created_at bank_confirmed_at channel_response_code channel_response_message`.split(/\s+/),
);

/** An exchange for the order's story: every field is there, and only what may be kept has its value. */
export function scrub(raw: string): string {
  const parsed = parseJson(Buffer.from(raw));
  if (parsed === undefined) return "not JSON";
  return JSON.stringify(parsed, (name, value) =>
    name === "" || /^\d+$/.test(name) || kept.has(name) ? value : "…",
  );
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
}
