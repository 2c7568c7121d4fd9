/** The rules of what a process remembers and how often it may ask. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCache } from "./cache.ts";
import { createSandboxClock } from "./clock.ts";
import { createRateLimit } from "./rate-limit.ts";

const openClock = () => createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });

test("what is kept is forgotten when its time is over, each at its own", () => {
  const clock = openClock();
  const cache = createCache<string>({ clock }, { size: 10 });
  cache.set("short", "a", 1_000);
  cache.set("long", "b", 2_000);
  clock.advance(999);
  assert.equal(cache.get("short"), "a");
  clock.advance(1);
  assert.equal(cache.get("short"), undefined);
  assert.equal(cache.get("long"), "b");
  cache.set("short", "c", 1_000);
  assert.equal(cache.get("short"), "c");
});

test("a full cache forgets what was used least recently", () => {
  const cache = createCache<number>({ clock: openClock() }, { size: 2 });
  cache.set("a", 1, 1_000);
  cache.set("b", 2, 1_000);
  assert.equal(cache.get("a"), 1);
  cache.set("c", 3, 1_000);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [1, undefined, 3]);
  cache.set("c", 4, 1_000);
  assert.deepEqual([cache.get("a"), cache.get("c")], [1, 4], "replacing pushes nobody out");
});

test("no window of time holds more than the limit, and the wait is told exactly", () => {
  const clock = openClock();
  const limit = createRateLimit({ clock }, { count: 2, windowMs: 60_000 });
  assert.equal(limit.take("a"), 0);
  clock.advance(20_000);
  assert.equal(limit.take("a"), 0);
  assert.equal(limit.take("a"), 40_000);
  assert.equal(limit.take("b"), 0, "each key has its own");
  clock.advance(39_999);
  assert.equal(limit.take("a"), 1, "a refused one does not push the end further away");
  clock.advance(1);
  assert.equal(limit.take("a"), 0);
  assert.equal(limit.take("a"), 20_000);
});
