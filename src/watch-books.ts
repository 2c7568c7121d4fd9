/** Watch books: the proofs come again by themselves; a breach stops fulfilment until a person says so. */
import { hasLain, openItem } from "./desk/item.ts";
import { rollUp } from "./ledger/roll-up.ts";
import type { Clock } from "./platform/clock.ts";
import { type Database, inTransaction, type Tx } from "./platform/db.ts";
import type { Publish } from "./platform/events.ts";
import type { Ids } from "./platform/ids.ts";
import type { Log } from "./platform/log.ts";
import { pauseSupplier } from "./suppliers/pause.ts";
import { supplierNames } from "./suppliers/supplier.ts";
import { type Seals, type Verdict, verifyBooks, verifyTouched } from "./verify.ts";

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
  const isFirst = await inTransaction(
    db,
    async (tx) => {
      const touched = await rollUp(tx);
      if (touched === undefined) return true;
      await stopAtBreach(tx, deps, await verifyTouched(tx, deps, touched));
      return false;
    },
    "repeatable read",
  );
  if (isFirst) await proveBooks(db, deps);
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
  for (const { rule, breaches } of verdicts) {
    for (const { subject, expected, found } of breaches) {
      const item = {
        kind: "books_broken",
        subject: `${rule}: ${subject}`,
        details: { expected, found },
      } as const;
      if ((await hasLain(tx, item)) || !(await openItem(tx, deps, item))) continue;
      deps.log.error({ rule, subject, expected, found }, "the books are broken");
      news ??= `the books are broken: ${rule}`;
    }
  }
  if (news === undefined) return;
  for (const supplier of supplierNames) {
    const why = { cause: "books" } as const;
    await pauseSupplier(tx, deps, { supplier, why, reason: news, by: { actor: "system" } });
  }
}
