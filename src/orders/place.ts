/** Place: a customer says yes to a quote. place.sql decides everything together, once for each key. */
import * as z from "zod";
import type { Ids } from "../platform/ids.ts";
import type { OrderMethod } from "./order.ts";
import type { Placer } from "./placer.ts";

const rupiah = z.coerce.bigint();
/** Of the request that brought the outcome about: whoever repeats it is told of the same one. */
const remembered = { request_id: z.string() };

const outcome = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("placed"),
    order_id: z.string(),
    order_code: z.string(),
    page_token: z.string(),
    sku: z.string(),
    price: rupiah,
    method: z.enum(["saldo", "gopay"]),
    state: z.enum(["paid", "awaiting_payment"]),
    placed_at: z.coerce.date(),
    /** Null when it is paid. */
    pay_by: z.coerce.date().nullable(),
    ...remembered,
  }),
  /** The quote is an order already, placed with another key. */
  z.object({ outcome: z.literal("duplicate"), order_code: z.string(), ...remembered }),
  /** Risk refused it: there is an order to appeal for, and no money moved. */
  z.object({ outcome: z.literal("blocked"), order_code: z.string(), ...remembered }),
  z.object({
    outcome: z.literal("insufficient_saldo"),
    saldo: rupiah,
    price: rupiah,
    ...remembered,
  }),
  z.object({
    outcome: z.enum([
      "quote_unknown",
      "quote_expired",
      "unconfirmed",
      "too_many_unpaid",
      "sold_out",
    ]),
    ...remembered,
  }),
  /** The key was used for something else: nothing was done. */
  z.object({ outcome: z.literal("key_reused") }),
]);

export type Placed = z.infer<typeof outcome>;

export interface PlaceOrder {
  /** The idempotency key. However often and however much at once it is used, there is one outcome. */
  readonly key: string;
  readonly requestId: string;
  readonly customerId: string;
  readonly quoteId: string;
  readonly method: OrderMethod;
  readonly gateway: string;
}

/** Places an order. A quote becomes one order whatever keys it is placed with. */
export async function placeOrder(
  deps: { ids: Ids; placer: Placer },
  input: PlaceOrder,
): Promise<Placed> {
  const { ids } = deps;
  const placed = await deps.placer.place({
    key: input.key,
    fingerprint: `${input.quoteId} ${input.method}`,
    request_id: input.requestId,
    quote_id: input.quoteId,
    customer_id: input.customerId,
    method: input.method,
    gateway: input.gateway,
    order_id: ids.uuid(),
    code: ids.orderCode(),
    page_token: ids.pageToken(),
    transfer_id: ids.uuid(),
    payment_id: ids.uuid(),
    payment_ref: ids.ref("P"),
  });
  return outcome.parse(placed);
}
