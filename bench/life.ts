/** Life: whole orders, from the request to delivered, with the worker on and the simulated supplier beside it. */
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark } from "./benchmark.ts";
import { place } from "./placing.ts";
import { openShopDatabase, type ShopDatabase } from "./shop-database.ts";
import { inTemporaryDirectory, type StoreProcess, startWithParties } from "./store-process.ts";

const connections = 32;
const warmUpMs = 5_000;
const runMs = 60_000;
// More wait than this, and no more are placed until some are delivered: what is measured is the whole life.
const mostUnderWay = 1_500;
const lookEveryMs = 200;
const quickest = 1_500;

export interface Trade {
  readonly store: StoreProcess;
  readonly database: ShopDatabase;
  /** Lets resellers place for so long, while what they placed is delivered. */
  tradeFor(durationMs: number): Promise<void>;
}

/** Our balance at the simulated supplier, so that it lasts for the run. */
async function giveFloat(simulatorUrl: string): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/digiflazz/_control/balance`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ balance: 100_000_000_000 }),
  });
  if (!answer.ok) throw new Error(`the supplier's balance cannot be set: ${answer.status}`);
}

/** A shop in which everything is at work, with quotes for so long a trade altogether. */
export function inTrade<T>(
  longestMs: number,
  settings: Readonly<Record<string, string>>,
  work: (trade: Trade) => Promise<T>,
): Promise<T> {
  return inTemporaryDirectory(async (dataDir) => {
    // Books on disk would be what is measured: they are written whole at each purchase.
    const { store, simulators } = await startWithParties(dataDir, settings);
    const database = await openShopDatabase(dataDir);
    try {
      await database.stock(10_000_000);
      await giveFloat(simulators.url);
      const quotes = (longestMs / 1000) * quickest;
      const sellers = await database.sellers(1_000, Math.ceil(quotes / 1_000), 15);
      const tradeFor = async (durationMs: number) => {
        let isHeld = false;
        const over = new AbortController();
        const looking = (async () => {
          while (!over.signal.aborted) {
            isHeld = (await database.underWay()) > mostUnderWay;
            await delay(lookEveryMs);
          }
        })();
        await place(store, sellers, { connections, durationMs, isHeld: () => isHeld });
        over.abort();
        await looking;
      };
      return await work({ store, database, tradeFor });
    } finally {
      await database.close();
      await store.stop();
      await simulators.stop();
    }
  });
}

export const lifeBenchmarks: readonly Benchmark[] = [
  {
    name: "life",
    unit: "orders delivered/s for 60 s",
    budget: { at_least: 300 },
    run: (report) =>
      inTrade(warmUpMs + runMs, {}, async ({ database, tradeFor }) => {
        await tradeFor(warmUpMs);
        const [before, waitingBefore] = [
          await database.orders("delivered"),
          await database.underWay(),
        ];
        const began = performance.now();
        await tradeFor(runMs);
        const seconds = (performance.now() - began) / 1000;
        const delivered = (await database.orders("delivered")) - before;
        const waiting = await database.underWay();
        report(`under way: ${waitingBefore} at the start, ${waiting} at the end`);
        return { value: delivered / seconds };
      }),
  },
];
