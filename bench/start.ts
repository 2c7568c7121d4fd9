/** Start: how long a start takes and how much memory an idle store holds. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark } from "./benchmark.ts";

const startTimeoutMs = 60_000;
const idleMs = 10_000;

export const startBenchmarks: readonly Benchmark[] = [
  {
    name: "warm_start",
    unit: "ms",
    budget: { at_most: 3_000 },
    async run(report) {
      return inTemporaryDirectory(async (dataDir) => {
        report("first start, which creates the database");
        await stop((await startStore(dataDir)).process);
        report("second start, measured");
        const { process, readyMs } = await startStore(dataDir);
        await stop(process);
        return { value: readyMs };
      });
    },
  },
  {
    name: "idle_memory",
    unit: "MB",
    budget: { at_most: 350 },
    async run(report) {
      return inTemporaryDirectory(async (dataDir) => {
        const { process } = await startStore(dataDir);
        report(`idle for ${idleMs / 1000} s`);
        await delay(idleMs);
        const pids = [...descendants(process.pid ?? 0), ...postgresPids(dataDir)];
        const bytes = [...new Set(pids)].reduce((sum, pid) => sum + proportionalBytes(pid), 0);
        await stop(process);
        return { value: bytes / 1_000_000 };
      });
    },
  },
];

async function inTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "konter-bench-"));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `npm start` as a person types it, until the shop says that it can sell. */
async function startStore(dataDir: string): Promise<{ process: ChildProcess; readyMs: number }> {
  const [port, simulatorPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const store = spawn("npm", ["start"], {
    detached: true,
    stdio: "ignore",
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(port),
      SIMULATOR_PORT: String(simulatorPort),
      LOG_LEVEL: "error",
    },
  });
  while (performance.now() - began < startTimeoutMs) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (ready?.ok) return { process: store, readyMs: performance.now() - began };
    await delay(20);
  }
  await stop(store);
  throw new Error(`the store was not ready after ${startTimeoutMs} ms`);
}

async function stop(store: ChildProcess): Promise<void> {
  const ended = new Promise((done) => store.once("exit", done));
  if (store.pid !== undefined) process.kill(-store.pid, "SIGINT");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

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
    return 0;
  }
}
