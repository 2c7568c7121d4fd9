/**
 * Digiflazz wire client: URL, signature, scrubbing. It knows what Digiflazz says, not what it means
 * for an order (contracts: suppliers.md §2).
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../platform/clock.ts";
import { callParty, type Fetch, parseJson } from "../platform/http.ts";

export interface DigiflazzCredentials {
  readonly baseUrl: string;
  readonly username: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Their test mode: a development key buys, and asks again, with this flag only. */
  readonly testing: boolean;
}

const timeoutMs = 20_000;

// Documented as strings and seen as numbers; what else they may be must not hide the rest.
const text = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const given = (value: unknown) => (value === null || value === "" ? undefined : value);
const amount = z.preprocess(given, z.coerce.number().nonnegative());
const price = amount.optional().catch(undefined);

const transaction = z.looseObject({
  ref_id: text,
  status: text,
  rc: text,
  message: text,
  sn: text,
  price,
});

const envelope = z.looseObject({ data: transaction });

/** A transaction as Digiflazz describes it in answers and webhooks alike. */
export type DigiflazzTransaction = z.infer<typeof transaction>;

/** No answer, or one that says nothing: why. */
type DigiflazzSilence = { readonly kind: "not_sent" | "unknown"; readonly why: string };

export type DigiflazzAnswer =
  | {
      readonly kind: "data";
      readonly status: number;
      readonly data: DigiflazzTransaction;
      readonly raw: string;
    }
  | DigiflazzSilence;

export interface DigiflazzOrder {
  readonly buyer_sku_code: string;
  readonly customer_no: string;
  readonly ref_id: string;
  readonly max_price: number;
}

const hour = z.string().regex(/^([01]?\d|2[0-3]):[0-5]?\d$/);

const product = z.looseObject({
  buyer_sku_code: z.string().min(1),
  product_name: z.string(),
  price: amount,
  buyer_product_status: z.boolean(),
  seller_product_status: z.boolean(),
  unlimited_stock: z.boolean(),
  stock: price,
  start_cut_off: hour,
  end_cut_off: hour,
});

/** One line of the prepaid price list. */
export type DigiflazzProduct = z.infer<typeof product>;

const products = z.looseObject({ data: z.array(z.unknown()) });
const deposit = z.looseObject({ data: z.looseObject({ deposit: amount }) });

/** A rejection: `rc` says why. */
type DigiflazzRefusal = {
  readonly kind: "refused";
  readonly rc: string;
  readonly message: string | undefined;
};

export type DigiflazzPriceList =
  | {
      readonly kind: "data";
      readonly products: readonly DigiflazzProduct[];
      /** Lines that are not as documented. */
      readonly unreadableCount: number;
    }
  | DigiflazzRefusal
  | DigiflazzSilence;

export type DigiflazzBalance =
  | { readonly kind: "data"; readonly depositIdr: bigint }
  | DigiflazzRefusal
  | DigiflazzSilence;

/** `sign`: lower-case hex MD5 of user name, key and the reference, without separators. */
export function sign(credentials: { username: string; apiKey: string }, reference: string): string {
  const { username, apiKey } = credentials;
  return createHash("md5")
    .update(username + apiKey + reference)
    .digest("hex");
}

/** `X-Hub-Signature` of a webhook, over its raw bytes. */
export function webhookSignature(raw: Buffer, secret: string): string {
  return `sha1=${createHmac("sha1", secret).update(raw).digest("hex")}`;
}

/** Reads a webhook: undefined when it is not authentic, `ping` when it carries no transaction. */
export function readDigiflazzWebhook(
  raw: Buffer,
  signature: string | undefined,
  secret: string,
): DigiflazzTransaction | "ping" | undefined {
  const expected = Buffer.from(webhookSignature(raw, secret));
  const presented = Buffer.from(signature ?? "");
  if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) {
    return undefined;
  }
  const parsed = envelope.safeParse(parseJson(raw));
  return parsed.success ? parsed.data.data : "ping";
}

export interface DigiflazzClient {
  /** Buys, or, with a reference sent before, tells the state of that purchase. */
  transaction(order: DigiflazzOrder, sendBy: Date): Promise<DigiflazzAnswer>;
  /** All prepaid products: at most once in five minutes. */
  priceList(): Promise<DigiflazzPriceList>;
  balance(): Promise<DigiflazzBalance>;
}

/** Makes the client of one buyer. */
export function createDigiflazzClient(
  deps: { clock: Clock; fetch: Fetch },
  credentials: DigiflazzCredentials,
): DigiflazzClient {
  const { username } = credentials;
  const post = (path: string, body: object, sendBy?: Date) =>
    callParty(deps, {
      method: "POST",
      url: `${credentials.baseUrl}${path}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, ...body }),
      timeoutMs,
      ...(sendBy === undefined ? {} : { sendBy }),
    });

  return {
    async transaction(order, sendBy) {
      const answer = await post(
        "/transaction",
        {
          ...order,
          sign: sign(credentials, order.ref_id),
          ...(credentials.testing ? { testing: true } : {}),
        },
        sendBy,
      );
      if (answer.kind !== "answer") return answer;
      // Rejections come as HTTP 4xx with an ordinary body: the body is read first.
      const parsed = envelope.safeParse(parseJson(answer.body));
      if (!parsed.success) return withoutData(answer);
      const raw = answer.body.toString("utf8");
      return { kind: "data", status: answer.status, data: parsed.data.data, raw };
    },

    async priceList() {
      const answer = await post("/price-list", {
        cmd: "prepaid",
        sign: sign(credentials, "pricelist"),
      });
      if (answer.kind !== "answer") return answer;
      const parsed = products.safeParse(parseJson(answer.body));
      if (!parsed.success) return refusalIn(answer) ?? withoutData(answer);
      const lines = parsed.data.data.map((line) => product.safeParse(line));
      const readable = lines.flatMap((line) => (line.success ? [line.data] : []));
      const unreadableCount = lines.length - readable.length;
      // Not one line as documented: it is no price list that we know how to read.
      if (readable.length === 0 && unreadableCount > 0) return withoutData(answer);
      return { kind: "data", products: readable, unreadableCount };
    },

    async balance() {
      const answer = await post("/cek-saldo", {
        cmd: "deposit",
        sign: sign(credentials, "depo"),
      });
      if (answer.kind !== "answer") return answer;
      const parsed = deposit.safeParse(parseJson(answer.body));
      if (!parsed.success) return refusalIn(answer) ?? withoutData(answer);
      // It may have a fraction, and a fraction of a rupiah buys nothing.
      return { kind: "data", depositIdr: BigInt(Math.floor(parsed.data.data.deposit)) };
    },
  };
}

type Answer = { readonly status: number; readonly body: Buffer };

function withoutData({ status }: Answer): DigiflazzSilence {
  return { kind: "unknown", why: `HTTP ${status} without the documented data` };
}

/** Where a list or a number was asked for, an object with a code is a rejection. */
function refusalIn({ body }: Answer): DigiflazzRefusal | undefined {
  const parsed = envelope.safeParse(parseJson(body));
  const { rc, message } = parsed.success ? parsed.data.data : {};
  return rc === undefined ? undefined : { kind: "refused", rc, message };
}
