/** Ledger repository: every statement that touches transfers and balances. Private to this folder. */
import { sql } from "kysely";
import type { Db, Tx } from "../platform/db.ts";

export interface TransferRow {
  readonly id: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount: string;
  readonly key: string;
  readonly reason: string;
  readonly order_id: string | null;
}

export async function insertTransfers(tx: Tx, rows: readonly TransferRow[], now: Date) {
  const result = await sql<{ posted: number }>`
    select ledger_post(${JSON.stringify(rows)}::jsonb, ${now}) as posted`.execute(tx);
  return result.rows[0]?.posted ?? 0;
}

export async function findPosted(db: Db, ledgerAccount: string) {
  const row = await db
    .selectFrom("balances")
    .select("posted")
    .where("ledger_account", "=", ledgerAccount)
    .executeTakeFirst();
  return row?.posted;
}

/** The sums of both sides of every account, computed from the transfers alone. */
export async function sumSides(db: Db) {
  const result = await sql<{ ledger_account: string; debits: bigint; credits: bigint }>`
    select ledger_account,
      coalesce(sum(amount) filter (where side = 'debit'), 0)::bigint as debits,
      coalesce(sum(amount) filter (where side = 'credit'), 0)::bigint as credits
    from entries
    group by ledger_account
    order by ledger_account`.execute(db);
  return result.rows;
}
