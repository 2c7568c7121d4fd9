/** Seals: a use case; binds new rows of the ledger and the audit log together, off the road of orders. */
import type { Clock } from "../platform/clock.ts";
import { countedBack } from "../platform/database-problem.ts";
import { type Database, type Db, inTransaction, type Tx } from "../platform/db.ts";
import {
  beforeTheFirst,
  type ChainedTable,
  chainedTables,
  headOf,
  merkleRoot,
  type Place,
  type SealFacts,
  type Signer,
} from "./chain.ts";
import { publishHeads } from "./publish.ts";
import {
  insertSeal,
  lockSeals,
  lookForUnsealed,
  selectLastSeal,
  selectUnsealed,
} from "./repository.ts";

// Half a megabyte of leaves, and a fraction of a second of work.
const largestSeal = 10_000;

/** Before every row of a table. */
export const firstPlace: Readonly<Record<ChainedTable, Place>> = {
  transfers: { tx: "0", id: "00000000-0000-0000-0000-000000000000" },
  audit_log: { tx: "0", id: "0" },
};

/**
 * Job `audit.seal`: seals what was written since, as far as no transaction can add to it any more, and
 * publishes the heads to a file. A run that breaks off leaves whole seals, and the next one goes on.
 * Throws on a server that counts its transactions from before the newest seal.
 */
export async function sealHistory(
  db: Database,
  deps: { clock: Clock; signer: Signer; sealsFile: string },
): Promise<void> {
  const { hasUnsealed, isCountedBack } = await lookForUnsealed(db);
  if (isCountedBack) throw countedBack("the newest seal", "new rows would look like old ones");
  for (const covers of hasUnsealed ? chainedTables : []) {
    while ((await inTransaction(db, (tx) => sealNext(tx, deps, covers))) === largestSeal);
  }
  await publishHeads(db, deps.sealsFile);
}

/** The newest seal, by which all before it can be known; undefined before the first. */
export async function newestSeal(
  db: Db,
): Promise<{ number: bigint; head: string; sealedAt: Date } | undefined> {
  const seal = await selectLastSeal(db);
  return seal && { number: seal.number, head: seal.head.toString("hex"), sealedAt: seal.sealed_at };
}

/** Seals the next rows of a table. Returns how many. */
async function sealNext(
  tx: Tx,
  deps: { clock: Clock; signer: Signer },
  covers: ChainedTable,
): Promise<number> {
  await lockSeals(tx);
  const [last, lastOfTable] = [await selectLastSeal(tx), await selectLastSeal(tx, covers)];
  const after =
    lastOfTable === undefined
      ? firstPlace[covers]
      : { tx: lastOfTable.through_tx, id: lastOfTable.through_id };
  const rows = await selectUnsealed(tx, covers, after, largestSeal);
  const { leaves, latestAt } = rows;
  if (leaves === null || latestAt === null || rows.tx === null || rows.id === null) return 0;
  // The last of what there is covers every transaction that has ended: what is put among them later is
  // seen, also behind the last row.
  const isLast = rows.rowCount < largestSeal;
  const through = isLast
    ? { tx: rows.horizonTx, id: firstPlace[covers].id }
    : { tx: rows.tx, id: rows.id };
  const facts: SealFacts = {
    number: (last?.number ?? 0n) + 1n,
    covers,
    through,
    rowCount: rows.rowCount,
    latestAt: later(latestAt, lastOfTable?.latest_at),
    root: merkleRoot(leaves),
    previous: last?.head ?? beforeTheFirst,
    sealedAt: deps.clock.now(),
  };
  const head = headOf(facts);
  await insertSeal(tx, { ...facts, leaves, head, signature: deps.signer.sign(head) });
  return rows.rowCount;
}

const later = (one: Date, other: Date | undefined) =>
  other === undefined || one > other ? one : other;
