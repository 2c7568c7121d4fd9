/** Price: what the customer pays, what the supplier charges, and what is between them. */

// No top-up costs nearly as much; a typing mistake may.
export const highestAmountIdr = 1_000_000_000n;

/** (price − cost) / cost in per cent with one decimal, as Indonesians write it: "11,1 %". */
export function formatMarkUp(priceIdr: bigint, costIdr: bigint): string {
  return `${((Number(priceIdr - costIdr) / Number(costIdr)) * 100).toFixed(1).replace(".", ",")} %`;
}
