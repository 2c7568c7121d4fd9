/** Apply report: what a gateway says of a payment, posted once however often and late it comes. */
import { openItem } from "../desk/item.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { formatRupiah } from "../platform/money.ts";
import { closePayment } from "./close.ts";
import type { PaymentReport } from "./gateway.ts";
import { chargeSettledMs, isOpen, type Payment } from "./payment.ts";
import { insertExchange, lockPayment, updatePayment } from "./repository.ts";
import { isBookedUnexplained } from "./unexplained.ts";

export interface ReportDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publish: Publish;
  readonly log: Log;
}

/**
 * Locks the payment only: an order learns of its money from `payment.paid` and `payment.short`, a
 * deposit from `deposit.paid`.
 */
export async function applyReport(
  tx: Tx,
  deps: ReportDeps,
  input: {
    paymentId: string;
    kind: "inquiry" | "cancel";
    /** When the gateway was asked: what it did not find then may have come since. */
    askedAt: Date;
    report: PaymentReport;
  },
): Promise<void> {
  const { report } = input;
  const payment = await lockPayment(tx, input.paymentId);
  await insertExchange(tx, payment.id, input.kind, report.exchange, deps.clock.now());
  await compareClaim(tx, deps, payment, input);

  switch (report.status) {
    case "paid":
      return recordMoney(tx, deps, payment, report.paidIdr);
    case "returned":
      return noteReturn(tx, deps, payment, report);
    case "expired":
    case "cancelled":
    case "failed":
      if (isOpen(payment)) await closePayment(tx, deps, payment, report.status, null);
      else if (report.status === "failed") await noteReversal(tx, deps, payment, input.askedAt);
      return;
    case "not_found": {
      const settledAt = payment.send_by.getTime() + chargeSettledMs;
      if (isOpen(payment) && input.askedAt.getTime() >= settledAt) {
        await closePayment(tx, deps, payment, "failed", "not_found");
      }
      return;
    }
    case "mismatch":
      await doubt(tx, deps, payment, report.why);
      if (isOpen(payment)) await closePayment(tx, deps, payment, "mismatched", report.why);
      return;
    case "pending":
    case "unknown":
      return;
    default:
      report satisfies never;
  }
}

/** Money is money: a payment that ended as expired or cancelled is paid all the same. */
async function recordMoney(tx: Tx, deps: ReportDeps, payment: Payment, paidIdr: bigint) {
  if (payment.paid_amount !== null) {
    if (payment.paid_amount === paidIdr) return;
    return doubt(tx, deps, payment, `paid ${paidIdr}, after ${payment.paid_amount}`);
  }
  if (await isBookedUnexplained(tx, payment)) {
    return doubt(tx, deps, payment, `paid ${paidIdr}, booked as unexplained before`);
  }
  const short = paidIdr < payment.amount;
  await updatePayment(tx, payment.id, {
    state: short ? "short" : "paid",
    paid_amount: paidIdr,
    paid_at: deps.clock.now(),
  });
  if (payment.order_id === null) return addToSaldo(tx, deps, payment, paidIdr);
  await post(tx, deps, [
    {
      debit: `gateway:${payment.gateway}`,
      credit: short ? "suspense" : "escrow",
      amountIdr: paidIdr,
      key: `payment:${payment.id}`,
      reason: short ? "short payment" : "payment confirmed",
      orderId: payment.order_id,
    },
  ]);
  if (!short) return deps.publish(tx, { name: "payment.paid", paymentId: payment.id });
  await openItem(tx, deps, {
    kind: "payment_short",
    subject: `payment:${payment.ref}`,
    orderId: payment.order_id,
    details: { asked: formatRupiah(payment.amount), came: formatRupiah(paidIdr) },
  });
  await deps.publish(tx, { name: "payment.short", paymentId: payment.id });
  await deps.publish(tx, { name: "payment.changed", orderId: payment.order_id });
}

/** What comes for a deposit is the buyer's saldo, as much as it is and whenever it comes. */
async function addToSaldo(tx: Tx, deps: ReportDeps, payment: Payment, paidIdr: bigint) {
  await post(tx, deps, [
    {
      debit: `gateway:${payment.gateway}`,
      credit: saldoOf(payment.customer_id),
      amountIdr: paidIdr,
      key: `payment:${payment.id}`,
      reason: "deposit",
    },
  ]);
  await deps.publish(tx, { name: "deposit.paid", paymentId: payment.id });
}

/** Money went back at the gateway. What our own refunds explain is theirs to record. */
async function noteReturn(
  tx: Tx,
  deps: ReportDeps,
  payment: Payment,
  report: Extract<PaymentReport, { status: "returned" }>,
) {
  const { paidIdr, returnedIdr } = report;
  if (payment.paid_amount !== null) {
    if (returnedIdr <= payment.refund_amount) return;
    return doubt(tx, deps, payment, `returned ${returnedIdr}, asked for ${payment.refund_amount}`);
  }
  // All of it is with the payer again, so it pays for nothing.
  if (returnedIdr >= paidIdr) {
    if (isOpen(payment)) await closePayment(tx, deps, payment, "failed", null);
    return;
  }
  const why = `returned ${returnedIdr} of ${paidIdr}`;
  await doubt(tx, deps, payment, why);
  if (isOpen(payment)) await closePayment(tx, deps, payment, "mismatched", why);
}

/** A bank takes back what it had confirmed: a person says so with `konter money chargeback`. */
async function noteReversal(tx: Tx, deps: ReportDeps, payment: Payment, askedAt: Date) {
  const { paid_amount: paidIdr, paid_at: paidAt } = payment;
  // An answer to a question that left before the money came knows nothing of it.
  if (paidIdr === null || paidAt === null || askedAt <= paidAt) return;
  if (payment.refund_amount >= paidIdr) return;
  await doubt(tx, deps, payment, `failed, after ${paidIdr} had come`);
}

/** An authentic notification told of another amount: the gateway's own answer must confirm it. */
async function compareClaim(
  tx: Tx,
  deps: ReportDeps,
  payment: Payment,
  input: { askedAt: Date; report: PaymentReport },
): Promise<void> {
  const { claim, claimed_at: claimedAt } = payment;
  // An answer to a question that left before the notification came knows nothing of it.
  if (claimedAt === null || input.askedAt < claimedAt || input.report.status === "unknown") return;
  await updatePayment(tx, payment.id, { claim: null, claimed_at: null });
  const confirmed = "paidIdr" in input.report && String(input.report.paidIdr) === claim;
  if (!confirmed) await doubt(tx, deps, payment, `signed notification of ${claim}, not confirmed`);
}

/** What a machine must not decide. */
async function doubt(tx: Tx, deps: ReportDeps, payment: Payment, why: string): Promise<void> {
  deps.log.error(
    { payment: payment.ref, why },
    "money that does not fit: a person must look at it",
  );
  await openItem(tx, deps, {
    kind: "payment_mismatch",
    subject: `payment:${payment.ref}`,
    ...(payment.order_id === null ? {} : { orderId: payment.order_id }),
    details: {
      why,
      asked: formatRupiah(payment.amount),
      ...(payment.deposit_id === null ? {} : { deposit: payment.deposit_id }),
    },
  });
}
