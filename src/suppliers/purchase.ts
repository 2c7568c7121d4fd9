/** Purchase: one attempt to buy a top-up, recorded before it is sent and never sent as new twice. */
import { post, type Transfer } from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import { gather } from "../platform/gather.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueueAll, RunAgain } from "../platform/jobs.ts";
import { Refusal } from "../platform/refusal.ts";
import { applyReport, type ReportDeps, type Said } from "./apply-report.ts";
import { putOnDesk } from "./on-desk.ts";
import { pauseCauses } from "./pause.ts";
import type { Reporter } from "./reporter.ts";
import {
  insertPurchases,
  insertSupplierSku,
  lockPurchase,
  lockPurchases,
  markAsked,
  type PurchaseRow,
  selectSupplierSkus,
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

/** Opens purchases and their jobs. The cost leaves our float for `in_transit`. Throws without a supplier SKU. */
export async function openPurchases(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; supplier: Supplier },
  inputs: readonly OpenPurchase[],
): Promise<void> {
  if (inputs.length === 0) return;
  const { supplier } = deps;
  const skuIds = inputs.map((input) => input.skuId);
  const supplierSkus = await selectSupplierSkus(tx, supplier.name, skuIds);
  const now = deps.clock.now();
  const opened = inputs.map((input) => {
    const supplierSku = supplierSkus.get(input.skuId);
    if (supplierSku === undefined) throw new Error(`${supplier.name} sells no SKU ${input.skuId}`);
    return {
      id: deps.ids.uuid(),
      ref: deps.ids.ref("B"),
      order_id: input.orderId,
      supplier: supplier.name,
      supplier_sku: supplierSku,
      customer_no: supplier.customerNo(input.target),
      max_cost: input.maxCostIdr,
      state: "open",
      opened_at: now,
    };
  });
  await insertPurchases(tx, opened);
  const transfers = opened.map(
    (purchase): Transfer => ({
      debit: `in_transit:${supplier.name}`,
      credit: `float:${supplier.name}`,
      amountIdr: purchase.max_cost,
      key: `purchase:${purchase.id}`,
      reason: "purchase sent",
      orderId: purchase.order_id,
    }),
  );
  await post(tx, deps, transfers);
  const jobs = opened.map(({ id }) => ({ key: id, payload: { purchaseId: id } }));
  await enqueueAll(tx, deps, "suppliers.purchase", jobs);
}

type Deps = ReportDeps & { supplier: Supplier; reporter: Reporter };

/**
 * Makes job `suppliers.purchase`: it sends a purchase, then asks until it is known. `sent_at` is
 * committed before the socket is written, so a run after a crash asks instead of buying. Each is sent
 * by itself; what is written before and after is written for all that are there together.
 */
export function createBuyer(db: Database, deps: Deps) {
  const takeTurn = gather((purchaseIds: readonly string[]) =>
    inTransaction(db, (tx) => takeTurns(tx, deps, purchaseIds)),
  );
  return async ({ purchaseId }: { purchaseId: string }): Promise<void> => {
    const turn = await takeTurn(purchaseId);
    if (turn instanceof Error) throw turn;
    if (turn === "never") return inTransaction(db, (tx) => giveUp(tx, deps, purchaseId));
    if (turn === "ended") return;
    const report = await ask(deps, turn);
    const said = { purchaseId, kind: turn.first ? "purchase" : "inquiry", report } as const;
    const state =
      report.status === "not_sent"
        ? await inTransaction(db, (tx) => unsend(tx, deps, turn, { ...said, report }))
        : await deps.reporter.apply(said);
    if (state === "unsent") throw new RunAgain(retryUnsentMs);
    if (state === "open") await wait(db, deps, turn, report);
  };
}

async function ask({ supplier }: Deps, turn: Turn): Promise<PurchaseReport> {
  const { purchase, first, sendBy } = turn;
  const request = {
    sendBy,
    ref: purchase.ref,
    supplierSku: purchase.supplier_sku,
    customerNo: purchase.customer_no,
    maxCostIdr: purchase.max_cost,
  };
  return first
    ? supplier.purchase(request)
    : supplier.inquire({ ...request, doubt: purchase.doubt });
}

/** Nothing is known yet: it is asked about again, and after a while a person looks at it too. */
async function wait(
  db: Database,
  deps: Deps,
  { purchase }: Turn,
  report: PurchaseReport,
): Promise<never> {
  const now = deps.clock.now();
  if (ageMs(purchase, now) >= stuckAfterMs) {
    const item = { kind: "purchase_stuck", says: report.status } as const;
    await inTransaction(db, async (tx) => {
      // A webhook may have ended it since.
      const latest = await lockPurchase(tx, purchase.id);
      if (latest.state === "open") await putOnDesk(tx, deps, latest, item);
    });
  }
  throw new RunAgain(pollAfterMs(purchase, now));
}

/** One request to the supplier, sent before `sendBy` or not at all. */
interface Turn {
  readonly purchase: PurchaseRow;
  readonly first: boolean;
  readonly askedAt: Date;
  readonly sendBy: Date;
}

/** What a job does now; an error is thrown to its worker. */
type Step = Turn | "ended" | "never" | Error;

/** Records of each that we are about to send it or ask about it. */
async function takeTurns(
  tx: Tx,
  deps: { clock: Clock; supplier: Supplier },
  purchaseIds: readonly string[],
): Promise<Step[]> {
  const now = deps.clock.now();
  const sendBy = new Date(now.getTime() + sendWithinMs);
  const purchases = await lockPurchases(tx, purchaseIds);
  const paused = await pauseCauses(tx, deps.supplier.name);
  const steps = purchases.map((purchase): Step => {
    if (purchase.state !== "open") return "ended";
    if (ageMs(purchase, now) > askNoLongerMs) {
      return new Refusal("purchase.too_old", { purchase: purchase.ref });
    }
    const waitMs = (purchase.asked_at?.getTime() ?? 0) + oncePerMs - now.getTime();
    const first = purchase.sent_at === null;
    if (!first && waitMs > 0) return new RunAgain(waitMs + arrivalMs);
    if (first && paused.includes("books")) return new RunAgain(retryPausedMs);
    if (first && paused.length > 0) {
      const leftMs = giveUpUnsentMs - ageMs(purchase, now);
      return leftMs > 0 ? new RunAgain(Math.min(leftMs, retryPausedMs)) : "never";
    }
    return { purchase, first, askedAt: now, sendBy };
  });
  const asked = steps.flatMap((step) => (isTurn(step) ? [step.purchase.id] : []));
  if (asked.length > 0) await markAsked(tx, asked, { now, sendBy });
  return steps;
}

const isTurn = (step: Step): step is Turn => typeof step === "object" && "purchase" in step;

/** The supplier was paused for as long as a buyer's money may wait. */
async function giveUp(tx: Tx, deps: Deps, purchaseId: string): Promise<void> {
  const purchase = await lockPurchase(tx, purchaseId);
  if (purchase.state !== "open" || purchase.sent_at !== null) return;
  const report = neverSent("the supplier is paused");
  await applyReport(tx, deps, { purchaseId, kind: "purchase", report });
}

/** Nothing left this machine: the next run may send it as new, until that has lasted too long. */
async function unsend(
  tx: Tx,
  deps: ReportDeps,
  turn: Turn,
  said: Said & { report: { status: "not_sent" } },
): Promise<string> {
  const purchase = await lockPurchase(tx, turn.purchase.id);
  // Another worker took over while this one was paused, and may have sent it.
  const takenOver = purchase.asked_at?.getTime() !== turn.askedAt.getTime();
  if (!turn.first || takenOver || purchase.state !== "open") return applyReport(tx, deps, said);
  if (ageMs(purchase, deps.clock.now()) >= giveUpUnsentMs) {
    const report = neverSent("the supplier could not be reached");
    return applyReport(tx, deps, { ...said, report });
  }
  await updatePurchase(tx, purchase.id, { sent_at: null, asked_at: null, send_by: null });
  return "unsent";
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
