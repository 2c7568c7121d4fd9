/** `konter ledger`: the statement of one ledger account. */
import { chartLines, isLedgerAccount, type LedgerAccount, saldoOf } from "../ledger/chart.ts";
import { readStatement, type Statement } from "../ledger/statement.ts";
import { formatRupiah } from "../platform/money.ts";
import { textTable } from "../platform/table.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { withShop } from "./operator.ts";

const defaultLimit = 20;
const highestLimit = 1_000;
const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

export const ledger: Command = {
  usage: "ledger [ACCOUNT] [--limit N] [--before CURSOR]",
  summary: "show the lines of a ledger account, newest first, with its running balance",
  details: `Without ACCOUNT it lists the chart of accounts. A customer's id alone is short for customer:<id>.
  --limit N         how many lines (default ${defaultLimit}, at most ${highestLimit})
  --before CURSOR   the page before that line: the cursor is printed below each page
  --oldest          oldest first
  --after CURSOR    with --oldest, the page after that line`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        limit: { type: "string" },
        before: { type: "string" },
        oldest: { type: "boolean", default: false },
        after: { type: "string" },
      },
    });
    const [name, ...others] = positionals;
    if (name === undefined) return terminal.print(chartTable());
    const ledgerAccount = readName(name);
    if (others.length > 0) throw new UsageError(`one account at a time, not also ${others[0]}`);
    const { oldest, before, after } = values;
    if ((oldest ? before : after) !== undefined) {
      throw new UsageError("--before goes back from the newest line, --after on from the oldest");
    }
    const cursor = before ?? after;
    if (cursor !== undefined && !isUuid(cursor)) throw new UsageError(`${cursor} is no cursor`);
    const limit = readLimit(values.limit);

    const from = oldest ? "oldest" : "newest";
    const statement = await withShop(terminal, ({ db }) =>
      readStatement(db, { ledgerAccount, from, limit, cursor }),
    );
    terminal.print(statementTable(ledgerAccount, statement, { from, paged: cursor !== undefined }));
  },
};

function readName(name: string): LedgerAccount {
  const full = isUuid(name) ? saldoOf(name) : name;
  if (!isLedgerAccount(full)) {
    throw new UsageError(`${name} is not in the chart of accounts:\n\n${chartTable()}`);
  }
  return full;
}

function readLimit(text = String(defaultLimit)): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= highestLimit) return limit;
  throw new UsageError(`--limit takes a number from 1 to ${highestLimit}, not ${text}`);
}

function chartTable(): string {
  const rows = chartLines.map(({ name, side, holds }) => [name, side, holds]);
  return textTable([["Account", "Grows by", "Holds"], ...rows], 3);
}

function statementTable(
  ledgerAccount: LedgerAccount,
  { lines, next }: Statement,
  page: { from: "newest" | "oldest"; paged: boolean },
): string {
  if (lines.length === 0) {
    const which = page.from === "newest" ? "before" : "after";
    return page.paged
      ? `${ledgerAccount}: nothing ${which} that line.`
      : `Nothing was ever posted to ${ledgerAccount}.`;
  }
  const rows = lines.map((line) => [
    inJakarta.format(line.postedAt).replace(",", ""),
    line.otherSide,
    line.reason,
    line.key,
    signed(line.amountIdr),
    formatRupiah(line.balanceIdr),
  ]);
  const head = ["Time (WIB)", "Other side", "Reason", "Key", "Amount", "Balance"];
  const more = page.from === "newest" ? `--before ${next}` : `--oldest --after ${next}`;
  const end = next === null ? "" : `\n\nMore: konter ledger ${ledgerAccount} ${more}`;
  return `${ledgerAccount}\n\n${textTable([head, ...rows], 4)}${end}`;
}

const signed = (amountIdr: bigint) => `${amountIdr > 0n ? "+" : ""}${formatRupiah(amountIdr)}`;

const inJakarta = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Jakarta",
  dateStyle: "short",
  timeStyle: "medium",
});
