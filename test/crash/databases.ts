/** Databases: where the store of a crash test keeps its rows, and what of it can be killed. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmbeddedPostgres } from "../../src/platform/postgres.ts";
import { cloneDatabase } from "../database.ts";

export type AtEnd = (step: () => unknown) => void;

export interface ShopDatabase {
  /** What the store is told to use. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the test reads; asked once the store runs. */
  connectionString(): Promise<string>;
  /** Kills the server, where it dies with the store. */
  kill(): void;
}

/** A server that can be stopped as `pg_ctl stop -m immediate` stops it. */
export interface StoppableDatabase extends ShopDatabase {
  /** Resolves when the server is gone. */
  stopAtOnce(): Promise<void>;
  /** Starts it again, where that is not the store's own doing. */
  startAgain(): Promise<void>;
}

/** A database on the tests' server, which outlives the store. */
export async function clonedDatabase(atEnd: AtEnd): Promise<ShopDatabase> {
  const url = await cloneDatabase(atEnd);
  return {
    settings: { DATABASE_URL: url },
    connectionString: async () => url,
    kill: () => {},
  };
}

/** The store's own embedded PostgreSQL. */
export async function embeddedDatabase(atEnd: AtEnd): Promise<StoppableDatabase> {
  const server = serverIn(atEnd);
  const killed = new Set<number>();
  return {
    settings: { DATA_DIR: server.dataDir, DATABASE_URL: "" },
    async connectionString() {
      const adopted = await startEmbeddedPostgres({ dataDir: server.dataDir });
      assert.ok(adopted.adopted, "the store's server runs");
      await adopted.stop();
      return adopted.connectionString;
    },
    kill() {
      const pid = server.pid();
      // A store that was killed early in its start has not replaced the file of the dead server.
      if (pid === undefined || killed.has(pid)) return;
      killed.add(pid);
      process.kill(pid, "SIGKILL");
    },
    stopAtOnce: server.stopAtOnce,
    startAgain: async () => {},
  };
}

/** A server of the test's own, which the store reaches by DATABASE_URL and outlives. */
export async function outlivedDatabase(atEnd: AtEnd): Promise<StoppableDatabase> {
  const { dataDir, stopAtOnce } = serverIn(atEnd);
  let server = await startEmbeddedPostgres({ dataDir });
  atEnd(() => server.stop());
  const { connectionString } = server;
  return {
    settings: { DATABASE_URL: connectionString },
    connectionString: async () => connectionString,
    kill: () => {},
    stopAtOnce,
    async startAgain() {
      await server.stop(); // forgets the one that is gone
      server = await startEmbeddedPostgres({ dataDir });
    },
  };
}

function serverIn(atEnd: AtEnd) {
  const dataDir = mkdtempSync(join(tmpdir(), "konter-crash-"));
  const pidFile = join(dataDir, "pg18", "postmaster.pid");
  atEnd(async () => {
    // The server stops a moment after its store, and writes while it does.
    for (let look = 0; look < 100 && existsSync(pidFile); look++) await delay(50);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20 });
  });
  const pid = () => {
    if (!existsSync(pidFile)) return undefined;
    const [first] = readFileSync(pidFile, "utf8").split("\n");
    return Number(first) || undefined;
  };
  return {
    dataDir,
    pid,
    /** SIGQUIT is what `pg_ctl stop -m immediate` sends: no checkpoint, as if the power had gone. */
    async stopAtOnce() {
      const stopping = pid();
      if (stopping === undefined || !isRunning(stopping)) return;
      process.kill(stopping, "SIGQUIT");
      while (isRunning(stopping)) await delay(5);
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
