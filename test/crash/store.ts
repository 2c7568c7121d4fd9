/**
 * Store: the real store in a process that a test kills at a named point. It loads everything, says so,
 * and waits for its orders (see warm-store.ts), so that a restart need not wait for the loading.
 */
import { flushCompileCache } from "node:module";
import { readConfig } from "../../src/config.ts";
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
  /** Dies the `hit`-th time that it comes to a point from now on; absent: never. */
  | { readonly order: "die"; readonly at: { point: string; hit: number } | undefined }
  /** Tells how often it came to each point since it was last asked. */
  | { readonly order: "tell" };

export type FromStore =
  | { readonly tells: "loaded" | "ready" | "armed" }
  | { readonly tells: "points"; readonly points: Readonly<Record<string, number>> };

let reached = new Map<string, number>();
let death: { point: string; hit: number } | undefined;

function reach(point: string): void {
  reached.set(point, (reached.get(point) ?? 0) + 1);
  if (death?.point !== point) return;
  death.hit--;
  if (death.hit === 0) process.kill(process.pid, "SIGKILL");
}

const tell = (message: FromStore) => process.send?.(message);

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
      death = message.at;
      tell({ tells: "armed" });
      return;
    case "tell":
      tell({ tells: "points", points: Object.fromEntries(reached) });
      reached = new Map();
      return;
    default:
      message satisfies never;
  }
});
// A test that is gone needs no store.
process.on("disconnect", () => process.exit());
// The next one loads faster; this one will have no time for it at its end.
flushCompileCache();
tell({ tells: "loaded" });
