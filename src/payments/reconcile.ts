/** Reconcile: asks the gateway what became of a payment, because a webhook is only a hint. */
import { type Database, inTransaction } from "../platform/db.ts";
import { enqueue, RunAgain } from "../platform/jobs.ts";
import { applyReport } from "./apply-report.ts";
import type { Exchange, PaymentGateway } from "./gateway.ts";
import { chargeSettledMs, isOpen, type Payment } from "./payment.ts";
import {
  insertExchange,
  lockPayment,
  selectPayment,
  selectPaymentByRef,
  selectPaymentsOfOrder,
  updatePayment,
} from "./repository.ts";

type Deps = Parameters<typeof applyReport>[1] & { gateway: PaymentGateway };

const oncePerMs = 10_000;
const firstPollMs = 30_000;
const longestPollMs = 3 * 60_000;

/**
 * Job `payments.inquire`: at most once per payment per 10 s, and again while the buyer can still pay.
 * A lost charge is cancelled at the gateway, so that nobody can pay what nobody can see.
 */
export async function inquirePayment(
  db: Database,
  deps: Deps,
  input: { paymentId: string },
): Promise<void> {
  await waitForTurn(db, deps, input.paymentId);
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

/**
 * Ends every open payment of an order that ran out of time: asks, then cancels what still waits.
 * Resolves to true when the gateway confirmed that no money came and none can.
 */
export async function endPayments(
  db: Database,
  deps: Deps,
  input: { orderId: string },
): Promise<boolean> {
  let ended = true;
  for (const before of await selectPaymentsOfOrder(db, input.orderId)) {
    let payment = before;
    if (isOpen(payment)) payment = await askOnce(db, deps, payment.id);
    if (isOpen(payment)) payment = await cancelPayment(db, deps, payment);
    ended &&= !isOpen(payment);
  }
  return ended;
}

/** Records an authentic webhook and asks the gateway soon. False when the payment is not ours. */
export async function acceptWebhook(
  db: Database,
  deps: Deps,
  input: { ref: string; exchange: Exchange },
): Promise<boolean> {
  const payment = await selectPaymentByRef(db, input.ref);
  if (payment === undefined) return false;
  await inTransaction(db, async (tx) => {
    await insertExchange(tx, payment.id, "webhook", input.exchange, deps.clock.now());
    await requestInquiry(tx, deps, payment.id);
  });
  return true;
}

/** Asks the gateway as soon as the limit of one inquiry in 10 s allows. */
export async function requestInquiry(
  tx: Parameters<typeof enqueue>[0],
  deps: { clock: Deps["clock"] },
  paymentId: string,
): Promise<void> {
  await enqueue(tx, deps, { name: "payments.inquire", key: paymentId, payload: { paymentId } });
}

async function waitForTurn(db: Database, deps: Deps, paymentId: string): Promise<void> {
  const { inquired_at: last } = await selectPayment(db, paymentId);
  const waitMs = last === null ? 0 : last.getTime() + oncePerMs - deps.clock.now().getTime();
  if (waitMs > 0) throw new RunAgain(waitMs);
}

async function askOnce(db: Database, deps: Deps, paymentId: string): Promise<Payment> {
  const payment = await inTransaction(db, async (tx) => {
    const row = await lockPayment(tx, paymentId);
    await updatePayment(tx, row.id, { inquired_at: deps.clock.now() });
    return row;
  });
  const report = await deps.gateway.inquire({ ref: payment.ref, amountIdr: payment.amount });
  await inTransaction(db, (tx) => applyReport(tx, deps, { paymentId, kind: "inquiry", report }));
  return selectPayment(db, paymentId);
}

async function cancelPayment(db: Database, deps: Deps, payment: Payment): Promise<Payment> {
  // A charge may still be on its way; what is not there yet cannot be cancelled.
  const settledAt = payment.send_by.getTime() + chargeSettledMs;
  const early = payment.state !== "pending" && deps.clock.now().getTime() < settledAt;
  const report = await deps.gateway.cancel({ ref: payment.ref, amountIdr: payment.amount });
  if (early && report.status === "not_found") return payment;
  await inTransaction(db, (tx) =>
    applyReport(tx, deps, { paymentId: payment.id, kind: "cancel", report }),
  );
  return selectPayment(db, payment.id);
}
