/** Apply report: what a supplier says of a purchase, applied once however often and late it comes. */
import { post, type Transfer } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { dropWaiting } from "../platform/jobs.ts";
import type { Log } from "../platform/log.ts";
import { formatRupiah } from "../platform/money.ts";
import { putOnDesk, takeOffDesk } from "./on-desk.ts";
import { pauseSupplier } from "./pause.ts";
import {
  disableSupplierSku,
  insertExchanges,
  lockPurchases,
  markSucceeded,
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

/** What a supplier said of a purchase, and when it said so. */
export interface Said {
  readonly purchaseId: string;
  readonly kind: "purchase" | "inquiry" | "webhook";
  readonly report: PurchaseReport;
}

/** Locks the purchases only; their orders learn of it from `purchase.ended`. Returns the states after. */
export async function applyReports(
  tx: Tx,
  deps: ReportDeps,
  said: readonly Said[],
): Promise<string[]> {
  const ids = said.map((one) => one.purchaseId);
  const purchases = await lockPurchases(tx, ids);
  await insertExchanges(
    tx,
    said.map(({ purchaseId, kind, report: { exchange } }) => ({ purchaseId, kind, exchange })),
    deps.clock.now(),
  );
  const succeeded: Succeeded[] = [];
  const states: string[] = [];
  for (const [index, purchase] of purchases.entries()) {
    const report = said[index]?.report;
    if (report === undefined) throw new Error("a purchase that was not asked for");
    if (purchase.state !== "open") {
      await applyAfterTheEnd(tx, deps, purchase, report);
      states.push(purchase.state);
    } else if (report.status === "succeeded") {
      const charged = report.chargedIdr ?? purchase.max_cost;
      succeeded.push({ purchase, charged, serialNumber: report.serialNumber });
      states.push("succeeded");
    } else {
      const state = await applyToOpen(tx, deps, purchase, report);
      await heed(tx, deps, { ...purchase, state }, report);
      states.push(state);
    }
  }
  if (succeeded.length > 0) await succeed(tx, deps, succeeded);
  return states;
}

/** The same for one purchase. */
export async function applyReport(tx: Tx, deps: ReportDeps, said: Said): Promise<string> {
  const [state] = await applyReports(tx, deps, [said]);
  return state ?? "open";
}

interface Succeeded {
  readonly purchase: PurchaseRow;
  readonly charged: bigint;
  readonly serialNumber: string;
}

async function succeed(tx: Tx, deps: ReportDeps, succeeded: readonly Succeeded[]): Promise<void> {
  const rows = succeeded.map(({ purchase, ...rest }) => ({ ...rest, id: purchase.id }));
  await markSucceeded(tx, rows, deps.clock.now());
  await tellEnded(
    tx,
    deps,
    succeeded.map((one) => one.purchase),
    "succeeded",
  );
  await post(
    tx,
    deps,
    succeeded.flatMap(({ purchase, charged }) => costTransfers(purchase, charged)),
  );
  for (const { purchase, charged } of succeeded) {
    // What was taken back was heard of first: both are true, in this order.
    if (purchase.reversed_at !== null) {
      await reverse(tx, deps, { ...purchase, state: "succeeded", charged });
    }
  }
}

async function applyToOpen(
  tx: Tx,
  deps: ReportDeps,
  purchase: PurchaseRow,
  report: Exclude<PurchaseReport, { status: "succeeded" }>,
): Promise<string> {
  switch (report.status) {
    case "failed":
      await updatePurchase(tx, purchase.id, {
        state: "failed",
        failure: `${report.fault}: ${report.why}`,
        ended_at: deps.clock.now(),
      });
      await tellEnded(tx, deps, [purchase], "failed");
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

async function tellEnded(
  tx: Tx,
  deps: ReportDeps,
  purchases: readonly PurchaseRow[],
  state: "succeeded" | "failed",
): Promise<void> {
  for (const purchase of purchases) {
    await takeOffDesk(tx, deps, purchase, {
      kinds: ["purchase_stuck", "purchase_review"],
      resolution: `the purchase has ${state}`,
    });
  }
  const ids = purchases.map((purchase) => purchase.id);
  await dropWaiting(tx, "suppliers.purchase", ids);
  const ended = purchases.map(({ id }) => ({ name: "purchase.ended", purchaseId: id }) as const);
  await deps.publish(tx, ...ended);
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
