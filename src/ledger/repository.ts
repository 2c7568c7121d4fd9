/** Ledger repository: every statement that touches the books, outside its .sql. Private to this folder. */
import { sql } from "kysely";
import { countedBack } from "../platform/database-problem.ts";
import type { Db, Tx } from "../platform/db.ts";
import { compare, type Touched } from "../platform/proof.ts";

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

export async function callHold(
  tx: Tx,
  orderId: string,
  ledgerAccount: string,
  amountIdr: bigint,
  now: Date,
) {
  const { rows } = await sql<{ held: boolean }>`
    select ledger_hold(${orderId}, ${ledgerAccount}, ${amountIdr}, ${now}) as held`.execute(tx);
  return rows[0]?.held ?? false;
}

export async function callEndHold(tx: Tx, orderId: string, ending: string, now: Date) {
  const { rows } = await sql<{ ended: boolean }>`
    select ledger_end_hold(${orderId}, ${ending}, ${now}) as ended`.execute(tx);
  return rows[0]?.ended ?? false;
}

export async function findBalance(db: Db, ledgerAccount: string) {
  return db
    .selectFrom("balances")
    .select(["posted as postedIdr", "held as heldIdr"])
    .where("ledger_account", "=", ledgerAccount)
    .executeTakeFirst();
}

export async function selectByKeys(db: Db, keys: readonly string[]) {
  return selectPosted(db).where("key", "=", sql<string>`any(${keys}::text[])`).execute();
}

export async function selectBetween(
  db: Db,
  { debit, credit, since }: { debit: string; credit: string; since: Date },
) {
  return selectPosted(db)
    .where("debit_account", "=", debit)
    .where("credit_account", "=", credit)
    .where("posted_at", ">=", since)
    .execute();
}

function selectPosted(db: Db) {
  return db
    .selectFrom("transfers")
    .select(["debit_account", "credit_account", "amount", "key", "reason", "order_id", "posted_at"])
    .orderBy("posted_at")
    .orderBy("id");
}

/** The sums of both sides of some accounts. */
export async function sumSidesOf(db: Db, ledgerAccounts: readonly string[]) {
  const result = await sql<{ ledger_account: string; debits: bigint; credits: bigint }>`
    select ledger_account,
      coalesce((
        select sum(amount) from transfers where debit_account = ledger_account
      ), 0)::bigint as debits,
      coalesce((
        select sum(amount) from transfers where credit_account = ledger_account
      ), 0)::bigint as credits
    from unnest(${ledgerAccounts}::text[]) ledger_account`.execute(db);
  return result.rows;
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

export interface LineRow {
  readonly id: string;
  readonly posted_at: Date;
  readonly key: string;
  readonly reason: string;
  readonly order_id: string | null;
  readonly other_side: string;
  readonly amount: bigint;
  /** What the account held after the first line of the page. */
  readonly first_balance: bigint;
}

/** Lines of an account from the newest or the oldest on, its own side above zero, after the cursor. */
export async function selectLines(
  db: Db,
  input: {
    ledgerAccount: string;
    side: "debit" | "credit";
    newestFirst: boolean;
    limit: number;
    cursor: string | null;
  },
) {
  const { ledgerAccount, limit, cursor } = input;
  const debitSign = input.side === "debit" ? 1 : -1;
  const order = input.newestFirst ? sql`posted_at desc, id desc` : sql`posted_at, id`;
  const beyond = input.newestFirst ? sql`<` : sql`>`;
  const result = await sql<LineRow>`
    with lines as not materialized (
      select id, posted_at, key, reason, order_id, credit_account as other_side,
        amount * ${debitSign}::bigint as amount
      from transfers where debit_account = ${ledgerAccount}
      union all
      select id, posted_at, key, reason, order_id, debit_account, amount * ${-debitSign}::bigint
      from transfers where credit_account = ${ledgerAccount}
    ), page as materialized (
      select id, posted_at, key, reason, order_id, other_side, amount
      from lines
      where ${cursor}::uuid is null
        or (posted_at, id) ${beyond} (select posted_at, id from transfers where id = ${cursor}::uuid)
      order by ${order}
      limit ${limit}
    )
    select id, posted_at, key, reason, order_id, other_side, amount,
      (
        select sum(amount) from lines
        where (posted_at, id) <= (select posted_at, id from page order by ${order} limit 1)
      )::bigint as first_balance
    from page
    order by ${order}`.execute(db);
  return result.rows;
}

const movedOfCustomers = sql`
  select ledger_account, sum(amount) as amount
  from (
    select credit_account as ledger_account, amount from transfers
    where credit_account like 'customer:%'
    union all
    select debit_account, -amount from transfers
    where debit_account like 'customer:%'
  ) sides
  group by ledger_account`;

export async function compareBalances(db: Db) {
  return compare(
    db,
    sql`
      select coalesce(balances.ledger_account, moved.ledger_account) as subject,
        coalesce(moved.amount, 0)::text as expected,
        coalesce(balances.posted::text, 'no balance row') as found
      from balances
      full join (${movedOfCustomers}) moved on moved.ledger_account = balances.ledger_account`,
  );
}

/** The same of some customers, from what was rolled up and what came since. */
export async function compareBalancesOf(db: Db, customerIds: readonly string[]) {
  const ledgerAccounts = sql`array(select 'customer:' || id from unnest(${customerIds}::uuid[]) id)`;
  return compare(
    db,
    sql`
      with since as (
        select ledger_account, sum(sides.amount) as amount
        from transfers
        cross join lateral (
          values (credit_account, amount), (debit_account, -amount)
        ) sides (ledger_account, amount)
        -- Both bounds, or the planner takes it for a third of all transfers.
        where tx_id >= (select before_tx from ledger_rolled_up)
          and tx_id < pg_snapshot_xmax(pg_current_snapshot())
          and ledger_account like 'customer:%'
        group by ledger_account
      )
      select asked.name as subject,
        (coalesce(rolled.credits - rolled.debits, 0) + coalesce(since.amount, 0))::text as expected,
        coalesce(balances.posted::text, 'no balance row') as found
      from unnest(${ledgerAccounts}) asked (name)
      left join ledger_rollups rolled on rolled.ledger_account = asked.name
      left join since on since.ledger_account = asked.name
      left join balances on balances.ledger_account = asked.name`,
  );
}

/** What was rolled up, against the transfers themselves. */
export async function compareRollups(db: Db) {
  return compare(
    db,
    sql`
      select coalesce(rolled.ledger_account, moved.ledger_account) as subject,
        format('%s debits, %s credits', coalesce(moved.debits, 0), coalesce(moved.credits, 0)) as expected,
        format('%s debits, %s credits', coalesce(rolled.debits, 0), coalesce(rolled.credits, 0)) as found
      from ledger_rollups rolled
      full join (
        select ledger_account, sum(debit) as debits, sum(credit) as credits
        from (
          select debit_account as ledger_account, amount as debit, 0 as credit from transfers
          where tx_id < (select before_tx from ledger_rolled_up)
          union all
          select credit_account, 0, amount from transfers
          where tx_id < (select before_tx from ledger_rolled_up)
        ) sides
        group by ledger_account
      ) moved on moved.ledger_account = rolled.ledger_account`,
  );
}

/**
 * Adds up what came since the last time, as far as no transaction can add to it any more. Throws on a server
 * that counts its transactions from before that.
 */
export async function rollUpTransfers(tx: Tx): Promise<{ fromTx: string; beforeTx: string }> {
  const result = await sql<{ fromTx: string; beforeTx: string }>`
    with bounds as materialized (
      select before_tx as from_tx, pg_snapshot_xmin(pg_current_snapshot()) as before_tx
      from ledger_rolled_up
    ), moved as (
      select ledger_account, sum(debit)::bigint as debits, sum(credit)::bigint as credits
      from transfers
      cross join lateral (
        values (debit_account, amount, 0), (credit_account, 0, amount)
      ) sides (ledger_account, debit, credit)
      where tx_id >= (select from_tx from bounds) and tx_id < (select before_tx from bounds)
      group by ledger_account
    ), written as (
      insert into ledger_rollups (ledger_account, debits, credits)
      select ledger_account, debits, credits from moved
      on conflict (ledger_account) do update set
        debits = ledger_rollups.debits + excluded.debits,
        credits = ledger_rollups.credits + excluded.credits
    )
    update ledger_rolled_up set before_tx = bounds.before_tx
    from bounds
    where bounds.before_tx >= bounds.from_tx
    returning bounds.from_tx::text as "fromTx", bounds.before_tx::text as "beforeTx"`.execute(tx);
  const [bounds] = result.rows;
  if (bounds === undefined) {
    throw countedBack("the last roll-up", "old transfers would be added up again");
  }
  return bounds;
}

/** Whose transfers these transactions wrote. */
export async function selectTouched(
  db: Db,
  bounds: { fromTx: string; beforeTx: string },
): Promise<Touched> {
  const result = await sql<Touched>`
    with moved as materialized (
      select order_id, debit_account, credit_account from transfers
      where tx_id >= ${bounds.fromTx}::xid8 and tx_id < ${bounds.beforeTx}::xid8
    )
    select
      array(select distinct order_id::text from moved where order_id is not null) as orders,
      array(
        select distinct split_part(ledger_account, ':', 2)
        from (
          select debit_account as ledger_account from moved
          union all
          select credit_account from moved
        ) sides
        where ledger_account like 'customer:%'
      ) as customers`.execute(db);
  return result.rows[0] ?? { orders: [], customers: [] };
}

export async function compareOwed(db: Db) {
  return compare(
    db,
    sql`
      select ledger_account as subject, '0 or more' as expected,
        case when amount >= 0 then '0 or more' else amount::text end as found
      from (${movedOfCustomers}) moved`,
  );
}

/** A transfer is one row, so debits equal credits as long as each row is whole. */
export async function compareSides(
  db: Db,
  chart: { names: readonly string[]; patterns: readonly string[] },
) {
  const charted = (column: "debit_account" | "credit_account") => sql`(
    ${sql.ref(column)} = any (${chart.names}) or ${sql.ref(column)} like any (${chart.patterns})
  )`;
  return compare(
    db,
    sql`
      select id::text as subject, 'from one to another of the chart' as expected,
        case
          when amount > 0 and debit_account <> credit_account
            and ${charted("debit_account")} and ${charted("credit_account")}
          then 'from one to another of the chart'
          else format('%s → %s: %s', debit_account, credit_account, amount)
        end as found
      from transfers`,
  );
}

export async function compareHeld(db: Db) {
  return compare(
    db,
    sql`
      select coalesce(balances.ledger_account, holding.ledger_account) as subject,
        coalesce(holding.amount, 0)::text as expected,
        coalesce(balances.held::text, 'no balance row') as found
      from balances
      full join (
        select ledger_account, sum(amount) as amount from holds where state = 'held'
        group by ledger_account
      ) holding on holding.ledger_account = balances.ledger_account`,
  );
}

export async function selectTransfersOfOrder(db: Db, orderId: string) {
  return db
    .selectFrom("transfers")
    .select(["id", "debit_account", "credit_account", "amount", "key", "reason", "posted_at"])
    .where("order_id", "=", orderId)
    .orderBy("posted_at")
    .orderBy("id")
    .execute();
}

export async function selectHold(db: Db, orderId: string) {
  return db
    .selectFrom("holds")
    .select(["ledger_account", "amount", "state", "held_at", "ended_at"])
    .where("order_id", "=", orderId)
    .executeTakeFirst();
}
