/** JSON: the reports as programs read them, rupiah as checked integers, and which fields are columns in CSV. */
import { toJsonRupiah } from "../platform/money.ts";
import { ageOf } from "./age.ts";
import type {
  DayClose,
  MoneyReport,
  Profit,
  ProfitReport,
  readEscrow,
  readInTransit,
  readSuspense,
  TrialBalance,
} from "./books.ts";

type Read<Reader extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Reader>>;

const rupiah = toJsonRupiah;

/** The columns of each report in CSV, in their order: the fields of its rows. */
export const csvColumns = {
  "trial-balance": ["ledger_account", "side", "debits", "credits", "balance"],
  escrow: ["order", "state", "amount", "since", "age"],
  suspense: ["subject", "payment", "order", "amount", "since", "age"],
  "in-transit": ["ledger_account", "purchase", "order", "amount", "since", "age"],
  profit: [
    ...(["day", "sku", "orders", "sales", "refunds", "costs"] as const),
    ...(["reversals", "gateway_fees", "other", "profit", "margin_percent"] as const),
  ],
  day: ["day", "ledger_account", "side", "opening", "debits", "credits", "closing"],
} as const;

export type ReportName = keyof typeof csvColumns;

export const reportNames = Object.keys(csvColumns) as ReportName[];

export function trialBalanceJson(report: TrialBalance) {
  return {
    debits: rupiah(report.debitsIdr),
    credits: rupiah(report.creditsIdr),
    balanced: report.balanced,
    rows: report.lines.map((line) => ({
      ledger_account: line.ledgerAccount,
      side: line.side,
      debits: rupiah(line.debitsIdr),
      credits: rupiah(line.creditsIdr),
      balance: rupiah(line.balanceIdr),
    })),
  };
}

type Escrow = Read<typeof readEscrow>;
type Suspense = Read<typeof readSuspense>;
type InTransit = Read<typeof readInTransit>;

export function escrowJson(report: Escrow) {
  const rows = report.rows.map((row) => ({
    order: row.orderCode,
    state: row.state,
    ...waits(report, row),
  }));
  return { ...sums(report), rows };
}

export function suspenseJson(report: Suspense) {
  const rows = report.rows.map((row) => ({
    subject: row.subject,
    payment: row.paymentRef,
    order: row.orderCode,
    ...waits(report, row),
  }));
  return { ...sums(report), rows };
}

export function inTransitJson(report: InTransit) {
  const rows = report.rows.map((row) => ({
    ledger_account: row.ledgerAccount,
    purchase: row.purchaseRef,
    order: row.orderCode,
    ...waits(report, row),
  }));
  return { ...sums(report), rows };
}

function sums(report: Escrow | Suspense | InTransit) {
  return {
    as_of: report.asOf.toISOString(),
    total: rupiah(report.totalIdr),
    ages: report.ages.map(({ age, count, amountIdr }) => ({
      age,
      count,
      amount: rupiah(amountIdr),
    })),
  };
}

function waits({ asOf }: { asOf: Date }, row: { since: Date; amountIdr: bigint }) {
  return {
    amount: rupiah(row.amountIdr),
    since: row.since.toISOString(),
    age: ageOf(row.since, asOf),
  };
}

export function profitJson(report: ProfitReport) {
  return {
    from: report.firstDay,
    to: report.lastDay,
    total: figures(report.total),
    rows: report.lines.map((line) => ({ day: line.day, sku: line.skuCode, ...figures(line) })),
  };
}

function figures(profit: Profit) {
  return {
    orders: profit.orderCount,
    sales: rupiah(profit.salesIdr),
    refunds: rupiah(profit.refundsIdr),
    costs: rupiah(profit.costsIdr),
    reversals: rupiah(profit.reversalsIdr),
    gateway_fees: rupiah(profit.gatewayFeesIdr),
    other: rupiah(profit.otherIdr),
    profit: rupiah(profit.profitIdr),
    margin_percent: profit.marginPercent,
  };
}

export function dayJson(report: DayClose) {
  const { day, refunded, deposited } = report;
  return {
    day,
    so_far: report.soFar,
    as_of: report.asOf.toISOString(),
    ...figures(report.profit),
    orders_refunded: refunded.count,
    refunded: rupiah(refunded.amountIdr),
    deposits: deposited.count,
    deposited: rupiah(deposited.amountIdr),
    rows: report.lines.map((line) => ({
      day,
      ledger_account: line.ledgerGroup,
      side: line.side,
      opening: rupiah(line.openingIdr),
      debits: rupiah(line.debitsIdr),
      credits: rupiah(line.creditsIdr),
      closing: rupiah(line.closingIdr),
    })),
  };
}

export function moneyJson(report: MoneyReport) {
  return {
    day: dayJson(report.day),
    profit: profitJson(report.profit),
    escrow: escrowJson(report.escrow),
    suspense: suspenseJson(report.suspense),
    in_transit: inTransitJson(report.inTransit),
    trial_balance: trialBalanceJson(report.trialBalance),
  };
}
