/** Store process: `npm start` as a person types it, on ports and data of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const startTimeoutMs = 60_000;

export interface StoreProcess {
  readonly pid: number;
  readonly port: number;
  /** From the command to the first yes of `/readyz`. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts a store and waits until it says that it can sell. */
export async function startStore(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<StoreProcess> {
  const port = Number(settings.PORT ?? (await freePort()));
  const simulatorPort = await freePort();
  const began = performance.now();
  const store = spawn("npm", ["start"], {
    detached: true, // a group of its own: npm and what it runs are stopped together
    stdio: "ignore",
    env: {
      ...process.env,
      DATABASE_URL: "",
      DATA_DIR: dataDir,
      PORT: String(port),
      SIMULATOR_PORT: String(simulatorPort),
      METRICS_PORT: "0",
      LOG_LEVEL: "error",
      ...settings,
    },
  });
  const { pid } = store;
  if (pid === undefined) throw new Error("npm cannot be run");
  const stop = () => endGroup(store, pid);
  while (performance.now() - began < startTimeoutMs) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (ready?.ok) return { pid, port, readyMs: performance.now() - began, stop };
    if (store.exitCode !== null) throw new Error(`the store ended with ${store.exitCode}`);
    await delay(20);
  }
  await stop();
  throw new Error(`the store was not ready after ${startTimeoutMs} ms`);
}

async function endGroup(leader: ChildProcess, pid: number): Promise<void> {
  const ended = new Promise((done) => leader.once("exit", done));
  process.kill(-pid, "SIGINT");
  await ended;
  // npm may be gone before the store that it ran, and the store's data must outlive the store.
  while (isGroupThere(pid)) await delay(20);
}

function isGroupThere(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Gives `work` a folder that is removed when it is done. */
export async function inTemporaryDirectory<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "konter-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

interface Simulators {
  /** What a store's SIMULATORS takes. */
  readonly parties: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the simulated parties as a process of their own, without books on disk, for a store on that port. */
async function startSimulators(storePort: number): Promise<Simulators> {
  const port = await freePort();
  const store = `http://127.0.0.1:${storePort}`;
  const simulators = spawn(
    process.execPath,
    ["src/cli.ts", "simulate", "--port", String(port), "--store", store],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const parties = await new Promise<string>((said, failed) => {
    simulators.stdout.once("data", (line: Buffer) => said(line.toString().trim()));
    simulators.once("exit", (code) => failed(new Error(`the simulators ended with ${code}`)));
  });
  return {
    parties,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise((done) => simulators.once("exit", done));
      simulators.kill("SIGINT");
      await ended;
    },
  };
}

/** Starts a store with its parties in a process of their own: what they do is not the shop's work. */
export async function startWithParties(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ store: StoreProcess; simulators: Simulators }> {
  const port = await freePort();
  const simulators = await startSimulators(port);
  const store = await startStore(dataDir, {
    PORT: String(port),
    SIMULATORS: simulators.parties,
    ...settings,
  });
  return { store, simulators };
}
