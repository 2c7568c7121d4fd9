/** Place: one call, one commit, one outcome. place.sql decides everything together. */
import * as z from "zod";
import { paymentTimes } from "../payments/open.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { type OrderMethod, payWithinMs, reservationExtraMs } from "./order.ts";
import { callPlace } from "./repository.ts";

const placed = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("placed"), order_id: z.string(), order_code: z.string() }),
  /** The key placed another order before: this quote is already an order. */
  z.object({ outcome: z.literal("key_reused"), order_code: z.string() }),
  z.object({
    outcome: z.literal("insufficient_saldo"),
    saldo: z.coerce.bigint(),
    price: z.coerce.bigint(),
  }),
  z.object({
    outcome: z.enum([
      "quote_unknown",
      "quote_expired",
      "unconfirmed",
      "too_many_unpaid",
      "sold_out",
    ]),
  }),
]);

export type Placed = z.infer<typeof placed>;

export interface PlaceOrder {
  readonly customerId: string;
  readonly quoteId: string;
  readonly method: OrderMethod;
  readonly gateway: string;
}

/**
 * Places an order. The quote's id is the idempotency key: however often and however much at once a
 * customer says yes to a quote, there is one order, and the first placement's outcome is the answer.
 */
export async function placeOrder(
  db: Database,
  deps: { clock: Clock; ids: Ids },
  input: PlaceOrder,
): Promise<Placed> {
  const { ids } = deps;
  const now = deps.clock.now();
  const after = (ms: number) => new Date(now.getTime() + ms);
  const { sendBy, expiresAt } = paymentTimes(now);
  const request = {
    key: input.quoteId,
    fingerprint: input.method,
    quote_id: input.quoteId,
    customer_id: input.customerId,
    method: input.method,
    order_id: ids.uuid(),
    code: ids.orderCode(),
    page_token: ids.pageToken(),
    transfer_id: ids.uuid(),
    payment_id: ids.uuid(),
    payment_ref: ids.ref("P"),
    gateway: input.gateway,
    charge_by: sendBy,
    pay_until: expiresAt,
    pay_by: after(payWithinMs),
    reserved_until: after(payWithinMs + reservationExtraMs),
  };
  const [outcome] = await inTransaction(db, (tx) => callPlace(tx, [request], now));
  return placed.parse(outcome);
}
