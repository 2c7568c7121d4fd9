/** `konter report`: what the shop earned, holds and waits for, on one screen or as CSV. */

import type { Clock } from "../platform/clock.ts";
import { writeCsv } from "../platform/csv.ts";
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { textTable } from "../platform/table.ts";
import type { Age, Waiting } from "../reports/age.ts";
import {
  type DayClose,
  type MoneyReport,
  type Profit,
  type ProfitReport,
  readBooks,
  readDay,
  readEscrow,
  readInTransit,
  readMoney,
  readProfit,
  readSuspense,
  readTrialBalance,
  type TrialBalance,
  type WaitingReport,
} from "../reports/books.ts";
import { dayOf, problemOfDay } from "../reports/day.ts";
import * as json from "../reports/json.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { withShop } from "./operator.ts";

const shownRows = 20;

export const report: Command = {
  usage: "report money [--day YYYY-MM-DD] [--csv NAME | --json]",
  summary: "a day's books, profit by SKU, what waits in escrow, suspense and transit",
  details: `Reads one moment while the shop goes on selling. Every figure is a sum of transfers.
  --day YYYY-MM-DD   the day in Jakarta, midnight to midnight; without it, today so far
  --csv NAME         one report as CSV, whole: ${json.reportNames.join(", ")}.
                     trial-balance, escrow, suspense and in-transit are always of now
  --json             all of them as one object`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        day: { type: "string" },
        csv: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const [what, ...rest] = positionals;
    if (what !== "money") throw new UsageError("say which report: money");
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much`);
    const { csv } = values;
    if (csv !== undefined && values.json) throw new UsageError("--csv or --json, not both");
    const name = json.reportNames.find((one) => one === csv);
    if (csv !== undefined && name === undefined) {
      throw new UsageError(`--csv is one of ${json.reportNames.join(", ")}, not ${csv}`);
    }
    const text = await withShop(terminal, async ({ db, clock }) => {
      const day = chooseDay(values.day, clock.now());
      if (name !== undefined) return readBooks(db, (read) => csvOf(read, { clock }, name, day));
      const money = await readMoney(db, { clock }, { day });
      return values.json ? JSON.stringify(json.moneyJson(money), null, 2) : asText(money);
    });
    // A terminal is no place for the carriage returns of CSV.
    terminal.print(text.replaceAll("\r\n", "\n"));
  },
};

function chooseDay(given: string | undefined, now: Date): string {
  if (given === undefined) return dayOf(now);
  const problem = problemOfDay(given, now);
  if (problem !== undefined) throw new UsageError(`--day ${problem}`);
  return given;
}

/** One report as CSV, each customer's account in a line of its own. */
async function csvOf(db: Db, deps: { clock: Clock }, name: json.ReportName, day: string) {
  const { csvColumns: columns } = json;
  switch (name) {
    case "trial-balance": {
      const balance = await readTrialBalance(db, { customers: "each" });
      return writeCsv(columns[name], json.trialBalanceJson(balance).rows);
    }
    case "escrow":
      return writeCsv(columns[name], json.escrowJson(await readEscrow(db, deps)).rows);
    case "suspense":
      return writeCsv(columns[name], json.suspenseJson(await readSuspense(db, deps)).rows);
    case "in-transit":
      return writeCsv(columns[name], json.inTransitJson(await readInTransit(db, deps)).rows);
    case "profit": {
      const profit = await readProfit(db, { firstDay: day, lastDay: day });
      return writeCsv(columns[name], json.profitJson(profit).rows);
    }
    case "day":
      return writeCsv(columns[name], json.dayJson(await readDay(db, deps, { day })).rows);
    default:
      return name satisfies never;
  }
}

function asText(money: MoneyReport): string {
  const now = inJakarta(money.day.asOf);
  return [
    dayText(money.day),
    profitText(money.profit),
    `What waits now, ${now} WIB`,
    waitingText("Escrow, paid for orders that have not ended", money.escrow, (row) => [
      row.orderCode ?? "no order",
      row.state ?? "",
    ]),
    waitingText("Suspense, money that nothing explains", money.suspense, (row) => [
      row.paymentRef ?? row.subject,
      row.orderCode ?? "no order",
    ]),
    overdueText(money.suspense),
    waitingText("In transit, taken from a float by open purchases", money.inTransit, (row) => [
      row.purchaseRef ?? row.ledgerAccount,
      row.orderCode ?? "no order",
    ]),
    trialText(money.trialBalance),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function dayText(close: DayClose): string {
  const { day, profit, refunded, deposited } = close;
  const when = close.soFar
    ? `Money of ${day} so far: it is ${inJakarta(close.asOf).slice(-5)} in Jakarta`
    : `Money of ${day}, midnight to midnight in Jakarta`;
  const figures = [
    ["Orders delivered", String(profit.orderCount)],
    ["Sales", formatRupiah(profit.salesIdr)],
    ["Refunds after delivery", formatRupiah(-profit.refundsIdr)],
    ["Cost", formatRupiah(-profit.costsIdr)],
    ["Taken back by suppliers", formatRupiah(profit.reversalsIdr)],
    ["Gateway fees", formatRupiah(-profit.gatewayFeesIdr)],
    ["Other income and expense", formatRupiah(profit.otherIdr)],
    ["Profit", `${formatRupiah(profit.profitIdr)}${margin(profit)}`],
    ["Orders refunded", counted(refunded)],
    ["Deposits", counted(deposited)],
  ];
  const lines = close.lines.map((line) => [
    line.ledgerGroup,
    ...[line.openingIdr, line.debitsIdr, line.creditsIdr, line.closingIdr].map(formatRupiah),
  ]);
  const head = ["Ledger account", "Opening", "Debits", "Credits", close.soFar ? "Now" : "Closing"];
  const table =
    lines.length === 0
      ? "Nothing was posted before that day was over."
      : textTable([head, ...lines], 1);
  return `${when}\n\n${textTable(figures, 2)}\n\n${table}`;
}

function profitText({ lines, total }: ProfitReport): string {
  if (lines.length === 0) return "Nothing was delivered, refunded or charged that day.";
  const rows = lines.map((line) => profitCells(line.skuCode ?? "(no order)", line));
  const all = profitCells("All", total);
  const head = [
    ...["SKU", "Orders", "Sales", "Refunds", "Cost", "Taken back", "Fees", "Other"],
    ...["Profit", "Margin"],
  ];
  return `Profit by SKU\n${textTable([head, ...rows, all], 1)}`;
}

const profitCells = (name: string, profit: Profit): string[] => [
  name,
  String(profit.orderCount),
  formatRupiah(profit.salesIdr),
  formatRupiah(profit.refundsIdr),
  formatRupiah(profit.costsIdr),
  formatRupiah(profit.reversalsIdr),
  formatRupiah(profit.gatewayFeesIdr),
  formatRupiah(profit.otherIdr),
  formatRupiah(profit.profitIdr),
  profit.marginPercent === null ? "-" : `${profit.marginPercent.toFixed(2)} %`,
];

const margin = ({ marginPercent }: Profit) =>
  marginPercent === null ? "" : ` (${marginPercent.toFixed(2)} % of sales that stayed)`;

const counted = ({ count, amountIdr }: { count: number; amountIdr: bigint }) =>
  count === 0 ? "0" : `${count}, ${formatRupiah(amountIdr)}`;

const ageWords: Readonly<Record<Age, string>> = {
  under_15_min: "under 15 min",
  "15_min_to_1_h": "15 min to 1 h",
  "1_h_to_24_h": "1 h to 24 h",
  over_24_h: "over 24 h",
};

function waitingText<Row extends Waiting>(
  title: string,
  { rows, ages, totalIdr }: WaitingReport<Row>,
  cellsOf: (row: Row) => string[],
): string {
  if (rows.length === 0) return `${title}: nothing.`;
  const byAge = ages
    .filter((age) => age.count > 0)
    .map((age) => `${ageWords[age.age]}: ${age.count}, ${formatRupiah(age.amountIdr)}`);
  const lines = rows
    .slice(0, shownRows)
    .map((row) => [inJakarta(row.since), ...cellsOf(row), formatRupiah(row.amountIdr)]);
  const more = rows.length > shownRows ? `\n… and ${rows.length - shownRows} more: see --csv` : "";
  return `${title}: ${formatRupiah(totalIdr)}\n${byAge.join(" · ")}\n${textTable(lines, 3)}${more}`;
}

function overdueText({ ages }: MoneyReport["suspense"]): string {
  const count = ages.find(({ age }) => age === "over_24_h")?.count ?? 0;
  return count === 0 ? "" : `ATTENTION: ${count} in suspense for over 24 h. Find out what it is.`;
}

function trialText({ lines, debitsIdr, creditsIdr, balanced }: TrialBalance): string {
  if (lines.length === 0) return "Trial balance: nothing was ever posted.";
  const rows = lines.map((line) => [
    line.ledgerAccount,
    line.side,
    ...[line.debitsIdr, line.creditsIdr, line.balanceIdr].map(formatRupiah),
  ]);
  const head = ["Ledger account", "Grows by", "Debits", "Credits", "Balance"];
  const all = ["All", "", formatRupiah(debitsIdr), formatRupiah(creditsIdr), ""];
  const verdict = balanced
    ? `Debits equal credits: ${formatRupiah(debitsIdr)} each.`
    : `Debits and credits DIFFER: ${formatRupiah(debitsIdr)} and ${formatRupiah(creditsIdr)}. Run konter verify.`;
  return `Trial balance\n${textTable([head, ...rows, all], 2)}\n${verdict}`;
}

const minutes = new Intl.DateTimeFormat("sv-SE", {
  ...{ timeZone: "Asia/Jakarta", dateStyle: "short", timeStyle: "short" },
});

/** "2026-11-23 10:00". */
const inJakarta = (at: Date) => minutes.format(at);
