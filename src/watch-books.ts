/** Watch books: the proofs come again by themselves; a breach stops fulfilment until a person says so. */
import { hasLain, openItem } from "./desk/item.ts";
import { rollUp } from "./ledger/roll-up.ts";
import type { Clock } from "./platform/clock.ts";
import { type Database, inTransaction, type Tx } from "./platform/db.ts";
import type { Publish } from "./platform/events.ts";
import type { Ids } from "./platform/ids.ts";
import { enqueue } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import type { Breach } from "./platform/proof.ts";
import { pauseSupplier } from "./suppliers/pause.ts";
import { supplierNames } from "./suppliers/supplier.ts";
import { type Seals, type Verdict, verifyBooks, verifyTouched } from "./verify.ts";

const proveAll = { name: "books.prove", key: "recurring", payload: {} };

interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly publish: Publish;
}

/**
 * Job `books.check`, each minute: proves what was touched since the last time. What is noted as proved
 * and what it found are committed together, so that a run which breaks off is done again.
 */
export async function checkBooks(db: Database, deps: Deps & Seals): Promise<void> {
  await inTransaction(
    db,
    async (tx) => {
      const touched = await rollUp(tx);
      // The first time everything is new.
      if (touched === undefined) return enqueue(tx, deps, proveAll);
      await stopAtBreach(tx, deps, await verifyTouched(tx, deps, touched));
    },
    "repeatable read",
  );
}

/** Job `books.prove`, each night: proves everything. */
export async function proveBooks(db: Database, deps: Deps & Seals): Promise<void> {
  const verdicts = await verifyBooks(db, { ...deps, seals: deps });
  await inTransaction(db, (tx) => stopAtBreach(tx, deps, verdicts));
}

/**
 * Puts each breach on the desk and has nothing more bought. Once for each: when somebody has looked at
 * it and let the shop go on, the same breach does not stop it again. Edits nothing else.
 */
async function stopAtBreach(tx: Tx, deps: Deps, verdicts: readonly Verdict[]): Promise<void> {
  let news: string | undefined;
  for (const { rule, brokenCount, breaches } of verdicts) {
    const found = breaches.map((breach) => ({ subject: breach.subject, ...detailsOf(breach) }));
    if (brokenCount > breaches.length) {
      const inAll = { broken: String(brokenCount) };
      found.push({ subject: "in all", details: inAll, sameIf: inAll });
    }
    for (const { subject, details, sameIf } of found) {
      const item = { kind: "books_broken", subject: `${rule}: ${subject}` } as const;
      if (await hasLain(tx, { ...item, details: sameIf })) continue;
      if (!(await openItem(tx, deps, { ...item, details }))) continue;
      deps.log.error({ rule, subject, ...details }, "the books are broken");
      news ??= `the books are broken: ${rule}`;
    }
  }
  if (news === undefined) return;
  for (const supplier of supplierNames) {
    const why = { cause: "books" } as const;
    await pauseSupplier(tx, deps, { supplier, why, reason: news, by: { actor: "system" } });
  }
}

/** What the desk says of a breach, and what makes it the same one: totals go on, by how much they are off. */
function detailsOf({ expected, found }: Breach): {
  details: Readonly<Record<string, string>>;
  sameIf: Readonly<Record<string, string>>;
} {
  const areNumbers = [expected, found].every((side) => /^-?\d+$/.test(side));
  if (!areNumbers) return { details: { expected, found }, sameIf: { expected, found } };
  const off = { off: String(BigInt(found) - BigInt(expected)) };
  return { details: { expected, found, ...off }, sameIf: off };
}
