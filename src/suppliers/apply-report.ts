/** Apply report: what a supplier says of a purchase, applied once however often and late it comes. */
import { post, type Transfer } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import {
  insertExchange,
  lockPurchase,
  type PurchaseRow,
  selectPurchaseByRef,
  updatePurchase,
} from "./repository.ts";
import type { PurchaseReport } from "./supplier.ts";

export interface ReportDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publish: Publish;
  readonly log: Log;
}

/** Locks the purchase only; the order learns of it from `purchase.ended`. Returns the state after. */
export async function applyReport(
  tx: Tx,
  deps: ReportDeps,
  input: { purchaseId: string; kind: "purchase" | "inquiry" | "webhook"; report: PurchaseReport },
): Promise<string> {
  const now = deps.clock.now();
  const { report } = input;
  const purchase = await lockPurchase(tx, input.purchaseId);
  await insertExchange(tx, purchase.id, input.kind, report.exchange, now);
  if (purchase.state !== "open") {
    if (contradicts(purchase, report)) {
      // A success can be taken back by the seller later (Digiflazz rc 74): a person decides.
      deps.log.error({ purchase: purchase.ref, report: report.status }, "a report after the end");
    }
    return purchase.state;
  }
  switch (report.status) {
    case "succeeded": {
      const charged = report.chargedIdr ?? purchase.max_cost;
      const serialNumber = report.serialNumber;
      await end(tx, deps, purchase, { state: "succeeded", charged, serial_number: serialNumber });
      await post(tx, deps, costTransfers(purchase, charged));
      return "succeeded";
    }
    case "failed":
      if (report.fault === "configuration") {
        deps.log.error({ purchase: purchase.ref, why: report.why }, "our set-up at the supplier");
      }
      await end(tx, deps, purchase, { state: "failed", failure: `${report.fault}: ${report.why}` });
      await post(tx, deps, [backToFloat(purchase, purchase.max_cost)]);
      return "failed";
    case "unknown":
      if (report.doubt !== undefined)
        await updatePurchase(tx, purchase.id, { doubt: report.doubt });
      return "open";
    case "pending":
    case "not_sent":
      return "open";
    default:
      return report satisfies never;
  }
}

/** Applies an authentic webhook. False when the purchase is not ours. */
export async function acceptPurchaseWebhook(
  db: Database,
  deps: ReportDeps,
  input: { ref: string; report: PurchaseReport },
): Promise<boolean> {
  const purchase = await selectPurchaseByRef(db, input.ref);
  if (purchase === undefined) return false;
  const { report } = input;
  await inTransaction(db, (tx) =>
    applyReport(tx, deps, { purchaseId: purchase.id, kind: "webhook", report }),
  );
  return true;
}

async function end(
  tx: Tx,
  deps: ReportDeps,
  purchase: PurchaseRow,
  change: { state: string; charged?: bigint; serial_number?: string; failure?: string },
): Promise<void> {
  await updatePurchase(tx, purchase.id, { ...change, ended_at: deps.clock.now() });
  await deps.publish(tx, { name: "purchase.ended", purchaseId: purchase.id });
}

function contradicts(purchase: PurchaseRow, report: PurchaseReport): boolean {
  return (
    (purchase.state === "succeeded" && report.status === "failed") ||
    (purchase.state === "failed" && report.status === "succeeded") ||
    (purchase.state === "succeeded" && report.status === "unknown")
  );
}

// What they charged is our cost; what they charged less than feared goes back to our float.
function costTransfers(purchase: PurchaseRow, charged: bigint): Transfer[] {
  const transfers: Transfer[] = [];
  const base = { orderId: purchase.order_id };
  const inTransit = `in_transit:${purchase.supplier}` as const;
  if (charged > purchase.max_cost) {
    transfers.push({
      ...base,
      debit: inTransit,
      credit: `float:${purchase.supplier}`,
      amountIdr: charged - purchase.max_cost,
      key: `purchase_excess:${purchase.id}`,
      reason: "charged above the price cap",
    });
  }
  if (charged > 0n) {
    transfers.push({
      ...base,
      debit: "cost_of_sales",
      credit: inTransit,
      amountIdr: charged,
      key: `purchase_cost:${purchase.id}`,
      reason: "purchase confirmed",
    });
  }
  if (charged < purchase.max_cost) {
    transfers.push(backToFloat(purchase, purchase.max_cost - charged));
  }
  return transfers;
}

function backToFloat(purchase: PurchaseRow, amountIdr: bigint): Transfer {
  return {
    debit: `float:${purchase.supplier}`,
    credit: `in_transit:${purchase.supplier}`,
    amountIdr,
    key: `purchase_back:${purchase.id}`,
    reason: "purchase not charged",
    orderId: purchase.order_id,
  };
}
