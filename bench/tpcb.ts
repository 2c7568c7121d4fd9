/** TPC-B: how fast PostgreSQL is here. A yardstick for the orders, with no budget of its own. */
import type { Benchmark } from "./benchmark.ts";
import { openPgbench, withoutPgbench } from "./pgbench.ts";
import { inTemporaryDirectory, startStore } from "./store-process.ts";

const clientCounts = [1, 8, 32, 128];
const budgetClients = 32;
const runSeconds = 5;

export const tpcbBenchmarks: readonly Benchmark[] = [
  {
    name: "tpcb",
    unit: `transactions/s of pgbench at ${budgetClients} clients`,
    async run(report) {
      return inTemporaryDirectory(async (dataDir) => {
        const store = await startStore(dataDir);
        try {
          const pgbench = await openPgbench(dataDir);
          if (pgbench === undefined) return { skipped: withoutPgbench };
          await pgbench.tpcb(budgetClients, runSeconds);
          const found = new Map<number, number>();
          for (const clients of clientCounts) {
            found.set(clients, await pgbench.tpcb(clients, runSeconds));
            report(`${clients} clients: ${Math.round(found.get(clients) ?? 0)} transactions/s`);
          }
          return { value: found.get(budgetClients) ?? 0 };
        } finally {
          await store.stop();
        }
      });
    },
  },
];
