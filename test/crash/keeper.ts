/** Keeper: whoever runs the store and starts it again whenever it is gone, however often that is. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { isReady } from "../store-process.ts";
import type { AtEnd } from "./databases.ts";
import type { Death, WarmStore } from "./warm-store.ts";

const mostRefusals = 100;
const lookMs = 5;

/** Keeps a running store running until the end. */
export function keepRunning(atEnd: AtEnd, store: WarmStore) {
  const restartsMs: number[] = [];
  let [deathCount, refusedCount] = [0, 0];
  let nextDeath: Death | undefined;
  let [up, closing] = [true, false];
  let broken: unknown;

  const revive = async () => {
    for (let refusals = 0; !closing; ) {
      const death = nextDeath;
      nextDeath = undefined;
      const tookMs = await store.start(death);
      if (tookMs !== undefined) {
        restartsMs.push(tookMs);
        up = true;
        return;
      }
      if ((await store.ended()) === "SIGKILL") deathCount++;
      else refusedCount++;
      assert.ok(refusals++ < mostRefusals, `it does not start any more\n${store.log()}`);
    }
  };
  const keeping = (async () => {
    while (!closing) {
      await store.ended();
      up = false;
      deathCount++;
      await revive();
    }
  })().catch((error: unknown) => {
    broken = error;
  });
  const strike = () => {
    if (!up) return;
    up = false;
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
    /** The same, to die once more at a point of the start that follows. */
    strikeTwice(death: Death) {
      nextDeath = death;
      strike();
    },
    isUp: () => up,
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
