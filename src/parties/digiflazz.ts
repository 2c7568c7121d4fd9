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
}

const timeoutMs = 20_000;

// Documented as strings and seen as numbers; what else they may be must not hide the rest.
const text = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const price = z.coerce.number().nonnegative().optional().catch(undefined);

const transaction = z.looseObject({
  ref_id: text,
  status: text,
  rc: text,
  message: text,
  sn: text,
  price: z.preprocess((value) => (value === null || value === "" ? undefined : value), price),
});

const envelope = z.looseObject({ data: transaction });

/** A transaction as Digiflazz describes it in answers and webhooks alike. */
export type DigiflazzTransaction = z.infer<typeof transaction>;

export type DigiflazzAnswer =
  | {
      readonly kind: "data";
      readonly status: number;
      readonly data: DigiflazzTransaction;
      readonly raw: string;
    }
  | { readonly kind: "not_sent" | "unknown"; readonly why: string };

export interface DigiflazzOrder {
  readonly buyer_sku_code: string;
  readonly customer_no: string;
  readonly ref_id: string;
  readonly max_price: number;
}

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
}

/** Makes the client of one buyer. */
export function createDigiflazzClient(
  deps: { clock: Clock; fetch: Fetch },
  credentials: DigiflazzCredentials,
): DigiflazzClient {
  return {
    async transaction(order, sendBy) {
      const answer = await callParty(deps, {
        method: "POST",
        url: `${credentials.baseUrl}/transaction`,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          username: credentials.username,
          ...order,
          sign: sign(credentials, order.ref_id),
        }),
        timeoutMs,
        sendBy,
      });
      if (answer.kind !== "answer") return answer;
      // Rejections come as HTTP 4xx with an ordinary body: the body is read first.
      const parsed = envelope.safeParse(parseJson(answer.body));
      if (!parsed.success) {
        return { kind: "unknown", why: `HTTP ${answer.status} without transaction data` };
      }
      const raw = answer.body.toString("utf8");
      return { kind: "data", status: answer.status, data: parsed.data.data, raw };
    },
  };
}
