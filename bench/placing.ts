/** Placing: orders placed through HTTP, paid from saldo, against PostgreSQL's own TPC-B in the same run. */
import { randomUUID } from "node:crypto";
import type { Benchmark, Measurement, Skipped } from "./benchmark.ts";
import { type Loaded, load, requestText } from "./http-load.ts";
import { openPgbench, withoutPgbench } from "./pgbench.ts";
import { openShopDatabase, type Seller, type ShopDatabase } from "./shop-database.ts";
import { inTemporaryDirectory, type StoreProcess, startStore } from "./store-process.ts";

const warmUpMs = 2_000;
const runMs = 5_000;
const quickest = 10_000;

export interface Shop {
  readonly store: StoreProcess;
  readonly database: ShopDatabase;
  readonly dataDir: string;
}

/** A store that takes orders and does no job, with a full shelf. */
export async function inShop<T>(work: (shop: Shop) => Promise<T>): Promise<T> {
  return inTemporaryDirectory(async (dataDir) => {
    const store = await startStore(dataDir, { WORKER: "off" });
    const database = await openShopDatabase(dataDir);
    try {
      await database.stock(10_000_000);
      return await work({ store, database, dataDir });
    } finally {
      await database.close();
      await store.stop();
    }
  });
}

/** A request that makes an order of a seller's next quote, paid from saldo; undefined when there is none. */
export function nextOrder(seller: Seller): string | undefined {
  const quote = seller.quotes.pop();
  if (quote === undefined) return undefined;
  return requestText({
    method: "POST",
    path: "/api/v1/orders",
    headers: { authorization: `Bearer ${seller.key}`, "idempotency-key": randomUUID() },
    body: { quote_id: quote, method: "saldo" },
  });
}

/** Places from saldo on so many connections; each order is of the next seller in a shuffled turn. */
export async function place(
  store: StoreProcess,
  sellers: readonly Seller[],
  options: { connections: number; durationMs: number; isHeld?: () => boolean },
): Promise<Loaded> {
  let turn = 0;
  const loaded = await load({
    port: store.port,
    ...options,
    next() {
      for (let tried = 0; tried < sellers.length; tried++) {
        const seller = sellers[turn++ % sellers.length];
        const order = seller && nextOrder(seller);
        if (order !== undefined) return order;
      }
      throw new Error("the quotes are used up: make more");
    },
  });
  const others = [...loaded.statuses.keys()].filter((status) => status !== 201);
  if (others.length > 0) throw new Error(`orders are answered with ${others.join(", ")}`);
  return loaded;
}

function placingAt(connections: number, budget?: Benchmark["budget"]): Benchmark {
  return {
    name: `place_${connections}`,
    unit: "orders/s",
    ...(budget === undefined ? {} : { budget }),
    run: (report) =>
      inShop(async ({ store, database, dataDir }): Promise<Measurement | Skipped> => {
        const pgbench = await openPgbench(dataDir);
        if (pgbench === undefined) return { skipped: withoutPgbench };
        const quoteCount = ((warmUpMs + runMs) / 1000) * quickest;
        const sellers = await database.sellers(1_000, Math.ceil(quoteCount / 1_000), 15);
        await place(store, sellers, { connections, durationMs: warmUpMs });
        // Before and after, so that a machine that grows slower is so for both.
        const tpsBefore = await pgbench.tpcb(connections, 3);
        const before = await database.rowsWritten();
        const loaded = await place(store, sellers, { connections, durationMs: runMs });
        const rows = (await database.rowsWritten()) - before;
        const tps = (tpsBefore + (await pgbench.tpcb(connections, 3))) / 2;
        const count = loaded.statuses.get(201) ?? 1;
        report(
          `p50 ${loaded.p50Ms.toFixed(1)} ms, p99 ${loaded.p99Ms.toFixed(1)} ms, ${(rows / count).toFixed(1)} rows written per order`,
        );
        return {
          value: loaded.answersPerSecond,
          against: { name: `pgbench TPC-B at ${connections} clients`, value: tps },
        };
      }),
  };
}

export const placingBenchmarks: readonly Benchmark[] = [
  placingAt(1),
  placingAt(8),
  placingAt(32, { at_least: 0.5 }),
  placingAt(128),
  {
    name: "one_customer",
    unit: "orders/s of one customer on 8 connections",
    budget: { at_least: 300 },
    run: () =>
      inShop(async ({ store, database }) => {
        const sellers = await database.sellers(1, 20_000, 15);
        await place(store, sellers, { connections: 8, durationMs: warmUpMs });
        const loaded = await place(store, sellers, { connections: 8, durationMs: runMs });
        return { value: loaded.answersPerSecond };
      }),
  },
];
