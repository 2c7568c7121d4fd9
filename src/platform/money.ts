/** Money: whole rupiah, held in bigint. */

/** Writes rupiah as Indonesians do: 20000n → "Rp 20.000". */
export function formatRupiah(amountIdr: bigint): string {
  const digits = (amountIdr < 0n ? -amountIdr : amountIdr).toString();
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ".");
  return `${amountIdr < 0n ? "-" : ""}Rp ${grouped}`;
}

const units: Readonly<Record<string, bigint>> = {
  "": 1n,
  rb: 1_000n,
  ribu: 1_000n,
  k: 1_000n,
  jt: 1_000_000n,
  juta: 1_000_000n,
};

/** Reads whole rupiah as people type them: `50000`, `50.000`, `Rp 50.000`, `50rb`, `1jt`; else undefined. */
export function readRupiah(text: string): bigint | undefined {
  const typed = text.normalize("NFKC").trim().toLowerCase();
  const read = /^(?:rp\.?)?\s*(\d{1,3}(?:[.,\s]\d{3})+|\d{1,12})\s*(rb|ribu|k|jt|juta)?$/.exec(
    typed,
  );
  const unit = units[read?.[2] ?? ""];
  if (read?.[1] === undefined || unit === undefined) return undefined;
  return BigInt(read[1].replace(/\D/g, "")) * unit;
}

/** Rupiah as a JSON integer. Throws a RangeError beyond 2^53, where JSON readers lose rupiah. */
export function toJsonRupiah(amountIdr: bigint): number {
  const number = Number(amountIdr);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${amountIdr} rupiah do not fit JSON`);
  return number;
}
