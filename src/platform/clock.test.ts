/** The rules of the clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createSandboxClock } from "./clock.ts";

const frozenAt = new Date("2026-11-23T03:00:00Z");

test("a frozen clock moves only when it is told to", () => {
  const clock = createSandboxClock({ frozenAt });
  assert.deepEqual(clock.now(), frozenAt);
  clock.advance(61_000);
  assert.deepEqual(clock.now(), new Date("2026-11-23T03:01:01Z"));
  assert.equal(clock.offsetMs(), 61_000);
});

test("sleepers wake in the order of their times, and not before", async () => {
  const clock = createSandboxClock({ frozenAt });
  const woken: number[] = [];
  const sleeps = [300, 100, 200].map((ms) => clock.sleep(ms).then(() => woken.push(ms)));
  clock.advance(99);
  await Promise.resolve();
  assert.deepEqual(woken, []);
  clock.advance(101);
  await Promise.all(sleeps.slice(1));
  assert.deepEqual(woken, [100, 200]);
  clock.advance(1_000);
  await Promise.all(sleeps);
  assert.deepEqual(woken, [100, 200, 300]);
});

test("a sleep that is called off rejects with the reason, and never wakes", async () => {
  const clock = createSandboxClock({ frozenAt });
  const calling = new AbortController();
  const sleep = clock.sleep(100, calling.signal);
  calling.abort(new Error("stopping"));
  await assert.rejects(sleep, /stopping/);
  await assert.rejects(clock.sleep(100, calling.signal), /stopping/);
  clock.advance(1_000);
});

test("a running clock is the machine's plus what was added, and a sleep ends early by it", async () => {
  const clock = createSandboxClock({ offsetMs: 3_600_000 });
  const aheadMs = clock.now().getTime() - Date.now();
  assert.ok(Math.abs(aheadMs - 3_600_000) < 1_000, `${aheadMs}`);
  const sleep = clock.sleep(60_000);
  clock.advance(60_000);
  await sleep;
  await clock.sleep(1);
});

test("what is left of a sleep when a running clock is moved on passes in its own time", async () => {
  const clock = createSandboxClock({});
  const calling = new AbortController();
  const sleep = clock.sleep(60_000, calling.signal).then(() => "awake");
  clock.advance(59_950);
  const tooLong = delay(2_000, "asleep", { signal: calling.signal });
  assert.equal(await Promise.race([sleep, tooLong]), "awake");
  tooLong.catch(() => {});
  calling.abort();
});

test("what is given out is a copy: nobody sets the clock by changing a date", () => {
  const clock = createSandboxClock({ frozenAt });
  clock.now().setFullYear(1999);
  assert.equal(clock.now().getFullYear(), 2026);
});
