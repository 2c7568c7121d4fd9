/** Apply report: what a supplier says of a purchase, applied once however often and late it comes. */
import { post, type Transfer } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { formatRupiah } from "../platform/money.ts";
import { putOnDesk, takeOffDesk } from "./on-desk.ts";
import { pauseSupplier } from "./pause.ts";
import {
  disableSupplierSku,
  insertExchange,
  lockPurchase,
  type PurchaseRow,
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
  const { report } = input;
  const purchase = await lockPurchase(tx, input.purchaseId);
  await insertExchange(tx, purchase.id, input.kind, report.exchange, deps.clock.now());
  if (purchase.state !== "open") {
    await applyAfterTheEnd(tx, deps, purchase, report);
    return purchase.state;
  }
  const state = await applyToOpen(tx, deps, purchase, report);
  await heed(tx, deps, { ...purchase, state }, report);
  return state;
}

async function applyToOpen(
  tx: Tx,
  deps: ReportDeps,
  purchase: PurchaseRow,
  report: PurchaseReport,
): Promise<string> {
  switch (report.status) {
    case "succeeded": {
      const charged = report.chargedIdr ?? purchase.max_cost;
      const serialNumber = report.serialNumber;
      await end(tx, deps, purchase, { state: "succeeded", charged, serial_number: serialNumber });
      await post(tx, deps, costTransfers(purchase, charged));
      // What was taken back was heard of first: both are true, in this order.
      if (purchase.reversed_at !== null) {
        await reverse(tx, deps, { ...purchase, state: "succeeded", charged });
      }
      return "succeeded";
    }
    case "failed":
      await end(tx, deps, purchase, { state: "failed", failure: `${report.fault}: ${report.why}` });
      await post(tx, deps, [backToFloat(purchase, purchase.max_cost)]);
      return "failed";
    case "unknown":
      if (report.doubt !== undefined) {
        // Whoever asks next waits a minute from now: only then does the same answer say something new.
        const now = deps.clock.now();
        const asked = { asked_at: now, send_by: purchase.send_by ?? now };
        await updatePurchase(tx, purchase.id, { doubt: report.doubt, ...asked });
      }
      return "open";
    case "pending":
      if (purchase.doubt !== null) await updatePurchase(tx, purchase.id, { doubt: null });
      await takeOffDesk(tx, deps, purchase, {
        kinds: ["purchase_review"],
        resolution: "the supplier says that it is under way",
      });
      return "open";
    case "not_sent":
      return "open";
    default:
      return report satisfies never;
  }
}

/** Does what a report asks of the shop beside ending the purchase. */
async function heed(
  tx: Tx,
  deps: ReportDeps,
  purchase: PurchaseRow,
  report: PurchaseReport,
): Promise<void> {
  if (report.status !== "failed" && report.status !== "unknown") return;
  const { supplier } = purchase;
  const { action, why: reason = "" } = report;
  const review = { kind: "purchase_review", says: reason } as const;
  const by = { actor: "system" } as const;
  switch (action) {
    case "pause_until_funded": {
      const why = { cause: "float", neededIdr: purchase.max_cost } as const;
      await pauseSupplier(tx, deps, { supplier, why, reason, by });
      return;
    }
    case "pause_supplier":
      await pauseSupplier(tx, deps, { supplier, why: { cause: "configuration" }, reason, by });
      return;
    case "disable_sku": {
      const sku = { supplier, supplierSku: purchase.supplier_sku };
      await disableSupplierSku(tx, { ...sku, reason, now: deps.clock.now() });
      deps.log.warn({ ...sku, reason }, "a SKU is out of sale until the price list offers it");
      return;
    }
    case "review":
      return putOnDesk(tx, deps, purchase, review);
    case "reverse":
      await updatePurchase(tx, purchase.id, { reversed_at: deps.clock.now() });
      return putOnDesk(tx, deps, purchase, review);
    default:
      return;
  }
}

/** A purchase has ended once. What contradicts that is a person's to decide. */
async function applyAfterTheEnd(
  tx: Tx,
  deps: ReportDeps,
  purchase: PurchaseRow,
  report: PurchaseReport,
): Promise<void> {
  const says = ("why" in report && report.why) || report.status;
  const contradiction = { kind: "purchase_contradiction", says } as const;
  if (purchase.state === "succeeded" && report.status === "unknown") {
    if (report.action === "reverse" && purchase.reversed_at === null) {
      await updatePurchase(tx, purchase.id, { reversed_at: deps.clock.now() });
      await reverse(tx, deps, purchase);
    } else if (report.action === "review") {
      await putOnDesk(tx, deps, purchase, contradiction);
    }
    return;
  }
  const contradicts =
    (purchase.state === "succeeded" && report.status === "failed") ||
    (purchase.state === "failed" && report.status === "succeeded");
  if (contradicts) await putOnDesk(tx, deps, purchase, contradiction);
}

/** A success was taken back by the seller: the cost returns at once, the refund is a person's. */
async function reverse(tx: Tx, deps: ReportDeps, purchase: PurchaseRow): Promise<void> {
  const amountIdr = purchase.charged ?? 0n;
  if (amountIdr > 0n) {
    await post(tx, deps, [
      {
        debit: `float:${purchase.supplier}`,
        credit: "cost_of_sales",
        amountIdr,
        key: `purchase_reversal:${purchase.id}`,
        reason: "the supplier took a delivery back",
        orderId: purchase.order_id,
      },
    ]);
  }
  const says = `taken back after success, ${formatRupiah(amountIdr)} is in the float again`;
  await putOnDesk(tx, deps, purchase, { kind: "purchase_contradiction", says });
}

async function end(
  tx: Tx,
  deps: ReportDeps,
  purchase: PurchaseRow,
  change: { state: string; charged?: bigint; serial_number?: string; failure?: string },
): Promise<void> {
  await updatePurchase(tx, purchase.id, { ...change, ended_at: deps.clock.now() });
  await takeOffDesk(tx, deps, purchase, {
    kinds: ["purchase_stuck", "purchase_review"],
    resolution: `the purchase has ${change.state}`,
  });
  await deps.publish(tx, { name: "purchase.ended", purchaseId: purchase.id });
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
