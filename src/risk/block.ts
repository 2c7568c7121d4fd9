/** Block: whom the shop does not sell to, until somebody ends it. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { Refusal } from "../platform/refusal.ts";
import { endBlock, insertBlock, selectBlocks, selectNewestRules } from "./repository.ts";
import type { BlockedSubject } from "./subject.ts";

interface BlockAct extends Pick<Act, "actor" | "origin" | "requestId"> {
  readonly subject: BlockedSubject;
  readonly reason: string;
}

/** Blocks somebody from now on. Refuses who is blocked already. */
export async function blockSubject(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  input: BlockAct,
): Promise<void> {
  const { subject, ...act } = input;
  const block = { id: deps.ids.uuid(), subject, reason: act.reason, now: deps.clock.now() };
  const inserted = await insertBlock(tx, block);
  if (inserted === undefined) throw new Refusal("block.exists");
  const after = { kind: subject.kind };
  await recordAct(tx, deps, { ...act, action: "risk.block", object: objectOf(block.id), after });
}

/** Ends a block. Refuses who is not blocked. */
export async function unblockSubject(
  tx: Tx,
  deps: { clock: Clock },
  input: BlockAct,
): Promise<void> {
  const { subject, ...act } = input;
  const ended = await endBlock(tx, subject, deps.clock.now());
  if (ended === undefined) throw new Refusal("block.unknown");
  const before = { kind: subject.kind };
  await recordAct(tx, deps, { ...act, action: "risk.unblock", object: objectOf(ended.id), before });
}

// Who is meant is personal: the audit log names the row, which can be deleted.
const objectOf = (blockId: string) => `risk_block:${blockId}`;

/** Who is blocked now, the oldest first. */
export async function listBlocks(db: Db) {
  return selectBlocks(db);
}

/** The rules that are in force, by name. */
export async function rulesInForce(db: Db) {
  return selectNewestRules(db);
}
