/** Reconcile: asks the gateway what became of a payment, because a webhook is only a hint. */
import { type Database, inTransaction } from "../platform/db.ts";
import { RunAgain } from "../platform/jobs.ts";
import { applyReport, type ReportDeps } from "./apply-report.ts";
import type { ChargeInquiry, PaymentGateway, WebhookRead } from "./gateway.ts";
import { askBy, chargeSettledMs, isOpen, isPaid, type PaidFor, type Payment } from "./payment.ts";
import { inquireRefunds } from "./refund.ts";
import {
  insertExchange,
  lockPayment,
  selectPayment,
  selectPaymentByRef,
  selectPaymentsFor,
  updatePayment,
} from "./repository.ts";
import { requestInquiry } from "./request-inquiry.ts";

/** What asking a gateway needs. */
export interface ReconcileDeps extends ReportDeps {
  readonly gateway: PaymentGateway;
}

const oncePerMs = 10_000;
const closeAgainMs = 60_000;
const firstPollMs = 30_000;
const longestPollMs = 3 * 60_000;

/**
 * Job `payments.inquire`: at most once per payment per 10 s, and again while the buyer can still pay.
 * A lost charge is cancelled at the gateway, so that nobody can pay what nobody can see.
 */
export async function inquirePayment(
  db: Database,
  deps: ReconcileDeps,
  input: { paymentId: string },
): Promise<void> {
  const waitMs = turnInMs(await selectPayment(db, input.paymentId), deps.clock.now());
  if (waitMs > 0) throw new RunAgain(waitMs);
  const payment = await askOnce(db, deps, input.paymentId);
  if (!isOpen(payment)) return;
  if (payment.state === "lost") {
    const closed = await cancelPayment(db, deps, payment);
    if (isOpen(closed)) throw new RunAgain(oncePerMs);
    return;
  }
  const ageMs = deps.clock.now().getTime() - payment.opened_at.getTime();
  if (deps.clock.now() < payment.expires_at) {
    throw new RunAgain(Math.min(longestPollMs, Math.max(firstPollMs, ageMs)));
  }
}

/** `paid` when money came after all; `unknown` while the gateway could not say. */
export type Ended = "ended" | "paid" | "unknown";

/**
 * Ends every open payment of what wants no money any more: asks, unless that was done in the last
 * 10 s, and cancels what still waits.
 */
export async function endPayments(
  db: Database,
  deps: ReconcileDeps,
  what: PaidFor,
): Promise<Ended> {
  for (const payment of await selectPaymentsFor(db, what)) {
    if (!isOpen(payment)) continue;
    const asked = turnInMs(payment, deps.clock.now()) > 0;
    const answered = asked ? payment : await askOnce(db, deps, payment.id);
    if (isOpen(answered)) await cancelPayment(db, deps, answered);
  }
  const payments = await selectPaymentsFor(db, what);
  if (payments.some(isPaid)) return "paid";
  return payments.some(isOpen) ? "unknown" : "ended";
}

/** Job `payments.closeOthers`: it is paid, so nobody shall pay another attempt of it. */
export async function closeOtherPayments(
  db: Database,
  deps: ReconcileDeps,
  what: PaidFor,
): Promise<void> {
  await endPayments(db, deps, what);
  const payments = await selectPaymentsFor(db, what);
  if (payments.some(isOpen)) throw new RunAgain(closeAgainMs);
}

/** Records an authentic webhook and asks the gateway soon. False when the payment is not ours. */
export async function acceptWebhook(
  db: Database,
  deps: ReconcileDeps,
  hint: Extract<WebhookRead, { outcome: "hint" }>,
): Promise<boolean> {
  const payment = await selectPaymentByRef(db, hint.ref);
  if (payment === undefined) return false;
  await inTransaction(db, async (tx) => {
    await insertExchange(tx, payment.id, "webhook", hint.exchange, deps.clock.now());
    if (hint.amountIdr !== payment.amount) {
      const claim = String(hint.amountIdr ?? "an unreadable amount");
      await updatePayment(tx, payment.id, { claim, claimed_at: deps.clock.now() });
    }
    await requestInquiry(tx, deps, payment.id);
    await inquireRefunds(tx, deps, payment.id);
  });
  return true;
}

function turnInMs(payment: Payment, now: Date): number {
  return payment.inquired_at === null
    ? 0
    : payment.inquired_at.getTime() + oncePerMs - now.getTime();
}

async function askOnce(db: Database, deps: ReconcileDeps, paymentId: string): Promise<Payment> {
  const askedAt = deps.clock.now();
  const payment = await inTransaction(db, async (tx) => {
    const row = await lockPayment(tx, paymentId);
    await updatePayment(tx, row.id, { inquired_at: askedAt });
    return row;
  });
  const report = await deps.gateway.inquire(inquiryOf(payment, askedAt));
  await inTransaction(db, (tx) =>
    applyReport(tx, deps, { paymentId, kind: "inquiry", askedAt, report }),
  );
  return selectPayment(db, paymentId);
}

async function cancelPayment(
  db: Database,
  deps: ReconcileDeps,
  payment: Payment,
): Promise<Payment> {
  const askedAt = deps.clock.now();
  // A charge may still be on its way; what is not there yet cannot be cancelled.
  const settledAt = payment.send_by.getTime() + chargeSettledMs;
  const early = payment.state !== "pending" && askedAt.getTime() < settledAt;
  const report = await deps.gateway.cancel(inquiryOf(payment, askedAt));
  if (early && report.status === "not_found") return payment;
  await inTransaction(db, (tx) =>
    applyReport(tx, deps, { paymentId: payment.id, kind: "cancel", askedAt, report }),
  );
  return selectPayment(db, payment.id);
}

function inquiryOf(payment: Payment, askedAt: Date): ChargeInquiry {
  return { ref: payment.ref, amountIdr: payment.amount, sendBy: askBy(askedAt) };
}
