/** Short: less money came than an order costs. It waits in suspense until the buyer says what it shall do. */
import { lockCustomer } from "../customers/customer.ts";
import { settleItem } from "../desk/item.ts";
import { keepReservation, releaseReservation } from "../inventory/stock.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post, saldo, type Transfer } from "../ledger/transfer.ts";
import { findPayment, paymentsFor } from "../payments/find.ts";
import type { Payment } from "../payments/payment.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { changeState, noteEvent, type StateDeps } from "./change-state.ts";
import { shortReason, shortReturnedReason } from "./notes.ts";
import type { Order } from "./order.ts";
import { hasEvent, lockOrder, selectOrderBy, setPaidFromSaldo } from "./repository.ts";

type Deps = StateDeps & { ids: Ids };

/** Job `orders.applyShort`: the buyer is told; an order that is over gives the money back at once. */
export async function applyShort(
  db: Database,
  deps: Deps,
  input: { paymentId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const payment = await findPayment(tx, input.paymentId);
    if (payment.order_id === null) return;
    const order = await lockOrder(tx, payment.order_id);
    if (order.state !== "awaiting_payment") return returnShort(tx, deps, order);
    const [came, asked] = [formatRupiah(payment.paid_amount ?? 0n), formatRupiah(payment.amount)];
    const reason = shortReason(payment.ref, came, asked);
    if (await hasEvent(tx, order.id, reason)) return;
    await noteEvent(tx, deps, order, { actor: `gateway:${payment.gateway}`, reason });
  });
}

/** Moves what came short for a locked order to its buyer's saldo, once for each payment. */
export async function returnShort(tx: Tx, deps: Deps, order: Order): Promise<void> {
  for (const payment of await shortPayments(tx, order)) {
    await bringToSaldo(tx, deps, order, payment, "system");
  }
}

/**
 * A person's word about one short payment: it goes to its buyer's saldo now. Refuses one whose money does
 * not lie in suspense. Returns the transfer.
 */
export async function resolveShort(
  tx: Tx,
  deps: Deps,
  input: { orderId: string; paymentId: string; actor: string },
): Promise<Transfer> {
  const order = await lockOrder(tx, input.orderId);
  const short = await shortPayments(tx, order);
  const payment = short.find(({ id }) => id === input.paymentId);
  if (payment === undefined) throw new Refusal("suspense.empty");
  return bringToSaldo(tx, deps, order, payment, input.actor);
}

async function bringToSaldo(
  tx: Tx,
  deps: Deps,
  order: Order,
  payment: Payment,
  actor: string,
): Promise<Transfer> {
  const transfer = toSaldo(order, payment);
  await post(tx, deps, [transfer]);
  const reason = shortReturnedReason(payment.ref);
  await noteEvent(tx, deps, order, { actor, reason });
  await settle(tx, deps, payment, "it is in the buyer's saldo");
  return transfer;
}

export type ShortChoice = "pay_rest" | "take_back";

/** The event of each choice. */
const decided: Readonly<Record<ShortChoice, string>> = {
  pay_rest: "the rest paid from saldo",
  take_back: "the buyer took the short payment back",
};

/**
 * The buyer's own word about short money: pay the rest from saldo, or take it back, which ends the
 * order. Refuses when nothing came short, when the order is over, and when the saldo does not suffice.
 */
export async function decideShort(
  db: Database,
  deps: Deps,
  input: { orderCode: string; customerId: string; choice: ShortChoice },
): Promise<void> {
  const found = await selectOrderBy(db, "code", input.orderCode);
  if (found?.customer_id !== input.customerId) throw new Refusal("order.unknown");
  const actor = `customer:${input.customerId}`;
  await inTransaction(db, async (tx) => {
    // What else the buyer places meanwhile would spend the same saldo.
    await lockCustomer(tx, input.customerId);
    const order = await lockOrder(tx, found.id);
    // Said again after a lost answer: what was wished has happened.
    if (await hasEvent(tx, order.id, decided[input.choice])) return;
    const payments = await shortPayments(tx, order);
    if (order.state !== "awaiting_payment" || payments.length === 0) {
      throw new Refusal("order.not_short");
    }
    const cameIdr = payments.reduce((sum, payment) => sum + (payment.paid_amount ?? 0n), 0n);
    const availableIdr = (await saldo(tx, order.customer_id)) + cameIdr;
    if (input.choice === "pay_rest" && availableIdr < order.price) {
      const [have, price] = [String(availableIdr), String(order.price)];
      throw new Refusal("saldo.insufficient", { saldo: have, price });
    }
    await returnShort(tx, deps, order);
    const job = { key: order.id, payload: { orderId: order.id } };
    await enqueue(tx, deps, { name: "payments.closeOthers", ...job });
    const cause = { actor, reason: decided[input.choice] };
    if (input.choice === "take_back") {
      await releaseReservation(tx, deps, { orderId: order.id, actor });
      await changeState(tx, deps, order, "cancelled", cause);
      return;
    }
    await post(tx, deps, [
      {
        debit: saldoOf(order.customer_id),
        credit: "escrow",
        amountIdr: order.price,
        key: `saldo_payment:${order.id}`,
        reason: "order paid from saldo",
        orderId: order.id,
      },
    ]);
    await setPaidFromSaldo(tx, order);
    await keepReservation(tx, order.id);
    await changeState(tx, deps, order, "paid", cause);
    await enqueue(tx, deps, { name: "orders.fulfil", ...job });
  });
}

/** Payments that brought too little and whose money is still in suspense. */
async function shortPayments(tx: Tx, order: Order): Promise<Payment[]> {
  const short: Payment[] = [];
  for (const payment of await paymentsFor(tx, { orderId: order.id })) {
    // What the payer's side took back lies there no more.
    if (payment.state !== "short" || payment.refund_amount > 0n) continue;
    if (!(await hasEvent(tx, order.id, shortReturnedReason(payment.ref)))) short.push(payment);
  }
  return short;
}

const toSaldo = (order: Order, payment: Payment): Transfer => ({
  debit: "suspense",
  credit: saldoOf(order.customer_id),
  amountIdr: payment.paid_amount ?? 0n,
  key: `short:${payment.id}`,
  reason: "short payment of an order",
  orderId: order.id,
});

async function settle(tx: Tx, deps: Deps, payment: Payment, resolution: string): Promise<void> {
  const subject = `payment:${payment.ref}`;
  await settleItem(tx, deps, { kind: "payment_short", subject, resolution });
}
