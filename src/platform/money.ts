/** Money: whole rupiah, held in bigint. */

/** Writes rupiah as Indonesians do: 20000n → "Rp 20.000". */
export function formatRupiah(amountIdr: bigint): string {
  const digits = (amountIdr < 0n ? -amountIdr : amountIdr).toString();
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ".");
  return `${amountIdr < 0n ? "-" : ""}Rp ${grouped}`;
}

/** Rupiah as a JSON integer. Throws a RangeError beyond 2^53, where JSON readers lose rupiah. */
export function toJsonRupiah(amountIdr: bigint): number {
  const number = Number(amountIdr);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${amountIdr} rupiah do not fit JSON`);
  return number;
}
