/** Start: how long a start takes and how much memory an idle store holds. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark } from "./benchmark.ts";
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

/** A process and all below it. */
function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statusField(Number(name), "PPid");
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found = [root];
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child);
  }
  return found;
}

function postgresPids(dataDir: string): number[] {
  const [pid = ""] = readFileSync(join(dataDir, "pg18", "postmaster.pid"), "utf8").split("\n");
  return descendants(Number(pid));
}

function statusField(pid: number, field: string): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  } catch {
    return undefined; // it ended meanwhile
  }
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
