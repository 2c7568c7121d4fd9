/** Pause: nothing new is sent to a supplier until the cause is mended; what was sent is asked about. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import { openItem, settleItem } from "../desk/item.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, type Db, inTransaction, type Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue, RunAgain } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import {
  endPauses,
  insertPause,
  lockOpenPauses,
  type PauseRow,
  saveReading,
  selectOpenPauses,
} from "./repository.ts";
import type { Supplier } from "./supplier.ts";

const askFloatEveryMs = 60_000;

type By = Pick<Act, "actor" | "origin" | "requestId">;

/**
 * Only a pause for want of float ends by itself, once the float is as much as was needed. While the
 * books are broken the buyers' money waits too: nothing is refunded for being late.
 */
export type PauseCause =
  | { readonly cause: "float"; readonly neededIdr: bigint }
  | { readonly cause: "configuration" | "staff" | "books" };

const objectOf = (supplier: string) => `supplier:${supplier}`;

/** Why a supplier is sent nothing new; empty when it is bought from. */
export async function pauseCauses(db: Db, supplier: string): Promise<PauseCause["cause"][]> {
  const pauses = await selectOpenPauses(db, supplier);
  return pauses.map((pause) => pause.cause as PauseCause["cause"]);
}

/** Pauses a supplier. False when it is paused for the same cause already. */
export async function pauseSupplier(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; publish: Publish },
  input: { supplier: string; why: PauseCause; reason: string; by: By },
): Promise<boolean> {
  const { supplier, why, reason, by } = input;
  const { cause } = why;
  const now = deps.clock.now();
  const neededIdr = why.cause === "float" ? why.neededIdr : null;
  const row = { supplier, cause, reason, by: by.actor, neededIdr, now };
  if (!(await insertPause(tx, row))) return false;
  await recordAct(tx, deps, {
    ...by,
    action: "supplier.pause",
    object: objectOf(supplier),
    after: { cause },
    reason,
  });
  // The breach lies on the desk itself.
  if (cause !== "staff" && cause !== "books") {
    const details = { supplier, reason };
    await openItem(tx, deps, { kind: "supplier_paused", subject: objectOf(supplier), details });
  }
  if (cause === "float") {
    const runAt = new Date(now.getTime() + askFloatEveryMs);
    const job = { name: "suppliers.awaitFloat", key: supplier, payload: { supplier } };
    await enqueue(tx, deps, { ...job, runAt });
  }
  return true;
}

/** Ends every pause of a supplier, because a person says so. False when it was not paused. */
export async function resumeSupplier(
  tx: Tx,
  deps: { clock: Clock; publish: Publish },
  input: { supplier: string; reason: string; by: By },
): Promise<boolean> {
  const { supplier, reason, by } = input;
  const pauses = await lockOpenPauses(tx, supplier);
  if (pauses.length === 0) return false;
  await resume(tx, deps, { supplier, pauses, stillPaused: false, reason, by });
  return true;
}

/** Job `suppliers.awaitFloat`: once a minute while it is paused for want of float, is it enough again? */
export async function awaitFloat(
  db: Database,
  deps: { clock: Clock; publish: Publish; supplier: Supplier },
): Promise<void> {
  const supplier = deps.supplier.name;
  const waits = (pause: PauseRow) => pause.cause === "float";
  if (!(await selectOpenPauses(db, supplier)).some(waits)) return;
  const read = await deps.supplier.float();
  const enough = await inTransaction(db, async (tx) => {
    if (read.outcome === "unavailable") return false;
    const { amountIdr } = read;
    await saveReading(tx, supplier, { float_amount: amountIdr, float_read_at: deps.clock.now() });
    const open = await lockOpenPauses(tx, supplier);
    const pauses = open.filter((pause) => waits(pause) && amountIdr >= (pause.needed_amount ?? 0n));
    if (pauses.length === 0) return !open.some(waits);
    const reason = `the float is ${formatRupiah(amountIdr)} again`;
    const stillPaused = open.length > pauses.length;
    await resume(tx, deps, { supplier, pauses, stillPaused, reason, by: { actor: "system" } });
    return true;
  });
  if (!enough) throw new RunAgain(askFloatEveryMs);
}

async function resume(
  tx: Tx,
  deps: { clock: Clock; publish: Publish },
  input: {
    supplier: string;
    pauses: readonly PauseRow[];
    stillPaused: boolean;
    reason: string;
    by: By;
  },
): Promise<void> {
  const { supplier, pauses, reason, by } = input;
  const ids = pauses.map((pause) => pause.id);
  await endPauses(tx, ids, by.actor, deps.clock.now());
  await recordAct(tx, deps, {
    ...by,
    action: "supplier.resume",
    object: objectOf(supplier),
    before: { causes: pauses.map((pause) => pause.cause) },
    reason,
  });
  if (input.stillPaused) return;
  const resolution = `resumed: ${reason}`;
  await settleItem(tx, deps, { kind: "supplier_paused", subject: objectOf(supplier), resolution });
}
