/** Verify: what the seals prove about the ledger, the audit log and themselves. */
import type { Db } from "../platform/db.ts";
import { type Breach, type Finding, firstBreaches, type Proof } from "../platform/proof.ts";
import {
  beforeTheFirst,
  type ChainedTable,
  chainedTables,
  compareLeaves,
  headOf,
  merkleRoot,
  type Place,
  type SealFacts,
  type Signer,
} from "./chain.ts";
import { type PublishedHead, publishedLength, readPublished } from "./publish.ts";
import {
  type SealRow,
  selectHeads,
  selectHeadsOf,
  selectLeaves,
  selectOlder,
  selectSeals,
} from "./repository.ts";
import { firstPlace } from "./seals.ts";

// Some 24 MB of leaves at most.
const sealsAtOnce = 50;
const headsAtOnce = 10_000;
const rowsAtOnce = 10_000;
const mostTold = 1_000;
// What a row says of its time is written before it is committed; nothing takes a day to commit.
const latestEntryMs = 24 * 3600_000;
const rowNames: Readonly<Record<ChainedTable, string>> = {
  transfers: "transfer",
  audit_log: "act",
};

/**
 * The proofs of what was sealed with this signer, and published until now: ask for them before the moment that
 * is proved, or the newest seal would be missed in it.
 */
export function sealProofs(deps: { signer: Signer; sealsFile: string }): readonly Proof[] {
  const length = publishedLength(deps.sealsFile);
  return [
    {
      rule: "seals follow each other without a gap, each signed with this shop's key",
      check: (db) => checkChain(db, deps.signer),
    },
    {
      rule: "every row of the ledger and the audit log is as it was sealed, none missing or added",
      check: checkRows,
    },
    {
      rule: "no row was written a day after the time that it tells",
      check: checkDates,
    },
    {
      rule: "every seal that was published is still there",
      check: (db) => checkPublished(db, readPublished(deps.sealsFile, length)),
    },
  ];
}

async function checkChain(db: Db, signer: Signer): Promise<Finding> {
  const breaches: Breach[] = [];
  let number = 0n;
  let previous: Buffer = beforeTheFirst;
  for await (const seal of pages(sealsAtOnce, (page) => selectSeals(db, page))) {
    const expected = "the seal after the one before it, whole and signed";
    const found = problemOf(seal, { number: number + 1n, previous }, signer);
    if (found !== undefined) breaches.push({ subject: `seal ${seal.number}`, expected, found });
    [number, previous] = [seal.number, seal.head];
  }
  return firstBreaches(Number(number), breaches);
}

function problemOf(
  seal: SealRow,
  expected: { number: bigint; previous: Buffer },
  signer: Signer,
): string | undefined {
  if (seal.number !== expected.number) return `seal ${expected.number} is missing`;
  if (!seal.previous.equals(expected.previous)) return "another seal before it";
  if (!merkleRoot(seal.leaves).equals(seal.root)) return "other rows than it was made of";
  if (!headOf(factsOf(seal)).equals(seal.head)) return "changed after it was made";
  if (!signer.isSigned(seal.head, seal.signature)) return "signed with another key";
  return undefined;
}

function factsOf(seal: SealRow): SealFacts {
  return {
    number: seal.number,
    // A check of the table's.
    covers: seal.covers as ChainedTable,
    through: { tx: seal.through_tx, id: seal.through_id },
    rowCount: seal.row_count,
    latestAt: seal.latest_at,
    root: seal.root,
    previous: seal.previous,
    sealedAt: seal.sealed_at,
  };
}

async function checkRows(db: Db): Promise<Finding> {
  const breaches: Breach[] = [];
  let checkedCount = 0;
  for (const covers of chainedTables) {
    let [after, sealed] = [firstPlace[covers], [] as SealRow[]];
    let rowCount = 0;
    const compare = async () => {
      const last = sealed.at(-1);
      if (last === undefined) return;
      const through = { tx: last.through_tx, id: last.through_id };
      const found = await selectLeaves(db, covers, { after, through });
      const expected = Buffer.concat(sealed.map((seal) => seal.leaves));
      for (const row of compareLeaves(expected, found)) {
        const subject = `${rowNames[covers]} ${readId(covers, row.id)}`;
        breaches.push({ subject, expected: "as it was sealed", found: row.found });
      }
      checkedCount += rowCount;
      [after, sealed, rowCount] = [through, [], 0];
    };
    const seals = pages(sealsAtOnce, (page) => selectSeals(db, { ...page, covers }));
    for await (const seal of seals) {
      sealed.push(seal);
      rowCount += seal.row_count;
      if (rowCount >= rowsAtOnce) await compare();
    }
    await compare();
  }
  return firstBreaches(checkedCount, breaches);
}

/** A uuid, or a number, of its 16 bytes in hex. */
function readId(covers: ChainedTable, hex: string): string {
  if (covers === "audit_log") return BigInt(`0x${hex}`).toString();
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

async function checkDates(db: Db): Promise<Finding> {
  const breaches: Breach[] = [];
  let [checkedCount, brokenCount] = [0, 0];
  for (const covers of chainedTables) {
    let last: { after: Place; latestAt: Date } | undefined;
    const check = async (through: Place | undefined) => {
      if (last === undefined) return;
      const than = new Date(last.latestAt.getTime() - latestEntryMs);
      const { count, ids } = await selectOlder(db, covers, { after: last.after, through, than });
      brokenCount += count;
      const expected = `not before ${than.toISOString()}`;
      for (const id of ids) {
        breaches.push({ subject: `${rowNames[covers]} ${id}`, expected, found: "an older time" });
      }
    };
    const heads = pages(headsAtOnce, (page) => selectHeads(db, { ...page, covers }));
    for await (const seal of heads) {
      const through = { tx: seal.through_tx, id: seal.through_id };
      await check(through);
      last = { after: through, latestAt: seal.latest_at };
      checkedCount += seal.row_count;
    }
    await check(undefined); // what is not sealed yet
  }
  return { ...firstBreaches(checkedCount, breaches), brokenCount };
}

async function checkPublished(db: Db, published: AsyncIterable<PublishedHead>): Promise<Finding> {
  const breaches: Breach[] = [];
  let [checkedCount, brokenCount] = [0, 0];
  for await (const said of pagesOf(published, headsAtOnce)) {
    const numbers = said.map(({ number }) => number);
    const kept = await selectHeadsOf(db, numbers);
    for (const { number, head } of said) {
      checkedCount++;
      const found = kept.get(number);
      if (found === head) continue;
      // Some are told; all are counted.
      if (brokenCount++ >= mostTold) continue;
      breaches.push({ subject: `seal ${number}`, expected: head, found: found ?? "cut off" });
    }
  }
  return { ...firstBreaches(checkedCount, breaches), brokenCount };
}

async function* pagesOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let page: Item[] = [];
  for await (const item of items) {
    if (page.push(item) < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function* pages<Seal extends { number: bigint }>(
  limit: number,
  select: (page: { after: bigint; limit: number }) => Promise<Seal[]>,
): AsyncGenerator<Seal> {
  for (let after = 0n; ; ) {
    const seals = await select({ after, limit });
    yield* seals;
    const last = seals.at(-1);
    if (last === undefined) return;
    after = last.number;
  }
}
