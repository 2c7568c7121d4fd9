/** Campaigns: a shop is killed again and again, and at the end all its books are compared. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { createSeededRandom } from "../../src/platform/random.ts";
import { isReady } from "../store-process.ts";
import type { StoreBundle } from "./bundle.ts";
import {
  type AtEnd,
  clonedDatabase,
  embeddedDatabase,
  outlivedDatabase,
  type ShopDatabase,
} from "./databases.ts";
import { openResale, type Resale } from "./resale.ts";
import { roads } from "./roads.ts";
import {
  aim,
  type NamedMoment,
  namedMoments,
  namedRounds,
  openRecording,
  type Round,
  randomRounds,
  record,
  recordIdleness,
  roundFor,
} from "./rounds.ts";

const shopCount = 2;
// The supplier's balance lasts for some more.
const ordersPerShop = 150;
const tries = 3;
// Leases are renewed when a job happens to run at the fifth second, and a shop proves all its books of itself
// once in its life.
const byChance = /^jobs_renew:|^commit of jobs_enqueue, ledger_rolled_up,/;

export interface CampaignOptions {
  readonly seed: number;
  readonly bundle: StoreBundle;
  /** How often it is killed at random, or its database stopped. */
  readonly randomCount: number;
  /** Whether a point that is come to several times is also one at a later time. */
  readonly alsoLater: boolean;
}

export interface CampaignReport {
  readonly pointCount: number;
  readonly roundCount: number;
  readonly deathCount: number;
  readonly orderCount: number;
  /** Starts that ended with a sentence before the store was ready: the dead one was still seen. */
  readonly refusedCount: number;
  readonly restartsMs: readonly number[];
  /** Points that no store came to again, though they do not come by chance. */
  readonly neverMet: readonly string[];
  /** Those that do. */
  readonly passedBy: readonly string[];
}

/** Kills the store at every named moment and at random ones. */
export async function killEverywhere(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, alsoLater } = options;
  const chance = chances(seed);
  const recording = openRecording();
  const tally = { roundCount: 0, deathCount: 0, refusedCount: 0, orderCount: 0 };
  const restartsMs: number[] = [];
  const missed = new Map<string, number>();
  const queue: Round[] = [];

  // In the short form who misses what comes by chance does not look for it again.
  const triesOf = (point: string) => (byChance.test(point) && !alsoLater ? 1 : tries);
  /** Those that were not come to get a round of their own. */
  const tryAgain = (moments: readonly NamedMoment[], met: readonly string[]) => {
    for (const moment of moments) {
      if (met.includes(moment.point)) continue;
      const triedCount = (missed.get(moment.point) ?? 0) + 1;
      missed.set(moment.point, triedCount);
      if (triedCount < triesOf(moment.point)) queue.unshift(roundFor(moment));
    }
  };
  const trade = async (shop: Resale) => {
    for (let orderCount = 0; orderCount < ordersPerShop; ) {
      const round = queue.shift();
      if (round === undefined) break;
      const { blow, words } = aim(round, recording, shop.keeper.strike);
      const walked = await shop.walk(`seed ${seed}: ${words}`, round.roads, blow);
      tally.roundCount++;
      tally.deathCount += walked.deathCount;
      orderCount += round.roads.length;
      tryAgain(round.moments, walked.met);
    }
    tally.orderCount += await shop.judge();
    tally.refusedCount += shop.keeper.refusedCount();
    restartsMs.push(...shop.keeper.restartsMs);
  };

  const workers = Array.from({ length: shopCount }, (_, index) => index);
  const recorded = workers.map(() => Promise.withResolvers<void>());
  const planned = Promise.all(recorded.map((one) => one.promise)).then(() => {
    queue.push(...namedRounds(namedMoments(recording, alsoLater)));
    queue.push(...randomRounds(options.randomCount, chance));
  });
  planned.catch(() => {}); // told by the shop that could not record
  const work = async (index: number) => {
    await withShop(options, { seed: seed + index, databaseOf: clonedDatabase }, async (shop) => {
      const mine = roads.filter((_, place) => place % shopCount === index);
      await record(shop, mine, recording);
      if (index === 0) await recordIdleness(shop, recording);
      await shop.store.bequeath();
      recorded[index]?.resolve();
      await planned;
      await trade(shop);
    });
    for (let more = 1; queue.length > 0; more++) {
      const next = { seed: seed + index + more * shopCount, databaseOf: clonedDatabase };
      await withShop(options, next, trade);
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

  const lost = [...missed].flatMap(([point, count]) => (count >= triesOf(point) ? [point] : []));
  return {
    ...tally,
    restartsMs,
    pointCount: new Set([...recording.points.keys(), ...recording.startPoints]).size,
    passedBy: lost.filter((point) => byChance.test(point)),
    neverMet: lost.filter((point) => !byChance.test(point)),
  };
}

/** Stops PostgreSQL at once, at random: one that outlives the store, or the store's own. */
export async function stopDatabase(
  options: CampaignOptions & { survives: boolean },
): Promise<CampaignReport> {
  const { seed, survives } = options;
  const databaseOf = survives ? outlivedDatabase : embeddedDatabase;
  const restartsMs: number[] = [];
  const tally = { roundCount: 0, deathCount: 0, refusedCount: 0, orderCount: 0 };
  await withShop(options, { seed, databaseOf }, async (shop) => {
    const recording = openRecording();
    await record(shop, roads.slice(0, 2), recording);
    await shop.store.bequeath();
    const strike = async () => {
      await shop.database.stopAtOnce();
      await shop.database.startAgain();
      // Another's server may take its time; ours starts with the store.
      const startedAt = performance.now();
      while (!(await isReady(shop.store.url))) await delay(5);
      restartsMs.push(Math.round(performance.now() - startedAt));
    };
    for (const round of randomRounds(options.randomCount, chances(seed))) {
      const { blow, words } = aim(round, recording, strike);
      const { deathCount } = await shop.walk(`seed ${seed}: ${words}`, round.roads, blow);
      const strikeCount = blow.kind === "strikes" ? blow.afterMs.length : 0;
      assert.equal(deathCount, survives ? 0 : strikeCount, `${words}: whether the store ended too`);
      tally.roundCount++;
      tally.deathCount += deathCount;
    }
    tally.orderCount = await shop.judge();
    tally.refusedCount = shop.keeper.refusedCount();
  });
  return { ...tally, restartsMs, pointCount: 0, neverMet: [], passedBy: [] };
}

function chances(from: number): () => number {
  const random = createSeededRandom(from);
  return () => Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32;
}

/** A shop for as long as `work` lasts. */
async function withShop<Base extends ShopDatabase>(
  { bundle }: CampaignOptions,
  options: { seed: number; databaseOf: (atEnd: AtEnd) => Promise<Base> },
  work: (shop: Awaited<ReturnType<typeof openResale<Base>>>) => Promise<void>,
): Promise<void> {
  const steps: (() => unknown)[] = [];
  try {
    await work(await openResale((step) => steps.push(step), bundle, options));
  } finally {
    for (const step of steps.reverse()) await step();
  }
}
