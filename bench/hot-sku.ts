/** Hot SKU: five thousand buyers at once, each for one of the same SKU. */
import type { Benchmark } from "./benchmark.ts";
import { load } from "./http-load.ts";
import { inShop, nextOrder } from "./placing.ts";
import type { Seller } from "./shop-database.ts";
import type { StoreProcess } from "./store-process.ts";
import { inTurns } from "./turns.ts";

const buyerCount = 5_000;
const spreadOver = 100;
const seedSkuCount = 15;
const scarce = 100;
const rounds = 9;
const longestRushMs = 60_000;

/**
 * Every buyer, each on a connection of its own, asks for one order at the same moment. Returns how long
 * it took until the last had an answer, and how many there were of each: `placed` or the refusal's code.
 */
async function rush(
  store: StoreProcess,
  buyers: readonly Seller[],
): Promise<{ seconds: number; answers: ReadonlyMap<string, number> }> {
  const requests = buyers.map(nextOrder);
  const bodies: { status: number; body: Buffer }[] = [];
  const { answersPerSecond } = await load({
    port: store.port,
    connections: buyers.length,
    durationMs: longestRushMs,
    next(connection) {
      const request = requests[connection];
      requests[connection] = undefined;
      return request;
    },
    onAnswer: (_, status, body) => bodies.push({ status, body }),
  });
  const answers = Map.groupBy(bodies, ({ status, body }) =>
    status === 201 ? "placed" : String(JSON.parse(body.toString()).code),
  );
  return {
    seconds: bodies.length / answersPerSecond,
    answers: new Map(Array.from(answers, ([answer, { length }]) => [answer, length])),
  };
}

/** Throws unless exactly so many buyers got each answer, and nobody any other. */
function expectAnswers(
  seen: ReadonlyMap<string, number>,
  expected: Readonly<Record<string, number>>,
): void {
  const asText = (counts: Iterable<[string, number]>) =>
    JSON.stringify(Object.fromEntries([...counts].sort()));
  const [found, wanted] = [asText(seen), asText(Object.entries(expected))];
  if (found !== wanted) throw new Error(`the buyers were answered ${found}, not ${wanted}`);
}

export const hotSkuBenchmarks: readonly Benchmark[] = [
  {
    name: "hot_sku",
    unit: `orders/s of ${buyerCount} buyers at once for one SKU`,
    budget: { at_least: 0.8 },
    run: (report) =>
      inShop(async ({ store, database }) => {
        await database.addSkus(spreadOver - seedSkuCount);
        await database.stock(10_000_000);
        const spread = await database.sellers(buyerCount, rounds + 1, spreadOver);
        const hot = await database.quoted(spread, rounds + 1, 1);
        const placedPerSecond = async (buyers: readonly Seller[]) => {
          const { seconds, answers } = await rush(store, buyers);
          expectAnswers(answers, { placed: buyerCount });
          return buyerCount / seconds;
        };
        await placedPerSecond(spread);
        await placedPerSecond(hot);
        return inTurns(
          rounds,
          () => placedPerSecond(hot),
          {
            name: `the same buyers' over ${spreadOver} SKUs`,
            measure: () => placedPerSecond(spread),
          },
          report,
        );
      }),
  },
  {
    name: "hot_sku_sold_out",
    unit: `s until ${buyerCount} buyers at once have an answer, ${scarce} of them an order`,
    budget: { at_most: 3 },
    run: (report) =>
      inShop(async ({ store, database }) => {
        // The shop has sold before, though not to these.
        const others = await database.sellers(buyerCount, 1, seedSkuCount);
        expectAnswers((await rush(store, others)).answers, { placed: buyerCount });
        const buyers = await database.sellers(buyerCount, 1, 1);
        await database.stock(scarce);
        const placedBefore = await database.orders("paid");
        const { seconds, answers } = await rush(store, buyers);
        report([...answers].map(([answer, count]) => `${count} ${answer}`).join(", "));
        expectAnswers(answers, { placed: scarce, "sku.sold_out": buyerCount - scarce });
        const placed = (await database.orders("paid")) - placedBefore;
        if (placed !== scarce) throw new Error(`${placed} orders were written, not ${scarce}`);
        return { value: seconds };
      }),
  },
];
