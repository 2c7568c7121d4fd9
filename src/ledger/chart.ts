/** Chart of accounts: every ledger account there is, and the side on which it grows. */

type Side = "debit" | "credit";

/** Assets and expenses grow by debits, liabilities, equity and income by credits. */
interface Entry {
  readonly side: Side;
  /** Whose it is, where there is one for each: `customer:<id>`, `float:digiflazz`. */
  readonly each?: "id" | "name";
  readonly holds: string;
}

const chart = {
  customer: { side: "credit", each: "id", holds: "saldo, what we owe a customer" },
  escrow: { side: "credit", holds: "paid, not yet delivered or refunded" },
  gateway: { side: "debit", each: "name", holds: "collected by a gateway, not yet settled" },
  bank: { side: "debit", holds: "settled" },
  float: { side: "debit", each: "name", holds: "our prepaid balance at a supplier" },
  in_transit: { side: "debit", each: "name", holds: "what open purchases took from a float" },
  inventory: { side: "debit", holds: "codes bought and not yet sold, at cost" },
  capital: { side: "credit", holds: "what the owner put in" },
  sales: { side: "credit", holds: "price of what was delivered" },
  fee_income: { side: "credit", holds: "fees that buyers paid" },
  cost_of_sales: { side: "debit", holds: "what suppliers charged for it" },
  gateway_fees: { side: "debit", holds: "what gateways keep" },
  supplier_fees: { side: "debit", holds: "what suppliers charge besides" },
  promotions: { side: "debit", holds: "discounts and cashback" },
  adjustments: { side: "debit", holds: "corrections by staff" },
  chargebacks: { side: "debit", holds: "taken back by the payer's side" },
  suspense: { side: "credit", holds: "money we cannot explain yet" },
} as const satisfies Record<string, Entry>;

type Chart = typeof chart;
type Name = keyof Chart;

export type LedgerAccount = {
  [N in Name]: Chart[N] extends { each: string } ? `${N}:${string}` : N;
}[Name];

/** A line of the chart, as it is shown: `float:<name>`. */
export interface ChartLine {
  readonly name: string;
  readonly side: Side;
  readonly holds: string;
}

const entries: readonly (readonly [string, Entry])[] = Object.entries(chart);

/** The whole chart, in its order. */
export const chartLines: readonly ChartLine[] = entries.map(([name, { side, each, holds }]) => ({
  name: each === undefined ? name : `${name}:<${each}>`,
  side,
  holds,
}));

// Plain comparisons: a regular expression would cost every transfer some 20 µs.
const each = { id: "________-____-____-____-____________", name: "_%" };

/** What is in the chart, as the domain `ledger_account` of the database has it: names, and patterns of `like`. */
export const inChart = {
  names: entries.flatMap(([name, entry]) => (entry.each ? [] : [name])),
  patterns: entries.flatMap(([name, entry]) =>
    entry.each ? [`${name.replaceAll("_", "\\_")}:${each[entry.each]}`] : [],
  ),
};

const shapes = inChart.patterns.map((pattern) => {
  const body = pattern.replace(
    /\\_|_|%/g,
    (sign) => ({ "\\_": "_", _: ".", "%": ".*" })[sign] ?? "",
  );
  return new RegExp(`^${body}$`, "s");
});

/** True when there is, or may be, such an account. */
export function isLedgerAccount(name: string): name is LedgerAccount {
  return inChart.names.includes(name) || shapes.some((shape) => shape.test(name));
}

/** The side on which an account grows. Throws for a name not in the chart. */
export function normalSide(ledgerAccount: string): Side {
  if (!isLedgerAccount(ledgerAccount)) {
    throw new Error(`${ledgerAccount} is not in the chart of accounts`);
  }
  return chart[ledgerAccount.split(":")[0] as Name].side;
}

/** What an account holds, from the sums of its two sides. Throws for a name not in the chart. */
export function balanceOf(ledgerAccount: string, debits: bigint, credits: bigint): bigint {
  return normalSide(ledgerAccount) === "debit" ? debits - credits : credits - debits;
}

/** True for what we own: taking more from it than lies there is a mistake, or somebody else's. */
export function isAsset(ledgerAccount: LedgerAccount): boolean {
  const assets: readonly string[] = ["gateway", "bank", "float", "in_transit", "inventory"];
  return assets.includes(ledgerAccount.split(":")[0] ?? "");
}

/** The account of a customer's saldo. */
export const saldoOf = (customerId: string): LedgerAccount => `customer:${customerId}`;
