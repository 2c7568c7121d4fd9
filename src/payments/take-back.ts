/** Take back: the payer's side has taken back what a payment brought (a chargeback, a bank's reversal). */
import { openItem, settleItem } from "../desk/item.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post, saldo, type Transfer } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { Payment } from "./payment.ts";
import { lockPayment, selectRefundsUnderWay, updatePayment } from "./repository.ts";

type Deps = { clock: Clock; ids: Ids; publish: Publish };

/** Where the money lies that is taken back, in rupiah. */
export interface LiesAt {
  /** Held for an order that is not delivered. */
  readonly escrowIdr?: bigint;
  /** Short money that nobody has decided about. */
  readonly suspenseIdr?: bigint;
  /** Sold: the goods are gone. */
  readonly soldIdr?: bigint;
  /** Given to the customer's saldo, who may have spent it. */
  readonly saldoIdr?: bigint;
}

/**
 * Locks a payment, and marks on it what the payer's side took back, as a refund would be: neither can be
 * given back again. Without an amount it is all that is left. Refuses a payment that brought nothing, more
 * than is left of it, and one with a refund under way.
 */
export async function takeBack(
  tx: Tx,
  input: { paymentId: string; amountIdr?: bigint },
): Promise<{ payment: Payment; amountIdr: bigint }> {
  const payment = await lockPayment(tx, input.paymentId);
  const { ref, paid_amount: paidIdr } = payment;
  if (paidIdr === null) throw new Refusal("chargeback.no_money", { payment: ref });
  if ((await selectRefundsUnderWay(tx, payment.id)).length > 0) {
    throw new Refusal("chargeback.refund_under_way", { payment: ref });
  }
  const leftIdr = paidIdr - payment.refund_amount;
  const amountIdr = input.amountIdr ?? leftIdr;
  if (amountIdr <= 0n || amountIdr > leftIdr) {
    throw new Refusal("refund.too_much", { field: "amount", left: formatRupiah(leftIdr) });
  }
  await updatePayment(tx, payment.id, { refund_amount: payment.refund_amount + amountIdr });
  return { payment, amountIdr };
}

/** Every key under which money of a payment is taken back. */
export const takenBackKeys = (paymentId: string): readonly string[] => [
  `chargeback:${paymentId}`,
  `chargeback_short:${paymentId}`,
  `chargeback_sold:${paymentId}`,
  `chargeback_saldo:${paymentId}`,
  `chargeback_loss:${paymentId}`,
];

/**
 * Posts what was taken back from where it lies (design: money). A saldo pays down to what is held of it
 * and never below zero; the rest is the shop's loss, which lies on the desk, as goods do that are gone.
 * Returns the transfers.
 */
export async function postTakenBack(
  tx: Tx,
  deps: Deps,
  input: { payment: Payment; liesAt: LiesAt; reason: string },
): Promise<readonly Transfer[]> {
  const { payment, liesAt, reason } = input;
  const { escrowIdr = 0n, suspenseIdr = 0n, soldIdr = 0n, saldoIdr: givenIdr = 0n } = liesAt;
  const availableIdr = givenIdr > 0n ? await saldo(tx, payment.customer_id) : 0n;
  const saldoIdr = availableIdr < givenIdr ? availableIdr : givenIdr;
  const lostIdr = givenIdr - saldoIdr;
  const from = (debit: Transfer["debit"], amountIdr: bigint, key: string): Transfer => ({
    debit,
    credit: `gateway:${payment.gateway}`,
    amountIdr,
    key: `${key}:${payment.id}`,
    reason: `taken back by the payer's side: ${reason}`,
    ...(payment.order_id === null ? {} : { orderId: payment.order_id }),
  });
  const transfers = [
    from("escrow", escrowIdr, "chargeback"),
    from("suspense", suspenseIdr, "chargeback_short"),
    from("chargebacks", soldIdr, "chargeback_sold"),
    from(saldoOf(payment.customer_id), saldoIdr, "chargeback_saldo"),
    from("chargebacks", lostIdr, "chargeback_loss"),
  ].filter((transfer) => transfer.amountIdr > 0n);
  await post(tx, deps, transfers);

  const subject = `payment:${payment.ref}`;
  const resolution = `recorded as taken back: ${reason}`;
  for (const kind of ["payment_mismatch", "payment_short"] as const) {
    await settleItem(tx, deps, { kind, subject, resolution });
  }
  if (soldIdr + lostIdr > 0n) {
    await openItem(tx, deps, {
      kind: "chargeback_loss",
      subject,
      ...(payment.order_id === null ? {} : { orderId: payment.order_id }),
      details: { lost: formatRupiah(soldIdr + lostIdr), customer: payment.customer_id },
    });
  }
  return transfers;
}
