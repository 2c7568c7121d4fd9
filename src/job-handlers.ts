/** Job handlers: every job there is, by the name under which it is enqueued. */
import type { Signer } from "./audit/chain.ts";
import { sealHistory } from "./audit/seals.ts";
import { expireDeposit } from "./deposits/expire.ts";
import { applyDepositPayment, replaceDepositPayment } from "./deposits/pay.ts";
import { updateCard } from "./discord/cards.ts";
import type { BotDeps } from "./discord/context.ts";
import { forgetInteractions } from "./discord/forget.ts";
import type { Responder } from "./discord/responder.ts";
import { tellSeal, tellStaff } from "./discord/staff-notices.ts";
import { createInteractionWork } from "./discord/work.ts";
import { expireOrder } from "./orders/expire.ts";
import { applyPurchases, fulfilOrders } from "./orders/fulfil.ts";
import { applyPayment, replacePayment } from "./orders/pay.ts";
import { applyRefund, refundToSource } from "./orders/refund-order.ts";
import { applyShort } from "./orders/short.ts";
import { chargePayment } from "./payments/charge.ts";
import type { PaidFor } from "./payments/payment.ts";
import { closeOtherPayments, inquirePayment } from "./payments/reconcile.ts";
import { runRefund } from "./payments/refund.ts";
import { gather } from "./platform/gather.ts";
import type { JobHandler, JobPayload } from "./platform/jobs.ts";
import type { RecurringJob } from "./platform/recurring.ts";
import { awaitFloat } from "./suppliers/pause.ts";
import { createBuyer } from "./suppliers/purchase.ts";
import type { Reporter } from "./suppliers/reporter.ts";
import type { Supplier } from "./suppliers/supplier.ts";
import { listEverySeconds, syncPrices } from "./suppliers/sync.ts";
import { applyKeptWebhook } from "./suppliers/webhook.ts";
import { applyAdjustment } from "./treasury/adjust.ts";
import { checkBooks, proveBooks } from "./watch-books.ts";

export interface JobDeps extends BotDeps {
  readonly supplier: Supplier;
  readonly reporter: Reporter;
  readonly responder: Responder;
  readonly publicUrl: string;
  readonly signer: Signer;
  /** Where the heads of seals are published. */
  readonly sealsFile: string;
  /** Where the desk is told; nowhere when there is no channel. */
  readonly staffChannelId: string | undefined;
}

/** What comes again by itself; what can wait at night, when few people buy. */
export const recurringJobs: readonly RecurringJob[] = [
  { name: "audit.seal", schedule: { everySeconds: 60 } },
  { name: "books.check", schedule: { everySeconds: 60 } },
  { name: "books.prove", schedule: { dailyAt: "04:10" } },
  { name: "discord.tellSeal", schedule: { dailyAt: "00:05" } },
  { name: "discord.forget", schedule: { dailyAt: "03:30" } },
  { name: "suppliers.syncPrices", schedule: { everySeconds: listEverySeconds } },
];

/** What many jobs of a name ask for at once is done together. */
function together(work: (ids: readonly string[]) => Promise<void>): (id: string) => Promise<void> {
  return gather(async (ids: readonly string[]) => {
    await work(ids);
    return ids.map(() => undefined);
  });
}

/** Builds the table. */
export function jobHandlers(deps: JobDeps): Record<string, JobHandler> {
  const { db } = deps;
  const orderId = (payload: JobPayload) => ({ orderId: field(payload, "orderId") });
  const depositId = (payload: JobPayload) => ({ depositId: field(payload, "depositId") });
  const paymentId = (payload: JobPayload) => ({ paymentId: field(payload, "paymentId") });
  const purchaseId = (payload: JobPayload) => ({ purchaseId: field(payload, "purchaseId") });
  const paidFor = (payload: JobPayload): PaidFor =>
    payload.depositId === undefined ? orderId(payload) : depositId(payload);
  const fulfil = together((ids) => fulfilOrders(db, deps, ids));
  const applyPurchase = together((ids) => applyPurchases(db, deps, ids));
  const buy = createBuyer(db, deps);
  const workInteraction = createInteractionWork(deps);
  return {
    "payments.charge": (payload) => chargePayment(db, deps, paymentId(payload)),
    "payments.closeOthers": (payload) => closeOtherPayments(db, deps, paidFor(payload)),
    "payments.inquire": (payload) => inquirePayment(db, deps, paymentId(payload)),
    "payments.refund": (payload) => runRefund(db, deps, { refundId: field(payload, "refundId") }),
    "suppliers.purchase": (payload) => buy(purchaseId(payload)),
    "suppliers.syncPrices": () => syncPrices(db, deps),
    "suppliers.awaitFloat": () => awaitFloat(db, deps),
    "suppliers.applyWebhook": (payload) => applyKeptWebhook(deps, payload),
    "orders.applyPayment": (payload) => applyPayment(db, deps, paymentId(payload)),
    "orders.applyShort": (payload) => applyShort(db, deps, paymentId(payload)),
    "orders.refundToSource": (payload) =>
      refundToSource(db, deps, { ...orderId(payload), reason: field(payload, "reason") }),
    "orders.applyRefund": (payload) =>
      applyRefund(db, deps, { refundId: field(payload, "refundId") }),
    "orders.replacePayment": (payload) => replacePayment(db, deps, orderId(payload)),
    "orders.fulfil": (payload) => fulfil(field(payload, "orderId")),
    "orders.applyPurchase": (payload) => applyPurchase(field(payload, "purchaseId")),
    "orders.expire": (payload) => expireOrder(db, deps, orderId(payload)),
    "deposits.applyPayment": (payload) => applyDepositPayment(db, deps, paymentId(payload)),
    "deposits.replacePayment": (payload) => replaceDepositPayment(db, deps, depositId(payload)),
    "deposits.expire": (payload) => expireDeposit(db, deps, depositId(payload)),
    "treasury.applyAdjustment": (payload) =>
      applyAdjustment(db, deps, { proposalId: field(payload, "proposalId") }),
    "discord.work": (payload) => workInteraction(field(payload, "interactionId")),
    "discord.updateCard": (payload) => updateCard(db, deps, paidFor(payload)),
    "discord.tellStaff": (payload) => tellStaff(db, deps, { itemId: field(payload, "itemId") }),
    "discord.tellSeal": () => tellSeal(db, deps),
    "discord.forget": () => forgetInteractions(db, deps),
    "audit.seal": () => sealHistory(db, deps),
    "books.check": () => checkBooks(db, deps),
    "books.prove": () => proveBooks(db, deps),
  };
}

function field(payload: JobPayload, name: string): string {
  const value = payload[name];
  if (value === undefined) throw new Error(`a job without ${name}`);
  return value;
}
