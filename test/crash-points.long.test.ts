/** Kill -9 of the store at every named moment and at random ones, judged by the parties' own books. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createSeededRandom } from "../src/platform/random.ts";
import {
  type AtEnd,
  clonedDatabase,
  embeddedDatabase,
  outlivedDatabase,
  type ShopDatabase,
} from "./crash/databases.ts";
import { openResale, type Resale } from "./crash/resale.ts";
import { roads } from "./crash/roads.ts";
import {
  aim,
  namedRounds,
  openRecording,
  type Round,
  randomRounds,
  record,
} from "./crash/rounds.ts";
import { timesToReady } from "./crash/shop.ts";
import { scale } from "./database.ts";
import { isReady } from "./store-process.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_126);
const timeout = 60 * 60_000;
const readyBudgetMs = 5_000;
const shopCount = 2;
// The supplier's balance lasts for some more.
const roundsPerShop = 100;
const tries = 3;
// Leases are renewed when a job happens to run at the fifth second.
const byChance = /^jobs_renew:/;

test("nothing acknowledged is lost, bought, delivered or given back twice, wherever the store is killed", {
  timeout,
}, async (t) => {
  const chance = chances(seed);
  const recording = openRecording();
  const tally = { rounds: 0, deaths: 0, refused: 0, orders: 0, restartsMs: [] as number[] };
  const missed = new Map<Round, number>();
  const queue: Round[] = [];

  const trade = async (shop: Resale) => {
    for (let count = 0; count < roundsPerShop; count++) {
      const round = queue.shift();
      if (round === undefined) break;
      const { blow, words } = aim(round, recording, shop.keeper.strike);
      const { deathCount } = await shop.walk(`seed ${seed}: ${words}`, round.roads, blow);
      tally.rounds++;
      tally.deaths += deathCount;
      if (deathCount > 0) continue;
      const triedCount = (missed.get(round) ?? 0) + 1;
      missed.set(round, triedCount);
      if (triedCount < tries) queue.push(round);
    }
    tally.orders += await shop.judge();
    tally.refused += shop.keeper.refusedCount();
    tally.restartsMs.push(...shop.keeper.restartsMs);
  };

  const workers = Array.from({ length: shopCount }, (_, index) => index);
  const recorded = workers.map(() => Promise.withResolvers<void>());
  const planned = Promise.all(recorded.map((one) => one.promise)).then(() => {
    const named = namedRounds(recording, scale({ short: 0, long: 1 }) === 1);
    queue.push(...named, ...randomRounds(scale({ short: 50, long: 500 }), chance));
    return named.length;
  });
  planned.catch(() => {}); // told by the shop that could not record
  const work = async (index: number) => {
    await withShop({ seed: seed + index, databaseOf: clonedDatabase }, async (shop) => {
      const mine = roads.filter((_, place) => place % shopCount === index);
      await record(shop, mine, recording);
      recorded[index]?.resolve();
      await planned;
      await trade(shop);
    });
    for (let more = 1; queue.length > 0; more++) {
      const next = { seed: seed + index + more * shopCount, databaseOf: clonedDatabase };
      await withShop(next, trade);
    }
  };
  const ended = await Promise.allSettled(
    workers.map((index) =>
      work(index).catch((error: unknown) => {
        // The others need not go on.
        queue.length = 0;
        recorded[index]?.reject(error);
        throw error;
      }),
    ),
  );
  for (const one of ended) if (one.status === "rejected") throw one.reason;

  const points = new Set([...recording.points.keys(), ...recording.startPoints]);
  const never = [...missed].flatMap(([{ what }, count]) => (count === tries ? [what] : []));
  t.diagnostic(
    `seed ${seed}: ${points.size} points in ${await planned} rounds, ${tally.rounds} rounds in all, ` +
      `${tally.orders} orders, ${tally.deaths} times killed, ${tally.refused} starts refused`,
  );
  t.diagnostic(timesToReady(tally.restartsMs));
  if (never.length > 0) t.diagnostic(`not come to again: ${never.join("; ")}`);
  const must = never.filter((what) => !byChance.test(what.replace("killed ", "")));
  assert.deepEqual(must, [], "every point that was recorded was a place to die");
});

for (const { title, databaseOf, survives } of [
  {
    title: "a store that is given its PostgreSQL outlives its immediate stop and loses nothing",
    databaseOf: outlivedDatabase,
    survives: true,
  },
  {
    title: "a store that ends with its own PostgreSQL, stopped immediately, loses nothing",
    databaseOf: embeddedDatabase,
    survives: false,
  },
]) {
  test(title, { timeout }, async (t) => {
    const rounds = scale({ short: 2, long: 100 });
    const chance = chances(seed);
    const readyMs: number[] = [];
    let orderCount = 0;
    await withShop({ seed, databaseOf }, async (shop) => {
      const recording = openRecording();
      await record(shop, roads.slice(0, 2), recording);
      for (const round of randomRounds(rounds, chance)) {
        const strike = async () => {
          await shop.database.stopAtOnce();
          await shop.database.startAgain();
          // Another's server may take its time; ours starts with the store.
          const startedAt = performance.now();
          while (!(await isReady(shop.store.url))) await delay(5);
          readyMs.push(Math.round(performance.now() - startedAt));
        };
        const { blow, words } = aim(round, recording, strike);
        const { deathCount } = await shop.walk(`seed ${seed}: ${words}`, round.roads, blow);
        assert.equal(deathCount, survives ? 0 : 1, "whether the store ended too");
      }
      orderCount = await shop.judge();
    });
    t.diagnostic(`seed ${seed}: ${rounds} immediate stops, ${orderCount} orders`);
    t.diagnostic(timesToReady(readyMs));
    const slowest = Math.max(...readyMs);
    assert.ok(slowest <= readyBudgetMs, `ready again only after ${slowest} ms`);
  });
}

function chances(from: number): () => number {
  const random = createSeededRandom(from);
  return () => Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32;
}

/** A shop for as long as `work` lasts. */
async function withShop<Base extends ShopDatabase>(
  options: { seed: number; databaseOf: (atEnd: AtEnd) => Promise<Base> },
  work: (shop: Awaited<ReturnType<typeof openResale<Base>>>) => Promise<void>,
): Promise<void> {
  const steps: (() => unknown)[] = [];
  try {
    await work(await openResale((step) => steps.push(step), options));
  } finally {
    for (const step of steps.reverse()) await step();
  }
}
