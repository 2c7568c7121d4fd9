/** Store process: the store as a process of its own, which a test can kill as a power cut would. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { temporaryKeyFile } from "./database.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readyWithinMs = 60_000;
const keptLogCharacters = 4_000;
const defaults = { LOG_LEVEL: "warn", METRICS_PORT: "0" };

export interface StoreProcess {
  readonly url: string;
  /** Resolves to the milliseconds from its start until it was ready to sell. Throws when it ended. */
  start(): Promise<number>;
  /** Kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Sends a signal to the running store. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the running store has ended: to its exit code, or null after a signal. */
  ended(): Promise<number | null>;
  /** The last of what all its lives wrote to standard error. */
  log(): string;
}

/**
 * Prepares `konter start` with these settings on a free port; it runs between `start` and `kill`.
 * `standardError` is a file that takes what `log` would have told; `user` is who runs it.
 */
export async function prepareStore(
  atEnd: (step: () => unknown) => void,
  settings: Readonly<Record<string, string>>,
  options: { standardError?: string; user?: { uid: number; gid: number } } = {},
): Promise<StoreProcess> {
  const port = await freePort();
  const KEY_FILE = await temporaryKeyFile(atEnd);
  const url = `http://127.0.0.1:${port}`;
  let log = "";
  let child: ChildProcess | undefined;

  const kill = async () => {
    const dying = child;
    if (dying === undefined) return;
    child = undefined;
    if (dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, "exit");
    dying.kill("SIGKILL");
    await gone;
  };
  atEnd(kill);

  return {
    url,
    kill,
    log: () => log,
    signal(name) {
      assert.ok(child?.kill(name), "the store runs");
    },
    async ended() {
      const ending = child;
      assert.ok(ending);
      if (ending.exitCode === null && ending.signalCode === null) await once(ending, "close");
      child = undefined;
      return ending.exitCode;
    },
    async start() {
      assert.equal(child, undefined, "the store runs already");
      const startedAt = performance.now();
      const { standardError, user } = options;
      const elsewhere = standardError === undefined ? undefined : openSync(standardError, "w");
      const born = spawn(process.execPath, ["src/cli.ts", "start"], {
        ...user,
        cwd: root,
        env: {
          ...{ ...process.env, ...defaults, KEY_FILE, SEALS_FILE: `${KEY_FILE}.seals` },
          ...{ ...settings, PORT: String(port) },
        },
        stdio: ["ignore", "ignore", elsewhere ?? "pipe"],
      });
      child = born;
      if (elsewhere !== undefined) closeSync(elsewhere);
      const closed = once(born, "close");
      born.stderr?.on("data", (chunk: Buffer) => {
        log = (log + chunk).slice(-keptLogCharacters);
      });
      while (!(await isReady(url))) {
        if (born.exitCode !== null || born.signalCode !== null) {
          await closed; // its last words may still be in the pipe
          const end = born.exitCode ?? born.signalCode;
          throw new Error(`the store ended (${end}) before it was ready:\n${log}`);
        }
        const waitedMs = performance.now() - startedAt;
        assert.ok(waitedMs < readyWithinMs, `the store is not ready:\n${log}`);
        await delay(10);
      }
      return Math.round(performance.now() - startedAt);
    },
  };
}

export async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  await answer?.arrayBuffer().catch(() => {});
  return answer?.ok ?? false;
}

// Below those that a system gives to whoever asks for any: one of these might be gone at the next start.
const [firstPort, portCount] = [15_000, 17_000];
let triedCount = 0;

/** A port on which nobody listens, of a range in which each process begins elsewhere. */
export async function freePort(): Promise<number> {
  while (triedCount < portCount) {
    const port = firstPort + ((process.pid * 61 + triedCount++) % portCount);
    const server = createServer().listen(port, "127.0.0.1");
    const listening = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!listening) continue;
    server.close();
    await once(server, "close");
    return port;
  }
  return assert.fail("every port is taken");
}
