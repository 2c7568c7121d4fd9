/**
 * Store: the real store in a process that a test kills at a named point. It loads everything, says so,
 * and waits for its orders (see warm-store.ts), so that a restart need not wait for the loading.
 */
import { flushCompileCache } from "node:module";
import { readConfig } from "../../src/config.ts";
import { openStoreDatabase } from "../../src/database.ts";
import { startStore } from "../../src/main.ts";
import { createSandboxClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";
import { createPartyFetch } from "../../src/platform/party-fetch.ts";
import { watchDatabase, watchDiscord, watchFetch } from "./points.ts";

export type ToStore =
  /** Starts with these settings, which replace the environment, at the parties' time. */
  | {
      readonly order: "start";
      readonly settings: Readonly<Record<string, string>>;
      readonly offsetMs: number;
    }
  /** Dies as told from now on. */
  | { readonly order: "die"; readonly as: Death }
  /** Tells how often it came to each point since it was last asked. */
  | { readonly order: "tell" }
  /** Leaves what it has compiled to those that come after it. */
  | { readonly order: "bequeath" };

export type FromStore =
  | { readonly tells: "loaded" | "ready" | "armed" | "bequeathed" }
  | { readonly tells: "held"; readonly point: string }
  | { readonly tells: "points"; readonly points: Readonly<Record<string, number>> };

/** A moment: the `hit`-th time, from 1, that the store comes to a point. */
export interface Moment {
  readonly point: string;
  readonly hit: number;
}

/**
 * How a store is to die: with somebody held at each of the first moments, one after the other, who goes
 * no further; and then when it comes to the last one, or, where there is none, as soon as all are held.
 * Each is looked for, and its hits are counted, once those before it are held. Empty: not at all.
 */
export interface Death {
  readonly held: readonly Moment[];
  readonly last?: Moment;
}

// Each connection of a new process learns the schema anew, and few orders are under way; but what is
// held before its commit keeps one.
const poolSize = 10;

let reached = new Map<string, number>();
let planned: Death = { held: [] };
let heldCount = 0;
let hitCount = 0;

function reach(point: string): Promise<never> | undefined {
  reached.set(point, (reached.get(point) ?? 0) + 1);
  const next = planned.held[heldCount] ?? planned.last;
  if (next?.point !== point || ++hitCount < next.hit) return undefined;
  [heldCount, hitCount] = [heldCount + 1, 0];
  if (heldCount > planned.held.length || (heldCount === planned.held.length && !planned.last))
    die();
  tell({ tells: "held", point });
  return new Promise(() => {});
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

function tell(message: FromStore): void {
  process.send?.(message);
}

async function start({ settings, offsetMs }: Extract<ToStore, { order: "start" }>): Promise<void> {
  const config = readConfig({ ...settings });
  const parties = Object.fromEntries(
    Object.entries(config.simulators ?? {}).map(([party, { base_url }]) => [party, base_url]),
  );
  const clock = createSandboxClock({ offsetMs });
  await startStore({
    config,
    clock,
    log: createLog({ level: config.logLevel, terminal: false }),
    fetch: watchFetch(createPartyFetch({ clock }), parties, reach),
    onFatal: end,
    async openStoreDatabase(...settings) {
      const database = await openStoreDatabase(...settings);
      return { ...database, open: (options) => database.open({ ...options, poolSize }) };
    },
  });
  tell({ tells: "ready" });
}

function end(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

watchDatabase(reach);
watchDiscord(reach);
process.on("message", (message: ToStore) => {
  switch (message.order) {
    case "start":
      start(message).catch(end);
      return;
    case "die":
      planned = message.as;
      [heldCount, hitCount] = [0, 0];
      tell({ tells: "armed" });
      return;
    case "tell":
      tell({ tells: "points", points: Object.fromEntries(reached) });
      reached = new Map();
      return;
    case "bequeath":
      flushCompileCache();
      tell({ tells: "bequeathed" });
      return;
    default:
      message satisfies never;
  }
});
// A test that is gone needs no store.
process.on("disconnect", () => process.exit());
tell({ tells: "loaded" });
