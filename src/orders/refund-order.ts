/** Refund order: a person gives a buyer's money back, before or after delivery. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import { releaseReservation } from "../inventory/stock.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import { findPayment, findRefund, isBeingRefunded } from "../payments/find.ts";
import type { PaymentGateway } from "../payments/gateway.ts";
import { endRefund, type RefundEnd, requestRefund } from "../payments/refund.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import { enqueue } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import { closePurchase } from "../suppliers/close.ts";
import { changeState, noteEvent } from "./change-state.ts";
import { backAtSourceReason, partRefundedReason } from "./notes.ts";
import type { Order } from "./order.ts";
import { refundToSaldo } from "./refund.ts";
import { addRefunded, lockOrder } from "./repository.ts";

export interface RefundOrder extends Pick<Act, "actor" | "origin"> {
  readonly orderId: string;
  readonly reason: string;
  /** Absent: all that is left. A part goes back after delivery only, to saldo. */
  readonly amountIdr?: bigint;
  readonly to: "saldo" | "source";
  /** A second part is meant, and not the first one typed twice. */
  readonly again?: boolean;
  /** The person knows from the supplier itself that an open purchase was not delivered. */
  readonly saysPurchaseFailed: boolean;
}

const refundable: readonly Order["state"][] = ["paid", "under_review", "fulfilling", "delivered"];

/**
 * Gives money back. Refuses an order that has none, more than is left, a part before delivery, and a
 * purchase that may still deliver: never both goods and money. Returns how much, in rupiah.
 */
export async function refundOrder(
  tx: Tx,
  deps: ReportDeps,
  input: RefundOrder,
): Promise<{ amountIdr: bigint }> {
  const { actor, reason, to } = input;
  const order = await lockOrder(tx, input.orderId);
  const leftIdr = order.paid - order.refunded;
  const amountIdr = input.amountIdr ?? leftIdr;
  refuseImpossible(order, { amountIdr, leftIdr, to });
  await refuseChargedBack(tx, order);
  // Whoever says so looked at an order that was not delivered yet: goods and money are another wish.
  if (order.state === "delivered" && input.saysPurchaseFailed) {
    throw new Refusal("purchase.worked", { order: order.code });
  }
  if (input.amountIdr !== undefined && order.refunded > 0n && !input.again) {
    throw new Refusal("refund.again", { field: "amount", given: formatRupiah(order.refunded) });
  }
  if (order.state === "fulfilling") await closeOrRefuse(tx, deps, order, input);
  await recordAct(tx, deps, {
    ...{ actor, reason, ...(input.origin === undefined ? {} : { origin: input.origin }) },
    action: "order.refund",
    object: `order:${order.id}`,
    after: { amount: amountIdr, to },
  });
  if (order.state === "delivered") await takeFromSales(tx, deps, order, amountIdr);
  if (amountIdr < leftIdr) {
    await refundPart(tx, deps, order, { actor, reason, amountIdr });
    return { amountIdr };
  }
  const refunding = await changeState(tx, deps, order, "refunding", { actor, reason });
  if (to === "saldo") {
    await refundToSaldo(tx, deps, refunding, reason);
  } else {
    await releaseReservation(tx, deps, { orderId: order.id, actor });
    const payload = { orderId: order.id, reason };
    await enqueue(tx, deps, { name: "orders.refundToSource", key: order.id, payload });
  }
  return { amountIdr };
}

function refuseImpossible(
  order: Order,
  { amountIdr, leftIdr, to }: { amountIdr: bigint; leftIdr: bigint; to: RefundOrder["to"] },
): void {
  if (!refundable.includes(order.state)) {
    throw new Refusal("order.not_refundable", { order: order.code, state: order.state });
  }
  if (amountIdr <= 0n || amountIdr > leftIdr) {
    throw new Refusal("refund.too_much", { field: "amount", left: formatRupiah(leftIdr) });
  }
  if (amountIdr < leftIdr && (order.state !== "delivered" || to !== "saldo")) {
    throw new Refusal("refund.not_in_part", { field: "amount" });
  }
  if (to === "source" && order.paid_payment_id === null) {
    throw new Refusal("refund.no_source", { order: order.code });
  }
}

/** The payer's side has that money already: the buyer would have it twice. */
async function refuseChargedBack(tx: Tx, order: Order): Promise<void> {
  if (order.state !== "delivered" || order.paid_payment_id === null) return;
  const payment = await findPayment(tx, order.paid_payment_id);
  // Before delivery, and back to the source, an order's own refund ends it.
  if (payment.refund_amount > 0n) throw new Refusal("order.charged_back", { order: order.code });
}

/** Closes what is open at the supplier. Refuses while it may still deliver: never both goods and money. */
export async function closeOrRefuse(
  tx: Tx,
  deps: ReportDeps,
  order: Order,
  input: Pick<RefundOrder, "reason" | "saysPurchaseFailed">,
) {
  const { reason, saysPurchaseFailed: saysItFailed } = input;
  const closed = await closePurchase(tx, deps, { orderId: order.id, saysItFailed, reason });
  switch (closed) {
    case "closed":
    case "none":
      return;
    case "worked":
    case "in_flight":
    case "may_have_worked":
      throw new Refusal(`purchase.${closed}`, { order: order.code });
    default:
      closed satisfies never;
  }
}

/** The sale is undone: its money is the order's again. */
async function takeFromSales(tx: Tx, deps: ReportDeps, order: Order, amountIdr: bigint) {
  await post(tx, deps, [
    {
      debit: "sales",
      credit: "escrow",
      amountIdr,
      key: `sale_undone:${order.id}:${order.refunded}`,
      reason: "refund after delivery",
      orderId: order.id,
    },
  ]);
}

async function refundPart(
  tx: Tx,
  deps: ReportDeps,
  order: Order,
  input: { actor: string; reason: string; amountIdr: bigint },
) {
  await post(tx, deps, [
    {
      debit: "escrow",
      credit: saldoOf(order.customer_id),
      amountIdr: input.amountIdr,
      key: `refund_part:${order.id}:${order.refunded}`,
      reason: `refund: ${input.reason}`,
      orderId: order.id,
    },
  ]);
  await addRefunded(tx, order.id, input.amountIdr);
  const reason = partRefundedReason(formatRupiah(input.amountIdr), input.reason);
  await noteEvent(tx, deps, order, { actor: input.actor, reason });
}

/** Job `orders.refundToSource`: asks the gateway; what it cannot give back goes to saldo. */
export async function refundToSource(
  db: Database,
  deps: ReportDeps & { gateway: PaymentGateway },
  input: { orderId: string; reason: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, input.orderId);
    if (order.state !== "refunding" || order.paid_payment_id === null) return;
    // This job ran before and its worker died: the money is on its way already.
    if (await isBeingRefunded(tx, order.paid_payment_id)) return;
    const asked = await requestRefund(tx, deps, {
      paymentId: order.paid_payment_id,
      orderId: order.id,
      amountIdr: order.paid - order.refunded,
      from: "escrow",
      reason: input.reason,
    });
    if (asked.outcome !== "requested") await refundToSaldo(tx, deps, order, input.reason);
  });
}

/**
 * Ends a refund to the source that its gateway does not confirm, because a person has seen there how it
 * ended. Refuses an order with none, and one that is being asked about at this moment.
 */
export async function endSourceRefund(
  tx: Tx,
  deps: ReportDeps,
  input: Pick<RefundOrder, "orderId" | "actor" | "origin" | "reason"> & { ended: RefundEnd },
): Promise<void> {
  const { ended, reason } = input;
  const order = await lockOrder(tx, input.orderId);
  const paymentId = order.state === "refunding" ? order.paid_payment_id : null;
  if (paymentId === null) throw new Refusal("refund.none_under_way", { order: order.code });
  const outcome = await endRefund(tx, deps, {
    paymentId,
    ended,
    why: `said by a person: ${reason}`,
  });
  if (outcome !== "ended") throw new Refusal(`refund.${outcome}`, { order: order.code });
  await recordAct(tx, deps, {
    ...{ actor: input.actor, reason },
    ...(input.origin === undefined ? {} : { origin: input.origin }),
    action: "order.end_source_refund",
    object: `order:${order.id}`,
    after: { refund: ended },
  });
}

/** Job `orders.applyRefund`: the gateway gave the money back, or never will. */
export async function applyRefund(
  db: Database,
  deps: ReportDeps,
  input: { refundId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const refund = await findRefund(tx, input.refundId);
    const order = await lockOrder(tx, refund.order_id);
    if (order.state !== "refunding") return;
    if (refund.state === "failed") {
      return refundToSaldo(tx, deps, order, "it could not be sent back to its source");
    }
    await addRefunded(tx, order.id, refund.amount);
    const cause = { actor: "system", reason: backAtSourceReason };
    await changeState(tx, deps, order, "refunded", cause);
  });
}
