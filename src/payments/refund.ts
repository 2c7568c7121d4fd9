/** Refund: gives a payment's money back to where it came from, recorded before it is asked for. */
import assert from "node:assert/strict";
import { openItem, settleItem } from "../desk/item.ts";
import { post } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue, RunAgain } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import type { ReportDeps } from "./apply-report.ts";
import type { PaymentGateway, RefundReport } from "./gateway.ts";
import { askBy, chargeSettledMs, type Payment, type Refund } from "./payment.ts";
import {
  insertExchange,
  insertRefund,
  lockPayment,
  lockRefund,
  selectPayment,
  selectPendingRefunds,
  updatePayment,
  updateRefund,
} from "./repository.ts";

const oncePerMs = 10_000;
const retryUnsentMs = 5_000;
const pollMinutes = [1, 5, 15, 60];
// A gateway keeps a refund's key for 7 days: later, the same key might give the money back again.
const sendNoLongerMs = 6 * 24 * 3600_000;
const stuckAfterMs = 24 * 3600_000;

export interface NewRefund {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amountIdr: bigint;
  /** Where the money lies until the gateway has confirmed. */
  readonly from: Refund["from_account"];
  readonly reason: string;
}

export type RefundRequested =
  | { readonly outcome: "requested"; readonly refundId: string }
  /** `leftIdr` is what came and no refund holds. */
  | { readonly outcome: "too_much"; readonly leftIdr: bigint }
  /** This gateway gives nothing back by itself. */
  | { readonly outcome: "unsupported" };

/** Asks for a refund in the caller's transaction. Tells by `refund.confirmed` or `refund.failed`. */
export async function requestRefund(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; gateway: PaymentGateway },
  input: NewRefund,
): Promise<RefundRequested> {
  const { gateway } = deps;
  if (!gateway.refund || !gateway.inquireRefund) return { outcome: "unsupported" };
  const payment = await lockPayment(tx, input.paymentId);
  assert.equal(payment.order_id, input.orderId);
  const leftIdr = (payment.paid_amount ?? 0n) - payment.refund_amount;
  if (input.amountIdr > leftIdr) return { outcome: "too_much", leftIdr };

  const refundId = deps.ids.uuid();
  await updatePayment(tx, payment.id, { refund_amount: payment.refund_amount + input.amountIdr });
  await insertRefund(tx, {
    id: refundId,
    ref: deps.ids.ref("R"),
    payment_id: payment.id,
    order_id: input.orderId,
    amount: input.amountIdr,
    from_account: input.from,
    reason: input.reason,
    state: "requested",
    requested_at: deps.clock.now(),
  });
  await enqueueRefund(tx, deps, refundId);
  return { outcome: "requested", refundId };
}

/** Has the gateway asked soon about the refunds of a payment that are under way. */
export async function inquireRefunds(tx: Tx, deps: { clock: Clock }, paymentId: string) {
  for (const { id } of await selectPendingRefunds(tx, paymentId)) await enqueueRefund(tx, deps, id);
}

async function enqueueRefund(tx: Tx, deps: { clock: Clock }, refundId: string): Promise<void> {
  await enqueue(tx, deps, { name: "payments.refund", key: refundId, payload: { refundId } });
}

type Deps = ReportDeps & { gateway: PaymentGateway };

/**
 * Job `payments.refund`: sends the refund, then asks until it is known. A run that finds it sent asks
 * first; only when the gateway knows nothing of it is it sent again, with the same reference.
 */
export async function runRefund(
  db: Database,
  deps: Deps,
  input: { refundId: string },
): Promise<void> {
  const turn = await inTransaction(db, (tx) => takeTurn(tx, deps, input.refundId));
  if (turn === undefined) return;
  const report = await ask(deps.gateway, turn);
  const againAfterMs = await inTransaction(db, (tx) => applyTurn(tx, deps, turn, report));
  if (againAfterMs !== undefined) throw new RunAgain(againAfterMs);
}

/** One request to the gateway. */
interface Turn {
  readonly refund: Refund;
  readonly payment: Payment;
  readonly sends: boolean;
  readonly askedAt: Date;
}

/** Records that we are about to send or ask. Undefined when there is nothing left to do. */
async function takeTurn(
  tx: Tx,
  deps: { clock: Clock },
  refundId: string,
): Promise<Turn | undefined> {
  const askedAt = deps.clock.now();
  const refund = await lockRefund(tx, refundId);
  if (refund.ended_at !== null) return undefined;
  const waitMs = (refund.asked_at?.getTime() ?? 0) + oncePerMs - askedAt.getTime();
  if (waitMs > 0) throw new RunAgain(waitMs);
  const sends = refund.state === "requested";
  await updateRefund(tx, refund.id, {
    state: "pending",
    asked_at: askedAt,
    ...(sends ? { sent_at: askedAt, send_by: askBy(askedAt) } : {}),
  });
  return { refund, payment: await selectPayment(tx, refund.payment_id), sends, askedAt };
}

async function ask(gateway: PaymentGateway, turn: Turn): Promise<RefundReport> {
  assert.ok(gateway.refund && gateway.inquireRefund);
  const request = {
    ref: turn.refund.ref,
    paymentRef: turn.payment.ref,
    amountIdr: turn.refund.amount,
    reason: turn.refund.reason,
    sendBy: askBy(turn.askedAt),
  };
  return turn.sends ? gateway.refund(request) : gateway.inquireRefund(request);
}

/** Returns the milliseconds after which to run again, or undefined when that is not needed. */
async function applyTurn(
  tx: Tx,
  deps: Deps,
  turn: Turn,
  report: RefundReport,
): Promise<number | undefined> {
  const now = deps.clock.now();
  const payment = await lockPayment(tx, turn.payment.id);
  const refund = await lockRefund(tx, turn.refund.id);
  await insertExchange(tx, payment.id, "refund", report.exchange, now);
  // Another worker took over while this one was paused: it learns by itself what became of both.
  const takenOver = refund.asked_at?.getTime() !== turn.askedAt.getTime();
  if (takenOver || refund.ended_at !== null) return undefined;
  const ageMs = now.getTime() - refund.requested_at.getTime();

  switch (report.status) {
    case "refunded":
      await confirm(tx, deps, payment, refund);
      return undefined;
    case "failed":
      await fail(tx, deps, payment, refund, report.why);
      return undefined;
    case "pending":
    case "unknown":
      if (ageMs >= stuckAfterMs) await tellStuck(tx, deps, payment, refund);
      return pollAfterMs(ageMs);
    case "not_found": {
      // One that was sent may still be on its way.
      const settledMs = (refund.send_by?.getTime() ?? 0) + chargeSettledMs;
      if (turn.askedAt.getTime() < settledMs) return settledMs - turn.askedAt.getTime();
      return sendAgain(tx, deps, payment, refund, oncePerMs);
    }
    case "not_sent":
      return turn.sends ? sendAgain(tx, deps, payment, refund, retryUnsentMs) : pollAfterMs(ageMs);
    default:
      return report satisfies never;
  }
}

/** The gateway has nothing of it, so the next run sends it, until its reference grows too old. */
async function sendAgain(
  tx: Tx,
  deps: Deps,
  payment: Payment,
  refund: Refund,
  afterMs: number,
): Promise<number | undefined> {
  if (deps.clock.now().getTime() - refund.requested_at.getTime() >= sendNoLongerMs) {
    await fail(tx, deps, payment, refund, "the gateway could not be reached in time");
    return undefined;
  }
  await updateRefund(tx, refund.id, {
    state: "requested",
    asked_at: null,
    sent_at: null,
    send_by: null,
  });
  return afterMs;
}

async function confirm(tx: Tx, deps: ReportDeps, payment: Payment, refund: Refund): Promise<void> {
  await updateRefund(tx, refund.id, { state: "refunded", ended_at: deps.clock.now() });
  await post(tx, deps, [
    {
      debit: refund.from_account,
      credit: `gateway:${payment.gateway}`,
      amountIdr: refund.amount,
      key: `source_refund:${refund.id}`,
      reason: `refund to the source: ${refund.reason}`,
      orderId: refund.order_id,
    },
  ]);
  await settleStuck(tx, deps, refund, "confirmed");
  await deps.publish(tx, { name: "refund.confirmed", refundId: refund.id });
}

async function fail(
  tx: Tx,
  deps: ReportDeps,
  payment: Payment,
  refund: Refund,
  why: string,
): Promise<void> {
  const ended = { state: "failed", failure: why, ended_at: deps.clock.now() };
  await updateRefund(tx, refund.id, ended);
  await updatePayment(tx, payment.id, { refund_amount: payment.refund_amount - refund.amount });
  await settleStuck(tx, deps, refund, `failed: ${why}`);
  await deps.publish(tx, { name: "refund.failed", refundId: refund.id });
}

async function tellStuck(tx: Tx, deps: Deps, payment: Payment, refund: Refund): Promise<void> {
  await openItem(tx, deps, {
    kind: "refund_stuck",
    subject: `refund:${refund.ref}`,
    orderId: refund.order_id,
    details: { amount: formatRupiah(refund.amount), payment: payment.ref },
  });
}

async function settleStuck(
  tx: Tx,
  deps: { clock: Clock; publish: Publish },
  refund: Refund,
  resolution: string,
): Promise<void> {
  await settleItem(tx, deps, { kind: "refund_stuck", subject: `refund:${refund.ref}`, resolution });
}

/** How a person has seen at the gateway that a refund ended. */
export type RefundEnd = "refunded" | "failed";

/**
 * Ends the refund of a payment that is under way, because a person says how it ended. Its reference is
 * never sent again. Not while a question about it may still be on its way.
 */
export async function endRefund(
  tx: Tx,
  deps: ReportDeps,
  input: { paymentId: string; ended: RefundEnd; why: string },
): Promise<"ended" | "none_under_way" | "in_flight"> {
  const payment = await lockPayment(tx, input.paymentId);
  const [pending] = await selectPendingRefunds(tx, payment.id);
  if (pending === undefined) return "none_under_way";
  const refund = await lockRefund(tx, pending.id);
  const settledAt = (refund.asked_at?.getTime() ?? 0) + chargeSettledMs;
  if (deps.clock.now().getTime() < settledAt) return "in_flight";
  if (input.ended === "refunded") await confirm(tx, deps, payment, refund);
  else await fail(tx, deps, payment, refund, input.why);
  return "ended";
}

function pollAfterMs(ageMs: number): number {
  const next = pollMinutes.find((minutes) => minutes * 60_000 > ageMs);
  return next === undefined ? 3600_000 : Math.max(oncePerMs, next * 60_000 - ageMs);
}
