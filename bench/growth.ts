/** Growth: what an order costs in a shop with a long past, against one that is young. */
import type { Benchmark } from "./benchmark.ts";
import { fillPast } from "./fill-past.ts";
import { inShop, place, type Shop } from "./placing.ts";
import { serverBelow } from "./shop-database.ts";
import { inTurns } from "./turns.ts";

const youngOrders = 10_000;
const oldOrders = { usual: 1_000_000, full: 10_000_000 };
const connections = 32;
const warmUpMs = 3_000;
// Short altogether, or the young shop would not stay young: at 2,000 orders a second it ends with 40,000.
const roundMs = 400;
const rounds = 31;
const quickest = 6_000;
const sellerCount = 1_000;

export const growthBenchmarks: readonly Benchmark[] = [
  {
    name: "growth",
    unit: `µs an order at ${connections} clients after 1,000,000 others (--full: 10,000,000)`,
    budget: { at_most: 1.3 },
    run: (report, scale) =>
      // Both live at once, each on a server of its own: whoever is not measured rests.
      inShop((young) =>
        inShop(async (old) => {
          const inYoung = await withPast(young, youngOrders, report);
          const inOld = await withPast(old, oldOrders[scale], report);
          await inYoung(warmUpMs);
          await inOld(warmUpMs);
          return inTurns(
            rounds,
            () => inOld(roundMs),
            {
              name: `after ${youngOrders.toLocaleString("en")}`,
              measure: () => inYoung(roundMs),
            },
            report,
          );
        }),
      ),
  },
];

/** Gives a shop its past; returns what measures the microseconds of an order in it from then on. */
async function withPast(
  { store, database, dataDir }: Shop,
  orderCount: number,
  report: (progress: string) => void,
): Promise<(durationMs: number) => Promise<number>> {
  // Those who buy now are among those who bought then.
  const regulars = await database.sellers(sellerCount, 0, 15);
  await fillPast(serverBelow(dataDir), orderCount, report);
  const seconds = (warmUpMs + rounds * roundMs) / 1_000;
  const sellers = await database.quoted(
    regulars,
    Math.ceil((seconds * quickest) / sellerCount),
    15,
  );
  return async (durationMs) => {
    const { answersPerSecond } = await place(store, sellers, { connections, durationMs });
    return 1_000_000 / answersPerSecond;
  };
}
