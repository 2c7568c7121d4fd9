/** Benchmark: one figure of the shop, what it is held against, and the budget it must keep. */

export interface Measurement {
  readonly value: number;
  /** The same run's yardstick, where the figure is a ratio. */
  readonly against?: { readonly name: string; readonly value: number };
}

/** How long somebody is ready to wait: `full` is as large as the design demands, and takes its time. */
export type Scale = "usual" | "full";

/** Why something cannot be measured here. */
export interface Skipped {
  readonly skipped: string;
}

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /**
   * `at_most` and `at_least` are about the ratio where there is a yardstick, else about the value. A
   * yardstick itself has none.
   */
  readonly budget?: { readonly at_most: number } | { readonly at_least: number };
  run(report: (progress: string) => void, scale: Scale): Promise<Measurement | Skipped>;
}

export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly against: string | null;
  readonly ratio: number | null;
  readonly budget: string | null;
  /** Null for what was skipped. */
  readonly ok: boolean | null;
  readonly skipped?: string;
}

/** Judges a measurement by its budget. */
export function judge(benchmark: Benchmark, measured: Measurement | Skipped): Row {
  const { name, unit } = benchmark;
  const budget = describe(benchmark.budget);
  if ("skipped" in measured) {
    const { skipped } = measured;
    return { name, value: null, unit, against: null, ratio: null, budget, ok: null, skipped };
  }
  const { value, against } = measured;
  const ratio = against === undefined ? null : value / against.value;
  return {
    name,
    value: round(value),
    unit,
    against: against === undefined ? null : `${against.name} ${round(against.value)}`,
    ratio: ratio === null ? null : round(ratio),
    budget,
    ok: keeps(benchmark.budget, ratio ?? value),
  };
}

function describe(budget: Benchmark["budget"]): string | null {
  if (budget === undefined) return null;
  return "at_most" in budget ? `≤ ${budget.at_most}` : `≥ ${budget.at_least}`;
}

function keeps(budget: Benchmark["budget"], figure: number): boolean {
  if (budget === undefined) return true;
  return "at_most" in budget ? figure <= budget.at_most : figure >= budget.at_least;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
