/** Benchmark: one figure of the shop, what it is held against, and the budget it must keep. */

export interface Measurement {
  readonly value: number;
  /** The same run's yardstick, where the figure is a ratio. */
  readonly against?: { readonly name: string; readonly value: number };
}

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /** `at_most` and `at_least` are about the ratio where there is a yardstick, else about the value. */
  readonly budget: { readonly at_most: number } | { readonly at_least: number };
  run(report: (progress: string) => void): Promise<Measurement>;
}

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly against: string | null;
  readonly ratio: number | null;
  readonly budget: string;
  readonly ok: boolean;
}

/** Judges a measurement by its budget. */
export function judge(benchmark: Benchmark, measurement: Measurement): Row {
  const { value, against } = measurement;
  const ratio = against === undefined ? null : value / against.value;
  const judged = ratio ?? value;
  const { budget } = benchmark;
  const [sign, limit, ok] =
    "at_most" in budget
      ? ["≤", budget.at_most, judged <= budget.at_most]
      : ["≥", budget.at_least, judged >= budget.at_least];
  return {
    name: benchmark.name,
    value: round(value),
    unit: benchmark.unit,
    against: against === undefined ? null : `${against.name} ${round(against.value)}`,
    ratio: ratio === null ? null : round(ratio),
    budget: `${sign} ${limit}`,
    ok: Boolean(ok),
  };
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
