/** Turns: two rates measured again and again, one after the other. */
import type { Measurement } from "./benchmark.ts";

/**
 * In turns, so that a machine that is busy for a moment is so for both; the round whose ratio is the
 * middle one counts, with both of its figures.
 */
export async function inTurns(
  rounds: number,
  ours: () => Promise<number>,
  yardstick: { readonly name: string; measure(): Promise<number> },
  report: (progress: string) => void,
): Promise<Required<Measurement>> {
  const measured: { value: number; against: number; ratio: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const value = await ours();
    const against = await yardstick.measure();
    measured.push({ value, against, ratio: value / against });
  }
  const sorted = measured.toSorted((one, other) => one.ratio - other.ratio);
  report(`ratios ${sorted.map(({ ratio }) => ratio.toFixed(2)).join(" ")}`);
  const { value, against } = sorted[Math.floor(rounds / 2)] ?? { value: 0, against: 1 };
  return { value, against: { name: yardstick.name, value: against } };
}
