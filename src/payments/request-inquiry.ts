/** Request inquiry: has the gateway asked about a payment, now or later. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue } from "../platform/jobs.ts";

/** Asks as soon as the limit of one inquiry in 10 s allows, or at `runAt`. */
export async function requestInquiry(
  tx: Tx,
  deps: { clock: Clock },
  paymentId: string,
  runAt: Date = deps.clock.now(),
): Promise<void> {
  await enqueue(tx, deps, {
    name: "payments.inquire",
    key: paymentId,
    payload: { paymentId },
    runAt,
  });
}
