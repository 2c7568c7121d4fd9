/** Start: how long a start takes and how much memory an idle store holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark } from "./benchmark.ts";
import { descendants } from "./processes.ts";
import { inTemporaryDirectory, startStore } from "./store-process.ts";

const warmStarts = 5;
const idleMs = 10_000;

export const startBenchmarks: readonly Benchmark[] = [
  {
    name: "warm_start",
    unit: "ms",
    budget: { at_most: 3_000 },
    async run(report) {
      return inTemporaryDirectory(async (dataDir) => {
        const first = await startStore(dataDir);
        report(`the first start, which creates the database: ${Math.round(first.readyMs)} ms`);
        await first.stop();
        const timesMs: number[] = [];
        for (let round = 0; round < warmStarts; round++) {
          const store = await startStore(dataDir);
          await store.stop();
          timesMs.push(store.readyMs);
        }
        report(`warm: ${timesMs.map(Math.round).join(", ")} ms; the slowest counts`);
        return { value: Math.max(...timesMs) };
      });
    },
  },
  {
    name: "idle_memory",
    unit: "MB",
    budget: { at_most: 350 },
    async run(report) {
      return inTemporaryDirectory(async (dataDir) => {
        const store = await startStore(dataDir);
        report(`idle for ${idleMs / 1000} s`);
        await delay(idleMs);
        const pids = new Set([...descendants(store.pid), ...postgresPids(dataDir)]);
        const bytes = [...pids].reduce((sum, pid) => sum + proportionalBytes(pid), 0);
        await store.stop();
        return { value: bytes / 1_000_000 };
      });
    },
  },
];

function postgresPids(dataDir: string): number[] {
  const [pid = ""] = readFileSync(join(dataDir, "pg18", "postmaster.pid"), "utf8").split("\n");
  return descendants(Number(pid));
}

// Shared pages count for each process by its share, so that the sum is what the machine gives.
function proportionalBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it ended meanwhile
  }
}
