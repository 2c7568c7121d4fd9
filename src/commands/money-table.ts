/** Money table: what an act with money moves, shown alike before and after it is done. */
import { balanceOf, type LedgerAccount } from "../ledger/chart.ts";
import { holdings, type Transfer } from "../ledger/transfer.ts";
import { type Database, type Db, inTransaction, type Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { textTable } from "../platform/table.ts";

/** What an act did or would do. */
export interface Told {
  readonly outcome: "posted" | "repeated" | "proposed" | "cancelled";
  readonly transfers: readonly Transfer[];
  /** What to add, besides the outcome. */
  readonly says?: string;
}

class Undone extends Error {
  readonly text: string;

  constructor(text: string) {
    super("a dry run is undone");
    this.text = text;
  }
}

/** Does the work and returns what to print. With `dryRun` all of it is undone again. */
export async function doAndTell(
  db: Database,
  work: (tx: Tx) => Promise<Told>,
  how: { readonly dryRun: boolean },
): Promise<string> {
  try {
    return await inTransaction(db, async (tx) => {
      const told = await work(tx);
      const table = await movesTable(tx, told);
      if (how.dryRun) throw new Undone(`${table}\n\n${dryWords(told)}`);
      return `${table}\n\n${words(told)}`;
    });
  } catch (error) {
    if (error instanceof Undone) return error.text;
    throw error;
  }
}

function words({ outcome, says = "" }: Told): string {
  switch (outcome) {
    case "posted":
      return `Posted. ${says}`.trim();
    case "repeated":
      return "That was posted before: nothing was changed.";
    case "proposed":
    case "cancelled":
      return says;
    default:
      return outcome satisfies never;
  }
}

function dryWords({ outcome }: Told): string {
  switch (outcome) {
    case "posted":
      return "Nothing was changed: this is a dry run.";
    case "repeated":
      return "That was posted before. Nothing was changed: this is a dry run.";
    case "proposed":
      return "It would be a proposal, not posted at once. Nothing was changed: this is a dry run.";
    case "cancelled":
      return "It would be cancelled. Nothing was changed: this is a dry run.";
    default:
      return outcome satisfies never;
  }
}

async function movesTable(db: Db, { outcome, transfers }: Told): Promise<string> {
  if (transfers.length === 0) return "No money moves.";
  const names = [...new Set(transfers.flatMap(({ debit, credit }) => [debit, credit]))];
  const now = await holdings(db, names);
  const balances = names.map((name) => {
    const nowIdr = now.get(name) ?? 0n;
    const changeIdr = outcome === "repeated" ? 0n : changeOf(name, transfers);
    // What is only proposed has not moved yet.
    const beforeIdr = outcome === "proposed" ? nowIdr : nowIdr - changeIdr;
    return [name, formatRupiah(beforeIdr), formatRupiah(beforeIdr + changeIdr)];
  });
  const moves = transfers.map(({ debit, credit, amountIdr, reason }) => [
    ...[debit, credit],
    ...[formatRupiah(amountIdr), reason],
  ]);
  return `${textTable([["Debit", "Credit", "Amount", "Reason"], ...moves], 4)}

${textTable([["Account", "Before", "After"], ...balances], 1)}`;
}

function changeOf(name: LedgerAccount, transfers: readonly Transfer[]): bigint {
  return transfers.reduce((sum, { debit, credit, amountIdr }) => {
    const change = (side: LedgerAccount) => (side === name ? amountIdr : 0n);
    return sum + balanceOf(name, change(debit), change(credit));
  }, 0n);
}
