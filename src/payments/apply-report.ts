/** Apply report: what a gateway says of a payment, posted once however often and late it comes. */
import { post } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { closePayment } from "./close.ts";
import type { PaymentReport } from "./gateway.ts";
import { chargeSettledMs, isOpen } from "./payment.ts";
import { insertExchange, lockPayment, updatePayment } from "./repository.ts";

export interface ReportDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publish: Publish;
  readonly log: Log;
}

/** Locks the payment only; the order learns of the money from `payment.paid`. */
export async function applyReport(
  tx: Tx,
  deps: ReportDeps,
  input: { paymentId: string; kind: "inquiry" | "cancel"; report: PaymentReport },
): Promise<void> {
  const now = deps.clock.now();
  const { report } = input;
  const payment = await lockPayment(tx, input.paymentId);
  await insertExchange(tx, payment.id, input.kind, report.exchange, now);

  switch (report.status) {
    case "paid":
      // Money is money: a payment that ended as expired or cancelled is paid all the same.
      if (payment.state === "paid") return;
      await updatePayment(tx, payment.id, { state: "paid", paid_at: now });
      await post(tx, deps, [
        {
          debit: `gateway:${payment.gateway}`,
          credit: "escrow",
          amountIdr: report.paidIdr,
          key: `payment:${payment.id}`,
          reason: "payment confirmed",
          orderId: payment.order_id,
        },
      ]);
      await deps.publish(tx, { name: "payment.paid", paymentId: payment.id });
      return;
    case "expired":
    case "cancelled":
    case "failed":
      if (isOpen(payment)) await closePayment(tx, deps, payment, report.status, null);
      return;
    case "not_found": {
      const settledAt = payment.send_by.getTime() + chargeSettledMs;
      if (isOpen(payment) && now.getTime() >= settledAt) {
        await closePayment(tx, deps, payment, "failed", "not_found");
      }
      return;
    }
    case "mismatch":
      deps.log.error(
        { payment: payment.ref, why: report.why },
        "money that is not what was asked for: nothing is posted, a person must look at it",
      );
      if (isOpen(payment)) await closePayment(tx, deps, payment, "mismatched", report.why);
      return;
    case "pending":
    case "unknown":
      return;
    default:
      report satisfies never;
  }
}
