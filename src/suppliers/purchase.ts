/** Purchase: one attempt to buy a top-up, recorded before it is sent and never sent as new twice. */
import { post } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue, RunAgain } from "../platform/jobs.ts";
import { Refusal } from "../platform/refusal.ts";
import { applyReport, type ReportDeps } from "./apply-report.ts";
import { putOnDesk } from "./on-desk.ts";
import { isPaused } from "./pause.ts";
import {
  insertPurchase,
  insertSupplierSku,
  lockPurchase,
  type PurchaseRow,
  selectSupplierSku,
  updatePurchase,
} from "./repository.ts";
import type { PurchaseReport, PurchaseTarget, Supplier } from "./supplier.ts";

// Digiflazz asks for at most one inquiry a minute; how long it stays pending is not documented.
const oncePerMs = 60_000;
const pollMinutes = [1, 2, 5, 10, 15];
// After a crash our note of the time is all there is, and the request reached them a little later.
const arrivalMs = 5_000;
const retryUnsentMs = 5_000;
const retryPausedMs = 15_000;
// A worker is taken for dead 15 s after it was last heard of, and whoever comes next asks a minute
// after `asked_at`: by then a call that left in time has come back or timed out (20 s).
const sendWithinMs = 10_000;
// After 90 days Digiflazz forgets a reference, and asking would buy. A person decides long before.
const askNoLongerMs = 80 * 24 * 3600_000;
// Money waits for goods: a supplier that cannot be reached this long has failed for this order.
const giveUpUnsentMs = 10 * 60_000;
// Most end within minutes; staff look at what has not.
const stuckAfterMs = 30 * 60_000;

export interface OpenPurchase {
  readonly orderId: string;
  readonly skuId: number;
  readonly target: PurchaseTarget;
  readonly maxCostIdr: bigint;
}

/** Opens a purchase and its job. The cost leaves our float for `in_transit`. Throws without a supplier SKU. */
export async function openPurchase(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; supplier: Supplier },
  input: OpenPurchase,
): Promise<void> {
  const { supplier } = deps;
  const supplierSku = await selectSupplierSku(tx, supplier.name, input.skuId);
  if (supplierSku === undefined) throw new Error(`${supplier.name} sells no SKU ${input.skuId}`);
  const id = deps.ids.uuid();
  await insertPurchase(tx, {
    id,
    ref: deps.ids.ref("B"),
    order_id: input.orderId,
    supplier: supplier.name,
    supplier_sku: supplierSku,
    customer_no: supplier.customerNo(input.target),
    max_cost: input.maxCostIdr,
    state: "open",
    opened_at: deps.clock.now(),
  });
  await post(tx, deps, [
    {
      debit: `in_transit:${supplier.name}`,
      credit: `float:${supplier.name}`,
      amountIdr: input.maxCostIdr,
      key: `purchase:${id}`,
      reason: "purchase sent",
      orderId: input.orderId,
    },
  ]);
  await enqueue(tx, deps, { name: "suppliers.purchase", key: id, payload: { purchaseId: id } });
}

/**
 * Job `suppliers.purchase`: sends the purchase, then asks until it is known. `sent_at` is committed
 * before the socket is written, so a run after a crash asks instead of buying.
 */
export async function runPurchase(
  db: Database,
  deps: ReportDeps & { supplier: Supplier },
  input: { purchaseId: string },
): Promise<void> {
  const turn = await inTransaction(db, (tx) => takeTurn(tx, deps, input.purchaseId));
  if (turn === undefined) return;
  const { purchase, first, sendBy } = turn;
  const request = {
    sendBy,
    ref: purchase.ref,
    supplierSku: purchase.supplier_sku,
    customerNo: purchase.customer_no,
    maxCostIdr: purchase.max_cost,
  };
  const report = first
    ? await deps.supplier.purchase(request)
    : await deps.supplier.inquire({ ...request, doubt: purchase.doubt });

  const againAfterMs = await inTransaction(db, async (tx) => {
    const known = report.status === "not_sent" ? await unsend(tx, deps, turn, report) : report;
    if (known === undefined) return retryUnsentMs;
    const state = await applyReport(tx, deps, {
      purchaseId: purchase.id,
      kind: first ? "purchase" : "inquiry",
      report: known,
    });
    if (state !== "open") return undefined;
    const now = deps.clock.now();
    if (ageMs(purchase, now) >= stuckAfterMs) {
      await putOnDesk(tx, deps, purchase, { kind: "purchase_stuck", says: known.status });
    }
    return pollAfterMs(purchase, now);
  });
  if (againAfterMs !== undefined) throw new RunAgain(againAfterMs);
}

/** One request to the supplier, sent before `sendBy` or not at all. */
interface Turn {
  readonly purchase: PurchaseRow;
  readonly first: boolean;
  readonly askedAt: Date;
  readonly sendBy: Date;
}

/** Records that we are about to send or ask. Undefined when there is nothing left to do. */
async function takeTurn(tx: Tx, deps: ReportDeps, purchaseId: string): Promise<Turn | undefined> {
  const now = deps.clock.now();
  const purchase = await lockPurchase(tx, purchaseId);
  if (purchase.state !== "open") return undefined;
  if (ageMs(purchase, now) > askNoLongerMs) {
    throw new Refusal("purchase.too_old", { purchase: purchase.ref });
  }
  const waitMs = (purchase.asked_at?.getTime() ?? 0) + oncePerMs - now.getTime();
  const first = purchase.sent_at === null;
  if (!first && waitMs > 0) throw new RunAgain(waitMs + arrivalMs);
  if (first && (await isPaused(tx, purchase.supplier))) {
    const leftMs = giveUpUnsentMs - ageMs(purchase, now);
    if (leftMs > 0) throw new RunAgain(Math.min(leftMs, retryPausedMs));
    const report = neverSent("the supplier is paused");
    await applyReport(tx, deps, { purchaseId, kind: "purchase", report });
    return undefined;
  }
  const sendBy = new Date(now.getTime() + sendWithinMs);
  await updatePurchase(tx, purchase.id, {
    sent_at: purchase.sent_at ?? now,
    asked_at: now,
    send_by: sendBy,
  });
  return { purchase, first, askedAt: now, sendBy };
}

/** Nothing left this machine: the next run may send it as new, until that has lasted too long. */
async function unsend(
  tx: Tx,
  deps: { clock: Clock },
  turn: Turn,
  report: PurchaseReport & { status: "not_sent" },
): Promise<PurchaseReport | undefined> {
  const purchase = await lockPurchase(tx, turn.purchase.id);
  // Another worker took over while this one was paused, and may have sent it.
  const takenOver = purchase.asked_at?.getTime() !== turn.askedAt.getTime();
  if (!turn.first || takenOver || purchase.state !== "open") return report;
  if (ageMs(purchase, deps.clock.now()) >= giveUpUnsentMs) {
    return neverSent("the supplier could not be reached");
  }
  await updatePurchase(tx, purchase.id, { sent_at: null, asked_at: null, send_by: null });
  return undefined;
}

/** Nothing left this machine, so it has definitely failed. */
function neverSent(why: string): PurchaseReport {
  const exchange = { status: null, body: why };
  return { status: "failed", why, fault: "supplier", action: "refund", exchange };
}

function ageMs(purchase: PurchaseRow, now: Date): number {
  return now.getTime() - purchase.opened_at.getTime();
}

function pollAfterMs(purchase: PurchaseRow, now: Date): number {
  const ageMinutes = ageMs(purchase, now) / 60_000;
  const next = pollMinutes.find((minutes) => minutes > ageMinutes) ?? ageMinutes + 15;
  return Math.max(oncePerMs, (next - ageMinutes) * 60_000);
}

/** Notes what a supplier calls a SKU, once. */
export async function mapSupplierSku(
  tx: Tx,
  input: { supplier: string; skuId: number; supplierSku: string },
): Promise<void> {
  await insertSupplierSku(tx, input);
}
