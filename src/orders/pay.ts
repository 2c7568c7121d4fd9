/** Pay: what money does to an order: in time, late, a second time, too much or too little. */
import assert from "node:assert/strict";
import { currentPriceVersion } from "../catalog/product.ts";
import { discordIdOf } from "../customers/customer.ts";
import { keepReservation, releaseReservation, reserveAgain } from "../inventory/stock.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import { findPayment, mayBePaid } from "../payments/find.ts";
import { replaceClosed } from "../payments/open.ts";
import type { Payment } from "../payments/payment.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import { scoreOrder } from "../risk/score.ts";
import { changeState, noteEvent, type StateDeps } from "./change-state.ts";
import { surplusReason } from "./notes.ts";
import { lateMoneyMs, type Order, secondPaymentReason } from "./order.ts";
import { refundToSaldo } from "./refund.ts";
import { hasEvent, lockOrder, setPaidBy } from "./repository.ts";
import { returnShort } from "./short.ts";

type Deps = StateDeps & { ids: Ids };

/**
 * Job `orders.applyPayment`. The payment's money is in escrow already. In time it pays the order, and
 * so it does within an hour after expiry while everything is as it was; later, and after a
 * cancellation, it goes to the buyer's saldo, and so does a second payment.
 */
export async function applyPayment(
  db: Database,
  deps: Deps,
  input: { paymentId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const payment = await findPayment(tx, input.paymentId);
    assert.equal(payment.state, "paid");
    assert.ok(payment.order_id, "the payment of an order");
    const order = await lockOrder(tx, payment.order_id);
    if (order.paid_payment_id === payment.id) return;
    switch (order.state) {
      case "awaiting_payment":
        await keepReservation(tx, order.id);
        return pay(tx, deps, order, payment, "payment confirmed");
      case "expired":
        if (await canStillBuy(tx, deps, order)) {
          return pay(tx, deps, order, payment, "paid after expiry, while price and stock held");
        }
        return giveBack(tx, deps, order, payment, "paid after expiry");
      case "cancelled":
        return giveBack(tx, deps, order, payment, "paid after cancellation");
      default:
        return takeAsSecond(tx, deps, order, payment);
    }
  });
}

async function pay(tx: Tx, deps: Deps, order: Order, payment: Payment, reason: string) {
  const actor = `gateway:${payment.gateway}`;
  await setPaidBy(tx, order, payment.id);
  await changeState(tx, deps, order, "paid", { actor, reason });
  await returnSurplus(tx, deps, order, payment);
  // An earlier attempt may have brought too little; the order needs nothing of it now.
  await returnShort(tx, deps, order);
  for (const name of ["orders.fulfil", "payments.closeOthers"]) {
    await enqueue(tx, deps, { name, key: order.id, payload: { orderId: order.id } });
  }
}

/** Whether late money may buy: soon enough, at the same price, in stock again, and risk agrees. */
async function canStillBuy(tx: Tx, deps: Deps, order: Order): Promise<boolean> {
  const lateMs = deps.clock.now().getTime() - order.changed_at.getTime();
  if (lateMs > lateMoneyMs) return false;
  if ((await currentPriceVersion(tx, order.sku_id)) !== order.price_version) return false;
  const decision = await scoreOrder(tx, deps, {
    orderId: order.id,
    customerId: order.customer_id,
    discordId: await discordIdOf(tx, order.customer_id),
    gameCode: order.game_code,
    playerId: order.player_id,
    zoneId: order.zone_id,
  });
  if (decision !== "allow") return false;
  return reserveAgain(tx, deps, { orderId: order.id, skuId: order.sku_id, actor: "system" });
}

async function giveBack(tx: Tx, deps: Deps, order: Order, payment: Payment, reason: string) {
  const actor = `gateway:${payment.gateway}`;
  await setPaidBy(tx, order, payment.id);
  const refunding = await changeState(tx, deps, order, "refunding", { actor, reason });
  await returnSurplus(tx, deps, order, payment);
  await refundToSaldo(tx, deps, { ...refunding, paid: order.price }, reason);
}

/** What came beyond the price is the buyer's. */
async function returnSurplus(tx: Tx, deps: Deps, order: Order, payment: Payment) {
  const surplusIdr = (payment.paid_amount ?? 0n) - order.price;
  if (surplusIdr <= 0n) return;
  await post(tx, deps, [
    {
      debit: "escrow",
      credit: saldoOf(order.customer_id),
      amountIdr: surplusIdr,
      key: `surplus:${payment.id}`,
      reason: "paid more than was asked for",
      orderId: order.id,
    },
  ]);
  const reason = surplusReason(formatRupiah(surplusIdr));
  await noteEvent(tx, deps, order, { actor: `gateway:${payment.gateway}`, reason });
}

/** The order has its money: this is another's, of the same buyer. It goes to the saldo once. */
async function takeAsSecond(tx: Tx, deps: Deps, order: Order, payment: Payment) {
  const reason = secondPaymentReason(payment.ref);
  if (await hasEvent(tx, order.id, reason)) return;
  assert.ok(payment.paid_amount, "a paid payment knows what came");
  await post(tx, deps, [
    {
      debit: "escrow",
      credit: saldoOf(order.customer_id),
      amountIdr: payment.paid_amount,
      key: `second_payment:${payment.id}`,
      reason: "second payment of an order",
      orderId: order.id,
    },
  ]);
  await noteEvent(tx, deps, order, { actor: `gateway:${payment.gateway}`, reason });
}

/**
 * Job `orders.replacePayment`: a payment closed without money while the order still waits. An
 * attempt that was lost on the way is replaced; one that the gateway refused ends the order.
 */
export async function replacePayment(
  db: Database,
  deps: Deps,
  input: { orderId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, input.orderId);
    if (order.state !== "awaiting_payment") return;
    const replaced = await replaceClosed(tx, deps, { orderId: order.id }, order.pay_by);
    // A paid payment always wins: its money is on its way to the order.
    if (replaced.outcome !== "given_up" || (await mayBePaid(tx, { orderId: order.id }))) return;
    await returnShort(tx, deps, order);
    await releaseReservation(tx, deps, { orderId: order.id, actor: "system" });
    const reason = `payment could not be opened: ${replaced.why}`;
    await changeState(tx, deps, order, "cancelled", { actor: "system", reason });
  });
}
