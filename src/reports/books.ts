/** Books: what the shop earned, holds and waits for, computed from transfers alone. */
import { balanceOf, normalSide } from "../ledger/chart.ts";
import type { Clock } from "../platform/clock.ts";
import { type Db, inSnapshot } from "../platform/db.ts";
import { type AgeSum, sumByAge, type Waiting } from "./age.ts";
import { dayOf, spanOf } from "./day.ts";
import {
  type EscrowRow,
  type InTransitRow,
  type ProfitRow,
  type SuspenseRow,
  selectEscrow,
  selectEvents,
  selectGroups,
  selectInTransit,
  selectProfit,
  selectSuspense,
  selectTrialBalance,
  useOneCore,
} from "./repository.ts";

/** All customers in one line: what they are owed together. */
const customers = "customer:*";

/**
 * Reads reports that agree with each other, in one read-only snapshot. The shop keeps the other cores of
 * the database: sales are more urgent.
 */
export async function readBooks<Report>(
  db: Db,
  read: (snapshot: Db) => Promise<Report>,
): Promise<Report> {
  return inSnapshot(db, async (snapshot) => {
    await useOneCore(snapshot);
    return read(snapshot);
  });
}

export interface TrialLine {
  readonly ledgerAccount: string;
  readonly side: "debit" | "credit";
  readonly debitsIdr: bigint;
  readonly creditsIdr: bigint;
  /** On the side on which the account grows. */
  readonly balanceIdr: bigint;
}

export interface TrialBalance {
  readonly lines: readonly TrialLine[];
  readonly debitsIdr: bigint;
  readonly creditsIdr: bigint;
  /** True when debits equal credits, and the balances of the two sides each other. */
  readonly balanced: boolean;
}

/** Every ledger account that was ever posted to, customers together in one line or each in its own. */
export async function readTrialBalance(
  db: Db,
  input: { customers: "together" | "each" },
): Promise<TrialBalance> {
  const sides = new Map<string, { debitsIdr: bigint; creditsIdr: bigint }>();
  for (const { ledgerAccount, debitsIdr, creditsIdr } of await selectTrialBalance(db)) {
    const summed = input.customers === "together" && ledgerAccount.startsWith("customer:");
    const name = summed ? customers : ledgerAccount;
    const had = sides.get(name) ?? { debitsIdr: 0n, creditsIdr: 0n };
    sides.set(name, {
      debitsIdr: had.debitsIdr + debitsIdr,
      creditsIdr: had.creditsIdr + creditsIdr,
    });
  }
  const lines = [...sides].map(([ledgerAccount, { debitsIdr, creditsIdr }]) => ({
    ledgerAccount,
    side: sideOf(ledgerAccount),
    debitsIdr,
    creditsIdr,
    balanceIdr: balanceIn(ledgerAccount, debitsIdr, creditsIdr),
  }));
  const debitsIdr = sum(lines, (line) => line.debitsIdr);
  const creditsIdr = sum(lines, (line) => line.creditsIdr);
  const skewIdr = sum(lines, (line) =>
    line.side === "debit" ? line.balanceIdr : -line.balanceIdr,
  );
  return { lines, debitsIdr, creditsIdr, balanced: debitsIdr === creditsIdr && skewIdr === 0n };
}

/** What waits now, oldest first, and its sums by age. */
export interface WaitingReport<Row extends Waiting> {
  readonly asOf: Date;
  readonly totalIdr: bigint;
  readonly ages: readonly AgeSum[];
  readonly rows: readonly Row[];
}

/** Money that was paid for orders which have not ended. */
export async function readEscrow(db: Db, deps: { clock: Clock }) {
  return waiting<EscrowRow>(await selectEscrow(db), deps.clock.now());
}

/** Money that came and that nothing explains. */
export async function readSuspense(db: Db, deps: { clock: Clock }) {
  return waiting<SuspenseRow>(await selectSuspense(db), deps.clock.now());
}

/** What purchases that are not known to have ended took from a float. */
export async function readInTransit(db: Db, deps: { clock: Clock }) {
  return waiting<InTransitRow>(await selectInTransit(db), deps.clock.now());
}

function waiting<Row extends Waiting>(rows: readonly Row[], asOf: Date): WaitingReport<Row> {
  return { asOf, totalIdr: sum(rows, (row) => row.amountIdr), ages: sumByAge(rows, asOf), rows };
}

/** What was earned: the price of what was delivered, less all that went back and was charged for it. */
export interface Profit extends Omit<ProfitRow, "day" | "skuCode"> {
  /** Profit of a hundred rupiah of sales that stayed; null without any. */
  readonly marginPercent: number | null;
}

export interface ProfitLine extends Profit {
  readonly day: string;
  /** Null for what no order caused. */
  readonly skuCode: string | null;
}

export interface ProfitReport {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly lines: readonly ProfitLine[];
  readonly total: Profit;
}

/** Profit of each SKU on each day. Everything counts on the day on which it was posted. */
export async function readProfit(
  db: Db,
  input: { firstDay: string; lastDay: string },
): Promise<ProfitReport> {
  const { firstDay, lastDay } = input;
  const rows = await selectProfit(db, spanOf(firstDay, lastDay));
  const lines = rows.map((row) => ({ ...row, marginPercent: marginOf(row) }));
  return { firstDay, lastDay, lines, total: totalOf(rows) };
}

function totalOf(rows: readonly ProfitRow[]): Profit {
  const total = {
    // An order is delivered once, so no two lines count the same.
    orderCount: rows.reduce((count, row) => count + row.orderCount, 0),
    salesIdr: sum(rows, (row) => row.salesIdr),
    refundsIdr: sum(rows, (row) => row.refundsIdr),
    costsIdr: sum(rows, (row) => row.costsIdr),
    reversalsIdr: sum(rows, (row) => row.reversalsIdr),
    gatewayFeesIdr: sum(rows, (row) => row.gatewayFeesIdr),
    otherIdr: sum(rows, (row) => row.otherIdr),
    profitIdr: sum(rows, (row) => row.profitIdr),
  };
  return { ...total, marginPercent: marginOf(total) };
}

function marginOf(row: Pick<ProfitRow, "salesIdr" | "refundsIdr" | "profitIdr">): number | null {
  const stayedIdr = row.salesIdr - row.refundsIdr;
  if (stayedIdr <= 0n) return null;
  return Math.round((Number(row.profitIdr) / Number(stayedIdr)) * 10_000) / 100;
}

export interface DayLine {
  /** A ledger account, or `customer:*`. */
  readonly ledgerGroup: string;
  readonly side: "debit" | "credit";
  readonly openingIdr: bigint;
  readonly debitsIdr: bigint;
  readonly creditsIdr: bigint;
  readonly closingIdr: bigint;
}

export interface DayClose {
  readonly day: string;
  /** The day is not over: these are its figures so far. */
  readonly soFar: boolean;
  readonly asOf: Date;
  readonly lines: readonly DayLine[];
  readonly profit: Profit;
  /** Orders that gave back money, before delivery or after it, each counted once. */
  readonly refunded: { readonly count: number; readonly amountIdr: bigint };
  /** Money that customers sent for their saldo. */
  readonly deposited: { readonly count: number; readonly amountIdr: bigint };
}

/** The books of a Jakarta day, from midnight to midnight. */
export async function readDay(
  db: Db,
  deps: { clock: Clock },
  input: { day: string },
): Promise<DayClose> {
  const { day } = input;
  const asOf = deps.clock.now();
  const span = spanOf(day, day);
  const groups = await selectGroups(db, span);
  const events = await selectEvents(db, span);
  const refunded = events.find((one) => one.kind === "refunded");
  const deposited = events.find((one) => one.kind === "deposited");
  const { total } = await readProfit(db, { firstDay: day, lastDay: day });
  return {
    day,
    soFar: day === dayOf(asOf),
    asOf,
    lines: groups.map((group) => {
      const { ledgerGroup, debitsBeforeIdr, creditsBeforeIdr, debitsIdr, creditsIdr } = group;
      const openingIdr = balanceIn(ledgerGroup, debitsBeforeIdr, creditsBeforeIdr);
      const closingIdr = openingIdr + balanceIn(ledgerGroup, debitsIdr, creditsIdr);
      return {
        ledgerGroup,
        side: sideOf(ledgerGroup),
        openingIdr,
        debitsIdr,
        creditsIdr,
        closingIdr,
      };
    }),
    profit: total,
    refunded: { count: refunded?.orderCount ?? 0, amountIdr: refunded?.amountIdr ?? 0n },
    deposited: { count: deposited?.count ?? 0, amountIdr: deposited?.amountIdr ?? 0n },
  };
}

export interface MoneyReport {
  readonly day: DayClose;
  readonly profit: ProfitReport;
  readonly escrow: WaitingReport<EscrowRow>;
  readonly suspense: WaitingReport<SuspenseRow>;
  readonly inTransit: WaitingReport<InTransitRow>;
  readonly trialBalance: TrialBalance;
}

/** All reports of one moment: a day, and what waits now. They agree, whatever is sold meanwhile. */
export async function readMoney(
  db: Db,
  deps: { clock: Clock },
  input: { day: string },
): Promise<MoneyReport> {
  const { day } = input;
  return readBooks(db, async (snapshot) => ({
    day: await readDay(snapshot, deps, { day }),
    profit: await readProfit(snapshot, { firstDay: day, lastDay: day }),
    escrow: await readEscrow(snapshot, deps),
    suspense: await readSuspense(snapshot, deps),
    inTransit: await readInTransit(snapshot, deps),
    trialBalance: await readTrialBalance(snapshot, { customers: "together" }),
  }));
}

// Any customer's account stands for all of them: they grow on one side.
const standIn = (group: string) =>
  group === customers ? "customer:00000000-0000-0000-0000-000000000000" : group;
const sideOf = (group: string) => normalSide(standIn(group));
const balanceIn = (group: string, debitsIdr: bigint, creditsIdr: bigint) =>
  balanceOf(standIn(group), debitsIdr, creditsIdr);

function sum<Row>(rows: readonly Row[], amountOf: (row: Row) => bigint): bigint {
  return rows.reduce((total, row) => total + amountOf(row), 0n);
}
