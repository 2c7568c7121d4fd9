/** Statement: the lines of one ledger account, with what it held after each. */
import type { Db } from "../platform/db.ts";
import { type LedgerAccount, normalSide } from "./chart.ts";
import { selectLines } from "./repository.ts";

export interface StatementLine {
  /** The transfer; also the cursor from which the next page goes on. */
  readonly id: string;
  readonly postedAt: Date;
  readonly key: string;
  readonly reason: string;
  readonly orderId: string | null;
  readonly otherSide: string;
  /** Above zero where the account grew. */
  readonly amountIdr: bigint;
  readonly balanceIdr: bigint;
}

export interface Statement {
  readonly lines: readonly StatementLine[];
  /** Where the next page begins, or null when this is the last one. */
  readonly next: string | null;
}

/** A page of an account's lines. With a cursor, those after it in the order asked for. */
export async function readStatement(
  db: Db,
  input: {
    ledgerAccount: LedgerAccount;
    from: "newest" | "oldest";
    limit: number;
    cursor?: string | undefined;
  },
): Promise<Statement> {
  const newestFirst = input.from === "newest";
  const rows = await selectLines(db, {
    ledgerAccount: input.ledgerAccount,
    side: normalSide(input.ledgerAccount),
    newestFirst,
    limit: input.limit + 1,
    cursor: input.cursor ?? null,
  });
  const lines: StatementLine[] = [];
  for (const row of rows.slice(0, input.limit)) {
    const last = lines.at(-1);
    const balanceIdr =
      last === undefined
        ? row.first_balance
        : last.balanceIdr + (newestFirst ? -last.amountIdr : row.amount);
    lines.push({
      id: row.id,
      postedAt: row.posted_at,
      key: row.key,
      reason: row.reason,
      orderId: row.order_id,
      otherSide: row.other_side,
      amountIdr: row.amount,
      balanceIdr,
    });
  }
  return { lines, next: rows.length > input.limit ? (lines.at(-1)?.id ?? null) : null };
}
