/** Reports repository: what is asked of the views of migrations/0027_reports.sql. Private to this folder. */
import { sql } from "kysely";
import type { Db } from "../platform/db.ts";
import type { Span } from "./day.ts";

/** Until the transaction ends, a query works on one core, however much it has to read. */
export async function useOneCore(snapshot: Db) {
  await sql`set local max_parallel_workers_per_gather = 0`.execute(snapshot);
}

export async function selectTrialBalance(db: Db) {
  const { rows } = await sql<{ ledgerAccount: string; debitsIdr: bigint; creditsIdr: bigint }>`
    select ledger_account as "ledgerAccount", debits as "debitsIdr", credits as "creditsIdr"
    from report_trial_balance
    order by ledger_account collate "C"`.execute(db);
  return rows;
}

export interface EscrowRow {
  readonly orderCode: string | null;
  readonly state: string | null;
  readonly amountIdr: bigint;
  readonly since: Date;
}

export async function selectEscrow(db: Db) {
  const { rows } = await sql<EscrowRow>`
    select order_code as "orderCode", state, amount as "amountIdr", since
    from report_escrow
    order by since, order_code`.execute(db);
  return rows;
}

export interface SuspenseRow {
  /** What brought it: `payment:<id>`, or the key of the event. */
  readonly subject: string;
  readonly paymentRef: string | null;
  readonly orderCode: string | null;
  readonly amountIdr: bigint;
  readonly since: Date;
}

export async function selectSuspense(db: Db) {
  const { rows } = await sql<SuspenseRow>`
    select subject, payment_ref as "paymentRef", order_code as "orderCode", amount as "amountIdr", since
    from report_suspense
    order by since, subject`.execute(db);
  return rows;
}

export interface InTransitRow {
  readonly ledgerAccount: string;
  readonly purchaseRef: string | null;
  readonly orderCode: string | null;
  readonly amountIdr: bigint;
  readonly since: Date;
}

export async function selectInTransit(db: Db) {
  const { rows } = await sql<InTransitRow>`
    select ledger_account as "ledgerAccount", purchase_ref as "purchaseRef", order_code as "orderCode",
      amount as "amountIdr", since
    from report_in_transit
    order by since, purchase`.execute(db);
  return rows;
}

export interface ProfitRow {
  readonly day: string;
  readonly skuCode: string | null;
  readonly orderCount: number;
  readonly salesIdr: bigint;
  readonly refundsIdr: bigint;
  readonly costsIdr: bigint;
  readonly reversalsIdr: bigint;
  readonly gatewayFeesIdr: bigint;
  readonly otherIdr: bigint;
  readonly profitIdr: bigint;
}

export async function selectProfit(db: Db, span: Span) {
  const { rows } = await sql<ProfitRow>`
    select jakarta_day as day, sku_code as "skuCode",
      count(distinct delivered_order_id)::int as "orderCount",
      sum(sales)::bigint as "salesIdr", sum(refunds)::bigint as "refundsIdr",
      sum(costs)::bigint as "costsIdr", sum(reversals)::bigint as "reversalsIdr",
      sum(gateway_fees)::bigint as "gatewayFeesIdr", sum(other_income)::bigint as "otherIdr",
      sum(profit)::bigint as "profitIdr"
    from report_profit_lines
    where posted_at >= ${span.from} and posted_at < ${span.to}
    group by jakarta_day, sku_code
    order by jakarta_day, sku_code collate "C" nulls last`.execute(db);
  return rows;
}

export interface GroupRow {
  readonly ledgerGroup: string;
  readonly debitsBeforeIdr: bigint;
  readonly creditsBeforeIdr: bigint;
  readonly debitsIdr: bigint;
  readonly creditsIdr: bigint;
}

/** What each group of ledger accounts had moved before a span, and moved in it. */
export async function selectGroups(db: Db, { from, to }: Span) {
  const moved = (side: "debit" | "credit", when: "before" | "within") => sql`
    coalesce(sum(amount) filter (
      where side = ${side} and ${when === "before" ? sql`posted_at < ${from}` : sql`posted_at >= ${from}`}
    ), 0)::bigint`;
  const { rows } = await sql<GroupRow>`
    select ledger_group as "ledgerGroup",
      ${moved("debit", "before")} as "debitsBeforeIdr",
      ${moved("credit", "before")} as "creditsBeforeIdr",
      ${moved("debit", "within")} as "debitsIdr",
      ${moved("credit", "within")} as "creditsIdr"
    from report_day_lines
    where posted_at < ${to}
    group by ledger_group
    order by ledger_group collate "C"`.execute(db);
  return rows;
}

export interface EventSum {
  readonly kind: "refunded" | "deposited";
  readonly orderCount: number;
  readonly count: number;
  readonly amountIdr: bigint;
}

export async function selectEvents(db: Db, { from, to }: Span) {
  const { rows } = await sql<EventSum>`
    select kind, count(distinct order_id)::int as "orderCount", count(*)::int as count,
      sum(amount)::bigint as "amountIdr"
    from report_day_events
    where posted_at >= ${from} and posted_at < ${to}
    group by kind`.execute(db);
  return rows;
}
