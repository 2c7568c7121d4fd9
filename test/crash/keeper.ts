/** Keeper: whoever runs the store and starts it again whenever it is gone, however often that is. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { isReady } from "../store-process.ts";
import type { AtEnd } from "./databases.ts";
import type { Death, Moment } from "./store.ts";
import type { WarmStore } from "./warm-store.ts";

const mostRefusals = 100;
const lookMs = 10;
const unharmed: Death = { held: [] };

/** Keeps a running store running until the end. */
export function keepRunning(atEnd: AtEnd, store: WarmStore) {
  const restartsMs: number[] = [];
  let [deathCount, refusedCount] = [0, 0];
  let planned: Death = unharmed;
  let nextDeaths: Death[] = [];
  let met: string[] = [];
  let [up, struck, closing] = [true, false, false];
  let upSinceMs = 0;
  let broken: unknown;

  const died = () => {
    deathCount++;
    // One that was struck had come to some of its moments at most.
    met.push(...(struck ? store.held().at : momentsOf(planned).map(({ point }) => point)));
    [planned, struck] = [unharmed, false];
  };
  const revive = async () => {
    for (let refusals = 0; !closing; ) {
      planned = nextDeaths.shift() ?? unharmed;
      const tookMs = await store.start(planned);
      if (tookMs !== undefined) {
        restartsMs.push(tookMs);
        [up, upSinceMs] = [true, performance.now()];
        return;
      }
      if ((await store.ended()) === "SIGKILL") died();
      else {
        refusedCount++;
        nextDeaths.unshift(planned);
      }
      assert.ok(refusals++ < mostRefusals, `it does not start any more\n${store.log()}`);
    }
  };
  const keeping = (async () => {
    while (!closing) {
      await store.ended();
      up = false;
      died();
      await revive();
    }
  })().catch((error: unknown) => {
    broken = error;
  });
  const strike = () => {
    if (!up) return;
    [up, struck] = [false, true];
    store.strike();
  };
  atEnd(async () => {
    closing = true;
    store.strike();
    await keeping;
  });

  return {
    restartsMs,
    /** Kill -9 from outside. */
    strike,
    /** The same, to die again in each of the starts that follow. */
    strikeAndAgain(deaths: readonly Death[]) {
      nextDeaths = [...deaths];
      met = [];
      strike();
    },
    /** Tells it how to die. */
    async arm(death: Death) {
      planned = death;
      met = [];
      await store.arm(death);
    },
    /** The points at which it died since it was told how. */
    met: () => met,
    isUp: () => up,
    upSinceMs: () => upSinceMs,
    deathCount: () => deathCount,
    /** Starts that ended with a sentence before the store was ready: the dead one was still seen. */
    refusedCount: () => refusedCount,
    throwIfBroken() {
      if (broken !== undefined) throw broken;
    },
    /** Resolves when the store sells. */
    async untilUp() {
      while (!up || !(await isReady(store.url))) {
        this.throwIfBroken();
        await delay(lookMs);
      }
    },
  };
}

/** All at which a store is to die. */
function momentsOf({ held, last }: Death): Moment[] {
  return last === undefined ? [...held] : [...held, last];
}
