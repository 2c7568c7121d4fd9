/** Close: a payment is over without money. Whoever waits for it is told. */
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Payment } from "./payment.ts";
import { updatePayment } from "./repository.ts";

/** Moves a locked payment to its end in the caller's transaction. */
export async function closePayment(
  tx: Tx,
  deps: { publish: Publish },
  payment: Payment,
  state: "expired" | "cancelled" | "failed" | "mismatched",
  failure: string | null,
): Promise<void> {
  await updatePayment(tx, payment.id, { state, failure });
  await deps.publish(
    tx,
    payment.order_id === null
      ? { name: "deposit.closed", depositId: payment.deposit_id }
      : { name: "payment.closed", orderId: payment.order_id },
  );
}
