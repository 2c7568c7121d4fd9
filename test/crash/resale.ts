/** Resale: a shop whose store is killed and started again while resellers' orders are on their way. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { restock } from "../../src/inventory/stock.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { getJson, postJson } from "../json.ts";
import { isReady } from "../store-process.ts";
import type { AtEnd, ShopDatabase } from "./databases.ts";
import { isLeft, judgeBooks, judgeWalks } from "./judge.ts";
import { describeJobs, openShop } from "./shop.ts";
import { createWalker, type Road, soldSku, type Walker } from "./walker.ts";
import { type Death, prepareWarmStore } from "./warm-store.ts";

const roundWithinMs = 60_000;
const lookMs = 8;

export type Resale = Awaited<ReturnType<typeof openResale>>;

/** How a round's store ends, if at all: where it is told to, or when something outside strikes. */
export type Blow =
  | { readonly kind: "none" }
  | { readonly kind: "point"; readonly death: Death }
  /** At its next start, which a kill brings about. */
  | { readonly kind: "start"; readonly death: Death }
  | { readonly kind: "strike"; readonly afterMs: number; strike(): Promise<void> };

/** Opens a shop. The restarts it needed are in `restartsMs`. */
export async function openResale<Base extends ShopDatabase>(
  atEnd: AtEnd,
  options: { seed: number; databaseOf: (atEnd: AtEnd) => Promise<Base> },
) {
  const shop = await openShop(atEnd, { ...options, prepare: prepareWarmStore });
  const { db, clock, store, simulators } = shop;
  await fillShelf(shop);
  const restartsMs: number[] = [];
  let refusedCount = 0;
  const walkers: Walker[] = [];
  let up = true;
  let behind = false;
  let closing = false;
  let deaths = 0;
  let nextDeath: Death | undefined;
  let context = "";

  const fail = async (why: string): Promise<never> => {
    const waiting = [...waits].map((wait) => wait.what).join("; ") || "nothing";
    const standing = `the store ${up ? "runs" : "is dead"}, ${waited.count} on their roads wait for ${waiting}`;
    const jobs = await describeJobs(db).catch(String);
    return assert.fail(`${context}: ${why}\n${standing}\n${jobs}${store.log()}`);
  };

  /** Moves the store's clock to the parties', which is moved first and whether it lives or not. */
  const catchUp = async () => {
    const { now } = await getJson<{ now: string }>(`${store.url}/sandbox/clock`);
    const seconds = Math.round((clock.now().getTime() - Date.parse(now)) / 1000);
    if (seconds > 0) await postJson(`${store.url}/sandbox/clock`, { advance_seconds: seconds });
    behind = false;
  };

  /** Whoever runs the store starts it again, however often it dies. */
  const revive = async () => {
    for (let refused = 0; !closing; ) {
      const death = nextDeath;
      nextDeath = undefined;
      const tookMs = await store.start(death);
      if (tookMs !== undefined) {
        restartsMs.push(tookMs);
        behind = true;
        up = true;
        return;
      }
      if ((await store.ended()) === "SIGKILL") deaths++;
      else if (refused++ > 100) await fail("it does not start any more");
      else refusedCount++;
    }
  };
  let broken: unknown;
  const keeping = (async () => {
    for (;;) {
      await store.ended();
      up = false;
      deaths++;
      if (closing) return;
      await revive();
    }
  })().catch((error: unknown) => {
    broken = error;
  });
  atEnd(async () => {
    closing = true;
    store.strike();
    await keeping;
  });

  const waits = new Set<{ readonly what: string; readonly stepS: number }>();
  const waited = { count: 0, byMs: 0 };

  const until = async (what: string, stepS: number, done: () => Promise<boolean>) => {
    const wait = { what, stepS };
    waits.add(wait);
    try {
      while (!(await done().catch(unlessAsserted))) {
        if (broken !== undefined) throw broken;
        if (performance.now() > waited.byMs) await fail(`never came true: ${what}`);
        await delay(lookMs);
      }
    } finally {
      waits.delete(wait);
    }
  };

  /** Time passes when everybody waits for it and nobody is at work. */
  const letTimePass = async () => {
    if (!up) return;
    if (behind) await catchUp();
    const everybodyWaits = () => up && waits.size > 0 && waits.size >= waited.count;
    if (!everybodyWaits() || (await shop.openJobs()) > 0) return;
    await simulators.idle();
    if ((await shop.openJobs()) > 0 || !everybodyWaits()) return;
    behind = true; // also when the answer is lost with the store
    clock.advance(Math.min(...[...waits].map((wait) => wait.stepS)) * 1_000);
    await catchUp();
  };

  /** Runs `work` of so many who wait, with time passing. */
  const inTime = async <T>(count: number, work: () => Promise<T>): Promise<T> => {
    waited.count = count;
    waited.byMs = performance.now() + roundWithinMs;
    let over = false;
    const passing = (async () => {
      while (!over) {
        await letTimePass().catch(() => {}); // the store or its database died meanwhile
        await delay(lookMs);
      }
    })();
    try {
      return await work();
    } finally {
      over = true;
      // A party that hangs must not hide what went wrong.
      await Promise.race([passing, delay(1_000)]);
    }
  };

  const deliver = async (blow: Blow, walked: Promise<unknown>) => {
    if (blow.kind !== "strike") return;
    await Promise.race([delay(blow.afterMs), walked]);
    await blow.strike();
  };

  return {
    ...shop,
    restartsMs,
    /** Starts that ended with a sentence before the store was ready: a dead one was still seen. */
    refusedCount: () => refusedCount,
    /** Kill -9 from outside. */
    async strike() {
      if (!up) return;
      up = false;
      store.strike();
    },
    /** Resolves when the store sells. */
    async isUp() {
      while (!up || !(await isReady(store.url))) {
        if (broken !== undefined) throw broken;
        await delay(lookMs);
      }
    },
    /** Walks these roads at once, judges them, and tells how long it took and whether the store died. */
    async walk(what: string, taken: readonly Road[], blow: Blow) {
      context = what;
      await this.isUp();
      const here = await Promise.all(
        taken.map((road, index) =>
          createWalker(
            { db, clock, until, url: store.url, simulatorUrl: simulators.url },
            road,
            walkers.length + index,
          ),
        ),
      );
      walkers.push(...here);
      const deathsBefore = deaths;
      if (blow.kind === "point") await store.arm(blow.death);
      if (blow.kind === "start") {
        nextDeath = blow.death;
        await this.strike();
      }
      const startedAt = performance.now();
      await inTime(here.length, async () => {
        const walked = Promise.all(
          here.map(async (walker) => {
            await walker.road.walk(walker);
            await walker.comesTo(walker.road.ends);
            await until("what is left is saldo", 60, () => isLeft(shop, walker));
            waited.count--;
          }),
        );
        await Promise.all([walked, deliver(blow, walked)]);
      });
      const tookMs = performance.now() - startedAt;
      await this.isUp();
      if (blow.kind === "point") await store.arm(undefined);
      await judgeWalks(this, here).catch((error: unknown) => fail(String(error)));
      return { tookMs, deathCount: deaths - deathsBefore - (blow.kind === "start" ? 1 : 0) };
    },
    /** Lets everything come to rest and compares all the books. */
    async judge() {
      context = "at the end";
      await this.isUp();
      await inTime(1, () => until("rest", 60, async () => (await shop.openJobs()) === 0));
      await judgeBooks(this, walkers).catch((error: unknown) => fail(String(error)));
      return walkers.length;
    },
  };
}

function unlessAsserted(error: unknown): false {
  if (error instanceof assert.AssertionError) throw error;
  return false; // the store or its database is away
}

/** Enough for every road there is. */
async function fillShelf(shop: Pick<Awaited<ReturnType<typeof openShop>>, "db" | "clock">) {
  const { db, clock } = shop;
  const sku = await db
    .selectFrom("skus")
    .select(["id as skuId", "code as skuCode"])
    .where("code", "=", soldSku)
    .executeTakeFirstOrThrow();
  const many = { ...sku, onHand: 100_000, actor: "system" } as const;
  await inTransaction(db, (tx) => restock(tx, { clock }, many));
}
