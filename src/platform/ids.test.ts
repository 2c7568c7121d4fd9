/** The rules of ids. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "./clock.ts";
import { createIds } from "./ids.ts";
import { createRandom, createSeededRandom, type Random } from "./random.ts";

const frozenAt = new Date("2026-11-23T03:00:00.123Z");

function idsOf(random: Random) {
  const clock = createSandboxClock({ frozenAt });
  return { clock, ids: createIds(clock, random) };
}

test("a uuid is of version 7: its first 48 bits are the clock's milliseconds", () => {
  const { ids } = idsOf(createRandom());
  for (let count = 0; count < 1_000; count++) {
    const uuid = ids.uuid();
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(uuid.replaceAll("-", "").slice(0, 12), 16), frozenAt.getTime());
  }
});

test("rows sort by age", () => {
  const { clock, ids } = idsOf(createSeededRandom(1));
  const made: string[] = [];
  for (let count = 0; count < 200; count++) {
    made.push(ids.uuid());
    clock.advance(1);
  }
  assert.deepEqual([...made].sort(), made);
});

test("a reference fits every party: one letter and 20 characters without look-alikes", () => {
  const { ids } = idsOf(createRandom());
  for (let count = 0; count < 1_000; count++) {
    assert.match(ids.ref("P"), /^P[0-9A-HJKMNP-TV-Z]{20}$/);
    assert.match(ids.ref("B"), /^B[0-9A-HJKMNP-TV-Z]{20}$/);
    assert.match(ids.orderCode(), /^[0-9A-HJKMNP-TV-Z]{10}$/);
  }
});

test("nothing is given out twice", () => {
  const { ids } = idsOf(createRandom());
  for (const make of [ids.uuid, () => ids.ref("P"), ids.orderCode, ids.pageToken]) {
    assert.equal(new Set(Array.from({ length: 5_000 }, make)).size, 5_000);
  }
});

test("a day replays from its seed", () => {
  const day = () => {
    const { ids } = idsOf(createSeededRandom(42));
    return [ids.uuid(), ids.ref("P"), ids.orderCode(), ids.pageToken()];
  };
  assert.deepEqual(day(), day());
});

test("a page's token comes from the secret source alone", () => {
  const guessable = () => new Uint8Array(64);
  const random: Random = {
    bytes: (length) => guessable().subarray(0, length),
    secret: (length) => createRandom().secret(length),
  };
  const { ids } = idsOf(random);
  assert.equal(ids.orderCode(), "0000000000");
  assert.notEqual(ids.pageToken(), ids.pageToken());
  assert.equal(ids.pageToken().length, 32);
});
