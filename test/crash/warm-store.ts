/** Warm store: store processes of which the next one has loaded before the running one is killed. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxClock } from "../../src/platform/clock.ts";
import { temporaryKeyFile } from "../database.ts";
import { freePort, isReady } from "../store-process.ts";
import type { StoreBundle } from "./bundle.ts";
import type { Death, FromStore, ToStore } from "./store.ts";

const keptLogCharacters = 4_000;
const lookMs = 10;

export type WarmStore = Awaited<ReturnType<typeof prepareWarmStore>>;

/** The same as `prepareStore`, for a store that can be told where to die. */
export async function prepareWarmStore(
  atEnd: (step: () => unknown) => void,
  { file, compileCache }: StoreBundle,
  given: Readonly<Record<string, string>>,
  clock: SandboxClock,
) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const keyFile = await temporaryKeyFile(atEnd);
  const settings = {
    ...{ LOG_LEVEL: "warn", METRICS_PORT: "0", PORT: String(port) },
    ...{ KEY_FILE: keyFile, SEALS_FILE: `${keyFile}.seals`, ...given },
  };
  let log = "";
  let heldAt: string[] = [];
  let lastHeldMs = 0;
  let running: Hatched | undefined;
  let spare = hatch();
  atEnd(async () => {
    await Promise.all([end(running), end(spare)]);
  });

  function hatch(): Hatched {
    const born = fork(file, {
      execArgv: [],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    born.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk).slice(-keptLogCharacters);
    });
    born.on("message", (message: FromStore) => {
      if (message.tells !== "held") return;
      heldAt.push(message.point);
      lastHeldMs = performance.now();
    });
    const gone = new Promise<string>((done) => {
      born.once("exit", (code, signal) => done(signal ?? String(code)));
    });
    return { born, gone, loaded: hears(born, gone, "loaded") };
  }

  const order = async (message: ToStore, answer: FromStore["tells"]) => {
    assert.ok(running, "the store runs");
    const heard = hears(running.born, running.gone, answer);
    running.born.send(message, unheard);
    return heard;
  };

  return {
    url,
    log: () => log,
    /**
     * Starts it, to die where it is told to. Resolves to the milliseconds until it was ready to sell,
     * or to undefined when it died before.
     */
    async start(death: Death = { held: [] }): Promise<number | undefined> {
      assert.equal(running, undefined, "the store runs already");
      const startedAt = performance.now();
      running = spare;
      const { born, gone, loaded } = running;
      await loaded;
      heldAt = [];
      born.send({ order: "die", as: death } satisfies ToStore, unheard);
      const offsetMs = clock.offsetMs();
      born.send({ order: "start", settings, offsetMs } satisfies ToStore, unheard);
      const heard = await hears(born, gone, "ready");
      while (heard && !(await isReady(url)) && born.exitCode === null && born.signalCode === null) {
        await delay(lookMs);
      }
      const tookMs = Math.round(performance.now() - startedAt);
      // Only now, because loading takes the processor away from the one that starts.
      spare = hatch();
      return heard === undefined ? undefined : tookMs;
    },
    /** Resolves when the running one is gone: to its signal or its exit code. */
    async ended(): Promise<string> {
      assert.ok(running, "the store runs");
      const how = await running.gone;
      running = undefined;
      return how;
    },
    /** Kill -9, now. */
    strike(): void {
      running?.born.kill("SIGKILL");
    },
    /** Tells the running one how to die. */
    async arm(death: Death): Promise<void> {
      heldAt = [];
      await order({ order: "die", as: death }, "armed");
    },
    /** The points at which somebody was held since it was armed, and for how long nobody else has been. */
    held: () => ({ at: heldAt, forMs: performance.now() - lastHeldMs }),
    /** Lets those that come after it start faster. */
    async bequeath(): Promise<void> {
      await order({ order: "bequeath" }, "bequeathed");
    },
    /** How often it came to each point since it was last asked. */
    async points(): Promise<Map<string, number>> {
      const told = await order({ order: "tell" }, "points");
      assert.ok(told?.tells === "points", `the store is gone\n${log}`);
      return new Map(Object.entries(told.points));
    },
  };
}

/** For what is said to a store that may have died meanwhile. */
const unheard = () => {};

interface Hatched {
  readonly born: ChildProcess;
  readonly gone: Promise<string>;
  readonly loaded: Promise<FromStore | undefined>;
}

async function end(store: Hatched | undefined): Promise<void> {
  store?.born.kill("SIGKILL");
  await store?.gone;
}

/** The next such word of a store, or undefined when it is gone. */
function hears(
  born: ChildProcess,
  gone: Promise<string>,
  tells: FromStore["tells"],
): Promise<FromStore | undefined> {
  return new Promise((done) => {
    const end = (heard?: FromStore) => {
      born.off("message", listen);
      done(heard);
    };
    const listen = (message: FromStore) => {
      if (message.tells === tells) end(message);
    };
    born.on("message", listen);
    void gone.then(() => end());
  });
}
