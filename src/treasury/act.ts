/** Act: what a person does with the shop's money. Posted once, written down, and told as it was posted. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import { isCustomer } from "../customers/find.ts";
import { isAsset } from "../ledger/chart.ts";
import {
  findBetween,
  findPosted,
  holdings,
  type Posted,
  post,
  type Transfer,
} from "../ledger/transfer.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { lockTreasury } from "./repository.ts";

const dayMs = 24 * 3600_000;

export type By = Pick<Act, "actor" | "origin">;

export interface MoneyDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publish: Publish;
}

/** What became of an act. `repeated`: these very transfers were posted before, and nothing was changed. */
export interface Done {
  readonly outcome: "posted" | "repeated";
  readonly transfers: readonly Transfer[];
}

export interface MoneyAct extends By {
  /** As in the audit log, `money.verb`. */
  readonly action: string;
  readonly object: string;
  readonly transfers: readonly Transfer[];
  /** Every key that the event may use, also those of transfers that it has not got this time. */
  readonly keys: readonly string[];
  readonly reason?: string;
  /** Whether more may be taken from an asset than lies there. */
  readonly beyond: "refused" | "allowed";
}

/**
 * Posts an act once for its keys, and records who did it. Refuses keys that were used with other numbers,
 * and taking more from the bank, a gateway, a float or the inventory than lies there.
 */
export async function postAct(tx: Tx, deps: MoneyDeps, act: MoneyAct): Promise<Done> {
  // House accounts have no balance row that could be locked, and a key no row before it is posted.
  await lockTreasury(tx);
  const known = await findPosted(tx, act.keys);
  if (known.length > 0) {
    if (!sameMoney(known, act.transfers)) {
      throw new Refusal("money.ref_reused", { posted: known.map(inWords).join("; ") });
    }
    return { outcome: "repeated", transfers: known };
  }
  if (act.beyond === "refused") await refuseBeyond(tx, act.transfers);
  await post(tx, deps, act.transfers);
  await recordMoneyAct(tx, deps, act);
  return { outcome: "posted", transfers: act.transfers };
}

/** Writes an act down with its transfers. */
export async function recordMoneyAct(
  tx: Tx,
  deps: { clock: Clock },
  act: By & Pick<MoneyAct, "action" | "object" | "transfers" | "reason">,
): Promise<void> {
  const { actor, origin, action, object, reason, transfers } = act;
  await recordAct(tx, deps, {
    ...{ actor, action, object, after: { transfers: transfers.map(inWords) } },
    ...(origin === undefined ? {} : { origin }),
    ...(reason === undefined ? {} : { reason }),
  });
}

/** What was posted between the same two accounts within the last 24 hours, and its sum in rupiah. */
export async function postedWithinADay(
  db: Db,
  { clock }: Pick<MoneyDeps, "clock">,
  { debit, credit }: Pick<Transfer, "debit" | "credit">,
): Promise<{ before: readonly Posted[]; sumIdr: bigint }> {
  const since = new Date(clock.now().getTime() - dayMs);
  const before = await findBetween(db, { debit, credit, since });
  return { before, sumIdr: before.reduce((sum, one) => sum + one.amountIdr, 0n) };
}

/** Refuses an id that is no customer's: their saldo would be nobody's. */
export async function refuseUnknownCustomer(db: Db, customerId: string): Promise<void> {
  if (!(await isCustomer(db, customerId))) {
    throw new Refusal("customer.unknown", { customer: customerId });
  }
}

const inWords = ({ debit, credit, amountIdr, key }: Transfer) =>
  `${formatRupiah(amountIdr)} ${debit} → ${credit} (${key})`;

function sameMoney(known: readonly Transfer[], wanted: readonly Transfer[]): boolean {
  const told = (transfers: readonly Transfer[]) => transfers.map(inWords).sort().join();
  return told(known) === told(wanted);
}

async function refuseBeyond(tx: Tx, transfers: readonly Transfer[]): Promise<void> {
  const taken = new Map<Transfer["credit"], bigint>();
  for (const { credit, amountIdr } of transfers) {
    if (isAsset(credit)) taken.set(credit, (taken.get(credit) ?? 0n) + amountIdr);
  }
  const held = await holdings(tx, [...taken.keys()]);
  for (const [name, amountIdr] of taken) {
    const thereIdr = held.get(name) ?? 0n;
    if (amountIdr <= thereIdr) continue;
    const [there, asked] = [formatRupiah(thereIdr), formatRupiah(amountIdr)];
    throw new Refusal("money.too_little", { field: "amount", name, there, asked });
  }
}
