/** The rules of chance. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, createSeededRandom } from "./random.ts";

test("a seed repeats itself, and another seed is another day", () => {
  const draw = (seed: number) => Buffer.from(createSeededRandom(seed).bytes(64)).toString("hex");
  assert.equal(draw(7), draw(7));
  assert.notEqual(draw(7), draw(8));
  assert.notEqual(draw(0), draw(1));
});

test("a seeded source uses every byte about equally", () => {
  const counts = new Array<number>(256).fill(0);
  for (const byte of createSeededRandom(1).bytes(256 * 400)) counts[byte] = (counts[byte] ?? 0) + 1;
  assert.ok(Math.min(...counts) > 300 && Math.max(...counts) < 500, String(counts));
});

test("secrets of a running store do not repeat", () => {
  const { secret } = createRandom();
  const seen = new Set(Array.from({ length: 100 }, () => Buffer.from(secret(32)).toString("hex")));
  assert.equal(seen.size, 100);
});
