/** Resale: a shop whose store is killed and started again while resellers' orders are on their way. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { restock } from "../../src/inventory/stock.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { getJson, postJson } from "../json.ts";
import type { AtEnd, ShopDatabase } from "./databases.ts";
import { isLeft, judgeBooks, judgeWalks } from "./judge.ts";
import { keepRunning } from "./keeper.ts";
import { describeJobs, openShop } from "./shop.ts";
import { createWalker, type Road, soldSku, type Walker } from "./walker.ts";
import { type Death, prepareWarmStore, type WarmStore } from "./warm-store.ts";

const roundWithinMs = 60_000;
const lookMs = 8;

export type Resale = Awaited<ReturnType<typeof openResale>>;

/** How a round's store ends, if at all: where it is told to, or when something outside strikes. */
export type Blow =
  | { readonly kind: "none" }
  | { readonly kind: "point"; readonly death: Death }
  /** At its next start, which a kill brings about. */
  | { readonly kind: "start"; readonly death: Death }
  | { readonly kind: "strike"; readonly afterMs: number; strike(): Promise<void> | void };

/** Opens a shop whose store is kept running. */
export async function openResale<Base extends ShopDatabase>(
  atEnd: AtEnd,
  options: { seed: number; databaseOf: (atEnd: AtEnd) => Promise<Base> },
) {
  const shop = await openShop(atEnd, { ...options, prepare: prepareWarmStore });
  const { db, clock, store, simulators } = shop;
  await fillShelf(shop);
  const keeper = keepRunning(atEnd, store);
  const time = passTime(shop, keeper);
  const walkers: Walker[] = [];
  const walked = { db, clock, until: time.until, url: store.url, simulatorUrl: simulators.url };

  const explained = async <T>(what: string, work: () => Promise<T>): Promise<T> =>
    work().catch(async (cause: unknown) => {
      const jobs = await describeJobs(db).catch(String);
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${what}: ${why}\n${time.describe()}\n${jobs}${store.log()}`, { cause });
    });

  const walkAll = async (here: readonly Walker[], blow: Blow) => {
    const walks = Promise.all(
      here.map(async (walker) => {
        await walker.road.walk(walker);
        await walker.comesTo(walker.road.ends);
        await time.until("what is left is saldo", 60, () => isLeft(shop, walker));
        time.hasCome();
      }),
    );
    const struck = async () => {
      if (blow.kind !== "strike") return;
      await Promise.race([delay(blow.afterMs), walks]);
      await blow.strike();
    };
    await Promise.all([walks, struck()]);
  };

  return {
    ...shop,
    keeper,
    /** Walks these roads at once and judges them. Tells how long it took and whether the store died. */
    walk: (what: string, taken: readonly Road[], blow: Blow) =>
      explained(what, async () => {
        await keeper.untilUp();
        const numbered = taken.map((road, index) => ({ road, number: walkers.length + index }));
        const here = await Promise.all(
          numbered.map(({ road, number }) => createWalker(walked, road, number)),
        );
        walkers.push(...here);
        const deathsBefore = keeper.deathCount() + (blow.kind === "start" ? 1 : 0);
        if (blow.kind === "point") await store.arm(blow.death);
        if (blow.kind === "start") keeper.strikeTwice(blow.death);
        const startedAt = performance.now();
        await time.passes(here.length, () => walkAll(here, blow));
        const tookMs = performance.now() - startedAt;
        await keeper.untilUp();
        if (blow.kind === "point") await store.arm(undefined);
        await judgeWalks(shop, here);
        return { tookMs, deathCount: keeper.deathCount() - deathsBefore };
      }),
    /** Lets everything come to rest and compares all the books. Returns how many orders there were. */
    judge: () =>
      explained("at the end", async () => {
        await keeper.untilUp();
        const atRest = async () => (await shop.openJobs()) === 0;
        await time.passes(1, () => time.until("rest", 60, atRest));
        await judgeBooks(shop, walkers);
        return walkers.length;
      }),
  };
}

type Shop = Awaited<ReturnType<typeof openShop<WarmStore, ShopDatabase>>>;

/** Lets the time of the store and the parties pass, whenever everybody waits for it. */
function passTime(shop: Shop, keeper: ReturnType<typeof keepRunning>) {
  const { clock, store, simulators } = shop;
  const waits = new Set<{ readonly what: string; readonly stepS: number }>();
  let onRoadCount = 0;
  let giveUpAtMs = 0;
  let behind = false;

  const describe = () => {
    const waiting = [...waits].map((wait) => wait.what).join("; ") || "nothing";
    const standing = keeper.isUp() ? "the store runs" : "the store is dead";
    return `${standing}, ${onRoadCount} are on their roads, waited for: ${waiting}`;
  };
  /** Moves the store's clock to where the parties' is, which is moved first. */
  const catchUp = async () => {
    const { now } = await getJson<{ now: string }>(`${store.url}/sandbox/clock`);
    const seconds = Math.round((clock.now().getTime() - Date.parse(now)) / 1000);
    if (seconds > 0) await postJson(`${store.url}/sandbox/clock`, { advance_seconds: seconds });
    behind = false;
  };
  const isAwaited = async () =>
    keeper.isUp() && waits.size > 0 && waits.size >= onRoadCount && (await shop.openJobs()) === 0;

  const step = async () => {
    if (behind && keeper.isUp()) await catchUp();
    if (!(await isAwaited())) return;
    await simulators.idle();
    // Whoever stopped waiting meanwhile is at work.
    if (!(await isAwaited()) || waits.size === 0) return;
    behind = true; // until the store has said so: it may die now
    clock.advance(Math.min(...[...waits].map((wait) => wait.stepS)) * 1_000);
    await catchUp();
  };

  return {
    describe,
    /** One of those on their roads has arrived. */
    hasCome() {
      onRoadCount--;
    },
    /** Waits, and lets `stepS` seconds pass at once, until `done` holds. */
    async until(what: string, stepS: number, done: () => Promise<boolean>) {
      const wait = { what, stepS };
      waits.add(wait);
      try {
        while (!(await done().catch(unlessAsserted))) {
          keeper.throwIfBroken();
          assert.ok(performance.now() < giveUpAtMs, `never came true: ${what}`);
          await delay(lookMs);
        }
      } finally {
        waits.delete(wait);
      }
    },
    /** Runs the work of so many on their roads, with time passing. */
    async passes<T>(count: number, work: () => Promise<T>): Promise<T> {
      onRoadCount = count;
      giveUpAtMs = performance.now() + roundWithinMs;
      let over = false;
      const passing = (async () => {
        while (!over) {
          await step().catch(() => {}); // the store or its database died meanwhile
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
    },
  };
}

function unlessAsserted(error: unknown): false {
  if (error instanceof assert.AssertionError) throw error;
  return false; // the store or its database is away
}

/** Enough for every road there is. */
async function fillShelf({ db, clock }: Pick<Shop, "db" | "clock">): Promise<void> {
  const sku = await db
    .selectFrom("skus")
    .select(["id as skuId", "code as skuCode"])
    .where("code", "=", soldSku)
    .executeTakeFirstOrThrow();
  const many = { ...sku, onHand: 100_000, actor: "system" } as const;
  await inTransaction(db, (tx) => restock(tx, { clock }, many));
}
