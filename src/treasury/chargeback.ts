/** Chargeback: the payer's bank or the gateway took a payment's money back, and a person says so. */
import { lockCustomer } from "../customers/customer.ts";
import { chargeBackDeposit } from "../deposits/charge-back.ts";
import { findDeposit } from "../deposits/find.ts";
import { findPosted } from "../ledger/transfer.ts";
import { chargeBackOrder } from "../orders/charge-back.ts";
import { findOrder } from "../orders/story.ts";
import { findPayment, findPaymentByRef, paymentsFor } from "../payments/find.ts";
import type { Payment } from "../payments/payment.ts";
import { takenBackKeys } from "../payments/take-back.ts";
import type { Db, Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import { type By, type Done, recordMoneyAct } from "./act.ts";

export interface ChargeBack extends By {
  readonly paymentId: string;
  /** In rupiah. Absent: all that is left of what came. */
  readonly amountIdr?: bigint;
  readonly reason: string;
  readonly saysPurchaseFailed: boolean;
}

/**
 * Records it once for a payment. Refuses another amount afterwards, more than came and did not go back, and
 * what `chargeBackOrder` refuses.
 */
export async function chargeBack(tx: Tx, deps: ReportDeps, input: ChargeBack): Promise<Done> {
  const { amountIdr, ...given } = input;
  const payment = await findPayment(tx, input.paymentId);
  // Nothing of the saldo is spent meanwhile, and nobody records the same chargeback.
  await lockCustomer(tx, payment.customer_id);
  const known = await findPosted(tx, takenBackKeys(payment.id));
  if (known.length > 0) {
    const takenIdr = known.reduce((sum, transfer) => sum + transfer.amountIdr, 0n);
    if (amountIdr !== undefined && amountIdr !== takenIdr) {
      const taken = formatRupiah(takenIdr);
      throw new Refusal("chargeback.again", { field: "amount", payment: payment.ref, taken });
    }
    return { outcome: "repeated", transfers: known };
  }
  const wish = { ...given, ...(amountIdr === undefined ? {} : { amountIdr }) };
  const transfers =
    payment.order_id === null
      ? await chargeBackDeposit(tx, deps, wish)
      : await chargeBackOrder(tx, deps, wish);
  const { actor, origin, reason } = input;
  const by = { actor, ...(origin === undefined ? {} : { origin }) };
  const object = `payment:${payment.id}`;
  await recordMoneyAct(tx, deps, { ...by, action: "money.chargeback", object, transfers, reason });
  return { outcome: "posted", transfers };
}

const paymentRef = /^P[0-9A-Z]{20}$/;

/**
 * The payment that somebody means who types its reference, the code of the order that it paid, or the code
 * of a deposit. Refuses what is unknown, an order paid from saldo, and a deposit that several paid.
 */
export async function findMeantPayment(db: Db, typed: string): Promise<Payment> {
  const ref = typed.trim().toUpperCase();
  if (paymentRef.test(ref)) {
    const payment = await findPaymentByRef(db, ref);
    if (payment === undefined) throw new Refusal("payment.unknown", { payment: typed });
    return payment;
  }
  const deposit = await findDeposit(db, { depositCode: ref });
  return deposit === undefined
    ? paymentOfOrder(db, typed)
    : onlyPaid(await paymentsFor(db, { depositId: deposit.id }), typed);
}

async function paymentOfOrder(db: Db, orderCode: string): Promise<Payment> {
  const order = await findOrder(db, { orderCode });
  if (order.paid_payment_id !== null) return findPayment(db, order.paid_payment_id);
  if (order.paid > 0n) throw new Refusal("chargeback.from_saldo", { order: order.code });
  return onlyPaid(await paymentsFor(db, { orderId: order.id }), orderCode);
}

function onlyPaid(payments: readonly Payment[], typed: string): Payment {
  const paid = payments.filter((payment) => payment.paid_amount !== null);
  const [payment, ...others] = paid;
  if (payment === undefined) throw new Refusal("chargeback.no_money", { payment: typed });
  if (others.length > 0) {
    const refs = paid.map(({ ref }) => ref).join(", ");
    throw new Refusal("payment.several", { code: typed, refs });
  }
  return payment;
}
