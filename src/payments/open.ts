/** Open: another attempt to collect an order's total, in the caller's transaction. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { chargeWithinMs, type Payment, paymentLifeMs } from "./payment.ts";
import { callOpen } from "./repository.ts";

/** The times of a payment opened now: paid by `expiresAt`, charged by `sendBy`. */
export function paymentTimes(now: Date): { sendBy: Date; expiresAt: Date } {
  return {
    sendBy: new Date(now.getTime() + chargeWithinMs),
    expiresAt: new Date(now.getTime() + paymentLifeMs),
  };
}

/** Opens the attempt after `previous`, payable until `payBy`, with a new reference: an old one is burnt. */
export async function openNextPayment(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  previous: Payment,
  payBy: Date,
): Promise<void> {
  const now = deps.clock.now();
  const { sendBy, expiresAt } = paymentTimes(now);
  await callOpen(
    tx,
    {
      id: deps.ids.uuid(),
      ref: deps.ids.ref("P"),
      order_id: previous.order_id,
      customer_id: previous.customer_id,
      gateway: previous.gateway,
      method: previous.method,
      amount: previous.amount.toString(),
      attempt: previous.attempt + 1,
      send_by: sendBy,
      expires_at: expiresAt < payBy ? expiresAt : payBy,
      return_path: previous.return_path,
    },
    now,
  );
}
