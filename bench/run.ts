/**
 * `npm run bench`: prints every figure with its budget. `--only NAME` runs those whose name contains
 * it, `--json` prints one object a line. Exits with 1 when a budget is broken.
 */
import { parseArgs } from "node:util";
import { type Benchmark, judge, type Row } from "./benchmark.ts";
import { priceListBenchmarks } from "./price-list.ts";
import { startBenchmarks } from "./start.ts";

const benchmarks: readonly Benchmark[] = [...startBenchmarks, ...priceListBenchmarks];

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});

const chosen = benchmarks.filter((benchmark) => benchmark.name.includes(options.only));
if (chosen.length === 0) {
  const names = benchmarks.map((benchmark) => benchmark.name).join(", ");
  process.stderr.write(`There is no benchmark "${options.only}". There are: ${names}\n`);
  process.exit(2);
}

for (const benchmark of chosen) {
  const report = (progress: string) => process.stderr.write(`${benchmark.name}: ${progress}\n`);
  const row = judge(benchmark, await benchmark.run(report));
  process.stdout.write(`${options.json ? JSON.stringify(row) : sentence(row)}\n`);
  if (!row.ok) process.exitCode = 1;
}

function sentence(row: Row): string {
  const against = row.against === null ? "" : ` against ${row.against}, ratio ${row.ratio}`;
  const verdict = row.ok ? "ok" : "OVER BUDGET";
  return `${row.name.padEnd(24)} ${row.value} ${row.unit}${against} (budget ${row.budget}): ${verdict}`;
}
