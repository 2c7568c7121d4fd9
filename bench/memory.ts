/** Memory: whether a store that trades for a while holds more and more of it. */
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark } from "./benchmark.ts";
import { type Inspector, inspectedOn, type Memory, openInspector } from "./inspector.ts";
import { inTrade } from "./life.ts";
import { storeBelow } from "./processes.ts";
import { freePort } from "./store-process.ts";

const warmUpMs = 20_000;
const runMs = { usual: 60_000, full: 10 * 60_000 };
// Each look collects all garbage. V8 itself does so every half minute, and until then what a process
// holds says more about when it last did than about what it keeps.
const lookEveryMs = 2_500;

export const memoryBenchmarks: readonly Benchmark[] = [
  {
    name: "memory_growth",
    unit: "MB held in the last quarter of 60 s of whole lives (--full: of 10 min)",
    budget: { at_most: 1.1 },
    run: async (report, scale) => {
      const port = await freePort();
      const longestMs = warmUpMs + runMs[scale];
      return inTrade(longestMs, inspectedOn(port), async ({ store, database, tradeFor }) => {
        await tradeFor(warmUpMs);
        const inspector = await openInspector(storeBelow(store.pid), port);
        const before = await database.orders("delivered");
        const looks = await looksWhile(inspector, tradeFor(runMs[scale]));
        inspector.close();
        report(`${(await database.orders("delivered")) - before} orders delivered`);
        const grown = (["resident", "heap"] as const).map((kind) => growthOf(looks, kind));
        for (const { kind, first, last } of grown) {
          report(
            `${kind}: ${first.toFixed(1)} MB in the first quarter, ${last.toFixed(1)} MB in the last`,
          );
        }
        // The one that grew more counts: what the heap gains, all that is resident can hide.
        const [worse] = grown.sort((one, other) => other.last / other.first - one.last / one.first);
        if (worse === undefined) throw new Error("nobody looked at the store's memory");
        return {
          value: worse.last,
          against: { name: `the first quarter (${worse.kind})`, value: worse.first },
        };
      });
    },
  },
];

async function looksWhile(inspector: Inspector, trade: Promise<void>): Promise<Memory[]> {
  const over = new AbortController();
  const ended = trade.finally(() => over.abort());
  const looks: Memory[] = [];
  const looking = (async () => {
    while (!over.signal.aborted) {
      looks.push(await inspector.memory());
      await delay(lookEveryMs);
    }
  })();
  await Promise.all([ended, looking]);
  return looks;
}

/** The medians of a run's first and last quarters. */
function growthOf(looks: readonly Memory[], kind: keyof Memory) {
  const quarter = Math.ceil(looks.length / 4);
  return {
    kind,
    first: median(looks.slice(0, quarter).map((look) => look[kind])),
    last: median(looks.slice(-quarter).map((look) => look[kind])),
  };
}

function median(figures: readonly number[]): number {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? 0;
}
