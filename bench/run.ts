/**
 * `npm run bench`: prints every figure with its budget. `--only NAME` runs those whose name contains
 * it, `--full` makes the long ones as large as they can be (ten million past orders, ten minutes of
 * memory), `--json` prints one object a line. Exits with 1 when a budget is broken.
 */
import { parseArgs } from "node:util";
import { type Benchmark, judge, type Row } from "./benchmark.ts";
import { growthBenchmarks } from "./growth.ts";
import { hotSkuBenchmarks } from "./hot-sku.ts";
import { interactionBenchmarks } from "./interactions.ts";
import { ledgerBenchmarks } from "./ledger.ts";
import { lifeBenchmarks } from "./life.ts";
import { memoryBenchmarks } from "./memory.ts";
import { placingBenchmarks } from "./placing.ts";
import { priceListBenchmarks } from "./price-list.ts";
import { proofBenchmarks } from "./proofs.ts";
import { startBenchmarks } from "./start.ts";
import { tpcbBenchmarks } from "./tpcb.ts";

const benchmarks: readonly Benchmark[] = [
  ...startBenchmarks,
  ...priceListBenchmarks,
  ...interactionBenchmarks,
  ...tpcbBenchmarks,
  ...placingBenchmarks,
  ...hotSkuBenchmarks,
  ...growthBenchmarks,
  ...lifeBenchmarks,
  ...memoryBenchmarks,
  ...ledgerBenchmarks,
  ...proofBenchmarks,
];

const { values: options } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

const chosen = benchmarks.filter((benchmark) => benchmark.name.includes(options.only));
if (chosen.length === 0) {
  const names = benchmarks.map((benchmark) => benchmark.name).join(", ");
  process.stderr.write(`There is no benchmark "${options.only}". There are: ${names}\n`);
  process.exit(2);
}

for (const benchmark of chosen) {
  const report = (progress: string) => process.stderr.write(`${benchmark.name}: ${progress}\n`);
  const row = judge(benchmark, await benchmark.run(report, options.full ? "full" : "usual"));
  process.stdout.write(`${options.json ? JSON.stringify(row) : sentence(row)}\n`);
  if (row.ok === false) process.exitCode = 1;
}

function sentence(row: Row): string {
  const name = row.name.padEnd(24);
  if (row.skipped !== undefined) return `${name} skipped: ${row.skipped}`;
  const against = row.against === null ? "" : ` against ${row.against}, ratio ${row.ratio}`;
  const budget = row.budget === null ? "" : ` (budget ${row.budget})`;
  const verdict = row.ok === false ? "OVER BUDGET" : "ok";
  return `${name} ${row.value} ${row.unit}${against}${budget}: ${verdict}`;
}
