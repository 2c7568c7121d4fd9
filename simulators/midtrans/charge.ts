/** A GoPay charge as Midtrans keeps and shows it: request rules, states, texts. Pure. */
import { isRecord } from "../wire.ts";

export type ChargeStatus =
  | "pending"
  | "settlement"
  | "expire"
  | "cancel"
  | "deny"
  | "refund"
  | "partial_refund"
  | "chargeback"
  | "partial_chargeback";

/** Money that went back: by the merchant's wish, or taken by the payer's side. */
export interface Refund {
  readonly refund_key: string;
  readonly refund_chargeback_id: number;
  readonly kind: "refund" | "chargeback";
  readonly amount: number;
  readonly reason: string;
  readonly created_at: string;
  /** When the wallet gives the money back. */
  readonly confirms_at: string;
  bank_confirmed_at: string | null;
}

export interface Charge {
  readonly order_id: string;
  readonly transaction_id: string;
  /** What the merchant asked for. */
  readonly asked_idr: number;
  /** The same, or what came instead. */
  gross_amount: number;
  transaction_status: ChargeStatus;
  readonly callback_url: string | null;
  paid_idr: number;
  payment_count: number;
  readonly created_at: string;
  readonly expires_at: string;
  settled_at: string | null;
  readonly refunds: Refund[];
  /** Where its notifications go, when not (only) to the dashboard's address. */
  readonly notify: Notify;
  readonly webhooks: { at: string; transaction_status: string; reply_status: number | null }[];
}

export interface Notify {
  readonly override: readonly string[];
  readonly append: readonly string[];
}

interface ChargeRequest {
  readonly order_id: string;
  readonly gross_amount: number;
  readonly callback_url: string | null;
  readonly expires_at: string;
}

export type ChargeReading =
  | { reading: "accepted"; request: ChargeRequest }
  | { reading: "channel_off" }
  | { reading: "invalid"; problems: string[] };

const maxAmountIdr = 20_000_000;
const unitMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const minLifetimeMs = 20 * unitMs.second;
const maxLifetimeMs = 7 * unitMs.day;
const defaultLifetimeMs = 15 * unitMs.minute;

export function readChargeRequest(body: unknown, now: Date): ChargeReading {
  if (!isRecord(body) || typeof body.payment_type !== "string") {
    return { reading: "invalid", problems: ["payment_type is required"] };
  }
  if (body.payment_type !== "gopay") return { reading: "channel_off" };

  const problems: string[] = [];
  const details = isRecord(body.transaction_details) ? body.transaction_details : {};
  const { order_id, gross_amount } = details;
  if (typeof order_id !== "string" || !/^[A-Za-z0-9\-_~.]{1,50}$/.test(order_id)) {
    problems.push("transaction_details.order_id must be 1-50 of letters, digits and - _ ~ .");
  }
  if (!isWholeNumber(gross_amount, 1, maxAmountIdr)) {
    problems.push(`transaction_details.gross_amount must be an integer of 1-${maxAmountIdr}`);
  }
  if (body.item_details !== undefined && sumOfItems(body.item_details) !== gross_amount) {
    problems.push("transaction_details.gross_amount is not equal to the sum of item_details");
  }
  const callbackUrl = readCallback(body.gopay);
  if (callbackUrl === undefined) problems.push("gopay.callback_url is not valid");
  const expiresAt = readExpiry(body.custom_expiry, now);
  if (expiresAt === undefined) problems.push("custom_expiry is not valid (20 seconds to 7 days)");

  if (problems.length > 0 || typeof order_id !== "string" || typeof gross_amount !== "number") {
    return { reading: "invalid", problems };
  }
  if (callbackUrl === undefined || expiresAt === undefined) return { reading: "invalid", problems };
  return {
    reading: "accepted",
    request: { order_id, gross_amount, callback_url: callbackUrl, expires_at: expiresAt },
  };
}

function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function sumOfItems(items: unknown): number | undefined {
  if (!Array.isArray(items)) return undefined;
  return items.reduce((sum: number, item: unknown) => {
    return isRecord(item) ? sum + Number(item.price) * Number(item.quantity) : Number.NaN;
  }, 0);
}

/** Null when no callback is wanted, undefined when the wish is malformed. */
function readCallback(gopay: unknown): string | null | undefined {
  if (gopay === undefined) return null;
  if (!isRecord(gopay)) return undefined;
  const { enable_callback: enabled = false, callback_url: url = "" } = gopay;
  if (typeof enabled !== "boolean" || typeof url !== "string") return undefined;
  if (!enabled) return null;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) && URL.canParse(url) ? url : undefined;
}

function readExpiry(wish: unknown, now: Date): string | undefined {
  // Midtrans shows whole seconds; expiring on the second it shows leaves no gap between the two.
  const createdMs = Math.floor(now.getTime() / 1_000) * 1_000;
  if (wish === undefined) return new Date(createdMs + defaultLifetimeMs).toISOString();
  if (!isRecord(wish)) return undefined;
  const { order_time, expiry_duration, unit = "minute" } = wish;
  const startMs = order_time === undefined ? createdMs : readOrderTime(order_time);
  const unitLength = Object.entries(unitMs).find(([name]) => name === unit)?.[1];
  if (startMs === undefined || unitLength === undefined) return undefined;
  if (!isWholeNumber(expiry_duration, 1, maxLifetimeMs)) return undefined;
  const expiresMs = startMs + expiry_duration * unitLength;
  const lifetimeMs = expiresMs - createdMs;
  if (lifetimeMs < minLifetimeMs || lifetimeMs > maxLifetimeMs) return undefined;
  return new Date(expiresMs).toISOString();
}

function readOrderTime(text: unknown): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(String(text));
  if (parts === null) return undefined;
  const ms = Date.parse(`${parts[1]}T${parts[2]}${parts[3]}:${parts[4]}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The state by the clock: a charge is expired from its second of expiry on, asked or not. */
export function statusAt(charge: Charge, now: Date): ChargeStatus {
  const expired = charge.transaction_status === "pending" && now >= new Date(charge.expires_at);
  return expired ? "expire" : charge.transaction_status;
}

/** The fields shared by the charge answer, the status and the notification: texts, all of them. */
export function describeCharge(charge: Charge, now: Date) {
  return {
    transaction_id: charge.transaction_id,
    order_id: charge.order_id,
    gross_amount: rupiah(charge.gross_amount),
    currency: "IDR",
    payment_type: "gopay",
    transaction_time: jakartaTime(charge.created_at),
    transaction_status: statusAt(charge, now),
    fraud_status: "accept",
    expiry_time: jakartaTime(charge.expires_at),
    ...(charge.settled_at === null ? {} : { settlement_time: jakartaTime(charge.settled_at) }),
    ...(charge.refunds.length === 0 ? {} : describeRefunds(charge.refunds)),
  };
}

function describeRefunds(refunds: readonly Refund[]) {
  return {
    refund_amount: rupiah(refunds.reduce((sum, refund) => sum + refund.amount, 0)),
    refunds: refunds.map((refund) => ({
      refund_chargeback_id: refund.refund_chargeback_id,
      refund_amount: rupiah(refund.amount),
      created_at: jakartaTime(refund.created_at),
      reason: refund.reason,
      refund_key: refund.refund_key,
      ...(refund.bank_confirmed_at === null
        ? {}
        : { bank_confirmed_at: jakartaTime(refund.bank_confirmed_at) }),
    })),
  };
}

/** Midtrans writes rupiah with two decimals that are always zero. */
export function rupiah(amount: number): string {
  return `${amount}.00`;
}

/** Midtrans writes GMT+7 and leaves the offset out. */
function jakartaTime(iso: string): string {
  const shifted = new Date(Date.parse(iso) + 7 * unitMs.hour).toISOString();
  return shifted.slice(0, 19).replace("T", " ");
}
