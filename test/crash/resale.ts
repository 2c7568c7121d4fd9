/** Resale: a shop whose store is killed and started again while resellers' orders are on their way. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { restock } from "../../src/inventory/stock.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { untilDueMs } from "../due.ts";
import { getJson, postJson } from "../json.ts";
import type { StoreBundle } from "./bundle.ts";
import type { AtEnd, ShopDatabase } from "./databases.ts";
import { isLeft, judgeBooks, judgeWalks } from "./judge.ts";
import { keepRunning } from "./keeper.ts";
import { describeJobs, openShop } from "./shop.ts";
import type { Death } from "./store.ts";
import { createWalker, type Road, sold, type Walker } from "./walker.ts";
import { prepareWarmStore, type WarmStore } from "./warm-store.ts";

const patienceMs = 120_000;
const lookMs = 20;
// Before time passes everybody looks anyway.
const lookAgainMs = 100;
// The rarest of what recurs by day, the prices, must not be jumped over.
const longestStepS = 300;
// Those that are held may keep from the others what they need.
const longestHeldMs = 2_000;
// What comes of itself comes every few minutes.
const longestIdleS = 2 * 60 * 60;

export type Resale = Awaited<ReturnType<typeof openResale>>;

/** How a round's store ends, if at all: where it is told to, or when something outside strikes. */
export type Blow =
  | { readonly kind: "none"; beforeTimePasses?(passedS: number): Promise<void> }
  /** The first order sets out for the first of them, and the next when that one is held. */
  | { readonly kind: "points"; readonly death: Death }
  /** In each of its next lives, the first of which follows a kill. */
  | { readonly kind: "lives"; readonly deaths: readonly Death[] }
  /** So long after it sells, and again after it does so again. */
  | {
      readonly kind: "strikes";
      readonly afterMs: readonly number[];
      strike(): Promise<void> | void;
    };

/** Opens a shop whose store is kept running. */
export async function openResale<Base extends ShopDatabase>(
  atEnd: AtEnd,
  bundle: StoreBundle,
  options: { seed: number; databaseOf: (atEnd: AtEnd) => Promise<Base> },
) {
  const shop = await openShop(atEnd, {
    ...options,
    prepare: (atItsEnd, settings, time) => prepareWarmStore(atItsEnd, bundle, settings, time),
  });
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
    const deathsBefore = keeper.deathCount();
    let comeCount = 0;
    // Whoever has come did not get to where it should have been held.
    const isTurnOf = (index: number) =>
      blow.kind !== "points" ||
      store.held().at.length + comeCount >= index ||
      keeper.deathCount() > deathsBefore;
    const walks = Promise.all(
      here.map(async (walker, index) => {
        while (!isTurnOf(index)) await delay(lookMs);
        time.hasSetOut();
        await walker.road.walk(walker);
        await walker.comesTo(walker.road.ends);
        await time.until("what is left is saldo", 60, () => isLeft(shop, walker));
        time.hasCome();
        comeCount++;
      }),
    );
    await Promise.all([walks, strikes(blow, walks)]);
  };

  const strikes = async (blow: Blow, walks: Promise<unknown>) => {
    if (blow.kind === "points") return strikeHeld(walks);
    if (blow.kind === "lives") {
      await walks;
      const enough = async () =>
        keeper.met().length >= blow.deaths.length || time.passedS() > longestIdleS;
      await time.until("it has died often enough", 60, enough);
    }
    if (blow.kind !== "strikes") return;
    for (const afterMs of blow.afterMs) {
      await keeper.untilUp();
      await Promise.race([delay(afterMs), walks]);
      await blow.strike();
    }
  };
  // On a busy machine everything takes as long as the last start did.
  const patientMs = () => longestHeldMs + 2 * (keeper.restartsMs.at(-1) ?? 0);
  /** Kills the store when it does not come to the rest of its points. */
  const strikeHeld = async (walks: Promise<unknown>) => {
    const deathsBefore = keeper.deathCount();
    let arrived = false;
    const arrive = () => {
      arrived = true;
    };
    walks.then(arrive, arrive);
    while (keeper.deathCount() === deathsBefore) {
      const { at, forMs } = store.held();
      if (at.length > 0 && (arrived || forMs > patientMs())) return keeper.strike();
      if (arrived) return;
      await delay(lookMs);
    }
  };

  return {
    ...shop,
    keeper,
    /** Walks these roads at once and judges them. Tells how long it took, and where the store died. */
    walk: (what: string, taken: readonly Road[], blow: Blow) =>
      explained(what, async () => {
        await keeper.untilUp();
        const here = await Promise.all(
          taken.map((road, index) => {
            const { [index % sold.length]: buys = sold[0] } = sold;
            return createWalker(walked, road, { number: walkers.length + index, ...buys });
          }),
        );
        walkers.push(...here);
        const deathsBefore = keeper.deathCount();
        if (blow.kind === "points") await keeper.arm(blow.death);
        if (blow.kind === "lives") keeper.strikeAndAgain(blow.deaths);
        const startedAt = performance.now();
        const { passedS } = await time.passes(() => walkAll(here, blow), blow);
        const tookMs = performance.now() - startedAt;
        await keeper.untilUp();
        const deathCount = keeper.deathCount() - deathsBefore;
        const met = keeper.met();
        if (blow.kind === "points") await keeper.arm({ held: [] });
        await judgeWalks(shop, here);
        return { tookMs, passedS, deathCount, met };
      }),
    /** Lets at least so much time pass. */
    async letPass(seconds: number) {
      const untilMs = clock.now().getTime() + seconds * 1_000;
      const isPast = async () => clock.now().getTime() >= untilMs;
      await time.passes(() => time.until("the time has passed", 60, isPast));
    },
    /** Lets everything come to rest and compares all the books. Returns how many orders there were. */
    judge: () =>
      explained("at the end", async () => {
        await keeper.untilUp();
        const atRest = async () => (await shop.openJobs()) === 0;
        await time.passes(() => time.until("rest", 60, atRest));
        await judgeBooks(shop, walkers);
        return walkers.length;
      }),
  };
}

type Shop = Awaited<ReturnType<typeof openShop<WarmStore, ShopDatabase>>>;

/** Lets the time of the store and the parties pass, whenever everybody waits for it. */
function passTime(shop: Shop, keeper: ReturnType<typeof keepRunning>) {
  const { clock, store, simulators } = shop;
  const waits = new Set<{
    readonly what: string;
    readonly stepS: number;
    isOver(): Promise<boolean>;
  }>();
  let onRoadCount = 0;
  let beganAtMs = 0;
  let passedS = 0;
  let behind = false;

  const describe = () => {
    const waiting = [...waits].map((wait) => wait.what).join("; ") || "nothing";
    const standing = keeper.isUp() ? "the store runs" : "the store is dead";
    return `${clock.now().toISOString()}: ${standing}, ${onRoadCount} are on their roads, waited for: ${waiting}`;
  };
  /** Moves the store's clock to where the parties' is, which is moved first. */
  const catchUp = async () => {
    const { now } = await getJson<{ now: string }>(`${store.url}/sandbox/clock`);
    const seconds = Math.round((clock.now().getTime() - Date.parse(now)) / 1000);
    if (seconds > 0) await postJson(`${store.url}/sandbox/clock`, { advance_seconds: seconds });
    behind = false;
  };
  const isAwaited = async () => {
    if (!keeper.isUp() || waits.size === 0 || waits.size < onRoadCount) return false;
    // What is held does not end, and time passes for all others.
    return (await shop.openJobs()) <= store.held().at.length;
  };

  const step = async (blow: Blow | undefined) => {
    if (behind && keeper.isUp()) await catchUp();
    if (!(await isAwaited())) return;
    await simulators.idle();
    if (blow?.kind === "none") await blow.beforeTimePasses?.(passedS);
    const looks = await Promise.all([...waits].map((wait) => wait.isOver()));
    // Whoever stopped waiting meanwhile is at work.
    if (looks.includes(true) || !(await isAwaited()) || waits.size === 0) return;
    const askedS = Math.min(...[...waits].map((wait) => wait.stepS));
    const dueS = Math.ceil((await untilDueMs(shop)) / 1_000);
    const stepS = Math.max(askedS, Math.min(dueS, longestStepS));
    behind = true; // until the store has said so: it may die now
    clock.advance(stepS * 1_000);
    passedS += stepS;
    await catchUp();
  };

  return {
    describe,
    passedS: () => passedS,
    hasSetOut() {
      onRoadCount++;
    },
    /** One of those on their roads has arrived. */
    hasCome() {
      onRoadCount--;
    },
    /** Waits, and lets `stepS` seconds pass at once, or more if nothing is due, until `done` holds. */
    async until(what: string, stepS: number, done: () => Promise<boolean>) {
      const over = Promise.withResolvers<void>();
      const isOver = async () => {
        const isDone = await done().catch(unlessAsserted);
        if (isDone) over.resolve();
        return isDone;
      };
      const wait = { what, stepS, isOver };
      waits.add(wait);
      try {
        while (!(await isOver())) {
          keeper.throwIfBroken();
          // Each restart may take its time on a busy machine.
          const fromMs = Math.max(beganAtMs, keeper.upSinceMs());
          assert.ok(performance.now() < fromMs + patienceMs, `never came true: ${what}`);
          await Promise.race([delay(lookAgainMs), over.promise]);
        }
      } finally {
        waits.delete(wait);
      }
    },
    /** Runs the work, with time passing whenever all who have set out wait. Tells how much has passed. */
    async passes(work: () => Promise<unknown>, blow?: Blow): Promise<{ passedS: number }> {
      onRoadCount = 0;
      passedS = 0;
      beganAtMs = performance.now();
      let over = false;
      const passing = (async () => {
        while (!over) {
          await step(blow).catch(() => {}); // the store or its database died meanwhile
          await delay(lookMs);
        }
      })();
      try {
        await work();
        return { passedS };
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
  const skus = await db
    .selectFrom("skus")
    .select(["id as skuId", "code as skuCode"])
    .where(
      "code",
      "in",
      sold.map(({ sku }) => sku),
    )
    .execute();
  for (const sku of skus) {
    const many = { ...sku, onHand: 100_000, actor: "system" } as const;
    await inTransaction(db, (tx) => restock(tx, { clock }, many));
  }
}
