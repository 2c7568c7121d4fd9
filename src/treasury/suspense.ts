/** Suspense: money that nobody can explain goes there, and a person says whose it is. */
import { openItem, settleItem } from "../desk/item.ts";
import { type LedgerAccount, saldoOf } from "../ledger/chart.ts";
import { findPosted } from "../ledger/transfer.ts";
import { resolveShort } from "../orders/short.ts";
import { findPaymentByRef } from "../payments/find.ts";
import { type GatewayName, gatewayNames } from "../payments/gateway.ts";
import { lockUnexplained, unexplainedKey } from "../payments/unexplained.ts";
import type { Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import {
  type By,
  type Done,
  type MoneyDeps,
  postAct,
  recordMoneyAct,
  refuseUnknownCustomer,
} from "./act.ts";
import { chargeBack } from "./chargeback.ts";

const subjectOf = (gateway: GatewayName, ref: string) => `suspense:${gateway}:${ref}`;
const wentKey = (gateway: GatewayName, ref: string) => `explained:${gateway}:${ref}`;

/**
 * Money that a gateway reports and we cannot explain lies in suspense, and on the desk, until a person says
 * whose it is. Where `ref` is a payment of ours that did not fit, the desk's item about that is done, and
 * no later report books its money again. Refuses a payment by which just as much has come already.
 */
export async function suspend(
  tx: Tx,
  deps: MoneyDeps,
  input: By & {
    gateway: GatewayName;
    ref: string;
    amountIdr: bigint;
    reason: string;
  },
): Promise<Done> {
  const { gateway, ref, amountIdr, reason, ...by } = input;
  const key = unexplainedKey(gateway, ref);
  const payment = await lockUnexplained(tx, { gateway, ref, amountIdr });
  const subject = subjectOf(gateway, ref);
  const credit = "suspense";
  const why = `unexplained: ${reason} · ref ${ref}`;
  const done = await postAct(tx, deps, {
    ...{ ...by, action: "money.unexplained", object: subject, reason, beyond: "refused" },
    transfers: [{ debit: `gateway:${gateway}`, credit, amountIdr, key, reason: why }],
    keys: [key],
  });
  if (done.outcome === "repeated") return done;
  await settleItem(tx, deps, {
    kind: "payment_mismatch",
    subject: `payment:${ref}`,
    resolution: "its money lies in suspense",
  });
  await openItem(tx, deps, {
    kind: "payment_suspense",
    subject,
    ...(payment?.order_id ? { orderId: payment.order_id } : {}),
    details: { amount: formatRupiah(amountIdr), why: reason },
  });
  return done;
}

export interface ResolveSuspense extends By {
  /** A short payment's reference, or the one under which money was called unexplained. */
  readonly ref: string;
  readonly to: "customer" | "gateway";
  /** Whose it is. Absent: that of the payment. */
  readonly customerId?: string;
  readonly reason: string;
}

/**
 * Takes all of it out of suspense: to a customer's saldo, or back to the gateway it came by. Refuses a
 * reference under which nothing lies there, and a customer whom nobody named.
 */
export async function resolveSuspense(
  tx: Tx,
  deps: ReportDeps,
  input: ResolveSuspense,
): Promise<Done> {
  const { ref, to, customerId, reason, ...by } = input;
  const payment = await findPaymentByRef(tx, ref);
  if (payment?.state === "short" && payment.order_id !== null) {
    if (to === "gateway") {
      const paymentId = payment.id;
      return chargeBack(tx, deps, { ...by, paymentId, reason, saysPurchaseFailed: false });
    }
    if (customerId !== undefined && customerId !== payment.customer_id) {
      throw new Refusal("suspense.whose", { field: "customer", ref });
    }
    const what = { orderId: payment.order_id, paymentId: payment.id, actor: by.actor };
    const transfers = [await resolveShort(tx, deps, what)];
    const object = `payment:${payment.id}`;
    await recordMoneyAct(tx, deps, { ...by, action: "money.resolve", object, transfers, reason });
    return { outcome: "posted", transfers };
  }
  const owner = customerId ?? payment?.customer_id;
  return resolveUnexplained(tx, deps, {
    ...{ ...by, ref, to, reason },
    ...(owner === undefined ? {} : { customerId: owner }),
  });
}

async function resolveUnexplained(tx: Tx, deps: MoneyDeps, input: ResolveSuspense): Promise<Done> {
  const { ref, to, customerId, reason, ...by } = input;
  const came = await findPosted(
    tx,
    gatewayNames.map((gateway) => unexplainedKey(gateway, ref)),
  );
  const gateway = gatewayNames.find((name) => came[0]?.key === unexplainedKey(name, ref));
  if (came[0] === undefined || gateway === undefined) throw new Refusal("suspense.empty", { ref });
  let credit: LedgerAccount = `gateway:${gateway}`;
  if (to === "customer") {
    if (customerId === undefined) throw new Refusal("suspense.whose", { field: "customer", ref });
    await refuseUnknownCustomer(tx, customerId);
    credit = saldoOf(customerId);
  }
  const subject = subjectOf(gateway, ref);
  const key = wentKey(gateway, ref);
  const { amountIdr } = came[0];
  const why = `explained: ${reason} · ref ${ref}`;
  const done = await postAct(tx, deps, {
    ...{ ...by, action: "money.resolve", object: subject, reason, beyond: "allowed" },
    transfers: [{ debit: "suspense", credit, amountIdr, key, reason: why }],
    keys: [key],
  });
  const resolution = `to ${credit}: ${reason}`;
  await settleItem(tx, deps, { kind: "payment_suspense", subject, resolution });
  return done;
}
