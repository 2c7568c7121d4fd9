/** Age: how long money has lain where it should not stay. */

const minuteMs = 60_000;

export const ages = ["under_15_min", "15_min_to_1_h", "1_h_to_24_h", "over_24_h"] as const;
export type Age = (typeof ages)[number];

/** Where each age ends, in milliseconds; the last one has no end. */
const endsMs = [15 * minuteMs, 60 * minuteMs, 24 * 60 * minuteMs];

/** Something that waits. */
export interface Waiting {
  readonly since: Date;
  readonly amountIdr: bigint;
}

export interface AgeSum {
  readonly age: Age;
  readonly count: number;
  readonly amountIdr: bigint;
}

/** Exactly 24 hours is over 24 hours: whoever must be told is told then. */
export function ageOf(since: Date, now: Date): Age {
  const ms = now.getTime() - since.getTime();
  const index = endsMs.findIndex((end) => ms < end);
  return ages[index === -1 ? endsMs.length : index] ?? "over_24_h";
}

/** The sums of each age, the empty ones too, youngest first. */
export function sumByAge(rows: readonly Waiting[], now: Date): AgeSum[] {
  return ages.map((age) => {
    const own = rows.filter((row) => ageOf(row.since, now) === age);
    return { age, count: own.length, amountIdr: own.reduce((sum, row) => sum + row.amountIdr, 0n) };
  });
}
