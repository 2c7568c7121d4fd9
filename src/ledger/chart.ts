/** Chart of accounts: every ledger account there is, and the side on which it grows. */

export type LedgerAccount =
  | `customer:${string}`
  | `gateway:${string}`
  | `float:${string}`
  | `in_transit:${string}`
  | "escrow"
  | "bank"
  | "capital"
  | "sales"
  | "cost_of_sales";

/** Assets and expenses grow by debits, liabilities, equity and income by credits. */
const normalSide: ReadonlyMap<string, "debit" | "credit"> = new Map([
  ["customer", "credit"],
  ["gateway", "debit"],
  ["float", "debit"],
  ["in_transit", "debit"],
  ["escrow", "credit"],
  ["bank", "debit"],
  ["capital", "credit"],
  ["sales", "credit"],
  ["cost_of_sales", "debit"],
]);

/** What an account holds, from the sums of its two sides. Throws for a name not in the chart. */
export function balanceOf(ledgerAccount: string, debits: bigint, credits: bigint): bigint {
  const side = normalSide.get(ledgerAccount.split(":")[0] ?? "");
  if (side === undefined) throw new Error(`${ledgerAccount} is not in the chart of accounts`);
  return side === "debit" ? debits - credits : credits - debits;
}

/** The account of a customer's saldo. */
export const saldoOf = (customerId: string): LedgerAccount => `customer:${customerId}`;
