/** The rules of how seldom, and for whom, the other side is asked who an account is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "../platform/clock.ts";
import type { NicknameCheck } from "./checker.ts";
import type { GameAccount } from "./game.ts";
import { createNicknameLookup } from "./look-up.ts";

const diamonds: GameAccount = { gameCode: "ML", playerId: "123456789", zoneId: "2001" };
const fire = (playerId: number): GameAccount => ({ gameCode: "FF", playerId: String(playerId) });
const budi = { customerId: "budi" };
const found: NicknameCheck = { outcome: "found", nickname: "Elang", country: undefined };

/** A look-up over somebody who gives these answers in turn, the last one for ever. */
function lookUpThatHears(...answers: (NicknameCheck | Error)[]) {
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const asked: GameAccount[] = [];
  const lookup = createNicknameLookup({
    clock,
    checker: {
      async check(gameAccount) {
        const answer = answers[Math.min(asked.length, answers.length - 1)];
        asked.push(gameAccount);
        await Promise.resolve();
        if (answer instanceof Error || answer === undefined) throw answer;
        return answer;
      },
    },
  });
  return { clock, asked, lookup };
}

test("a found account is asked about once in half an hour, whoever wants to know", async () => {
  const { clock, asked, lookup } = lookUpThatHears(found);
  const told = { outcome: "found", nickname: "Elang" };
  assert.deepEqual(await lookup.ask(diamonds, budi), told);
  clock.advance(30 * 60_000 - 1);
  assert.deepEqual(await lookup.ask(diamonds, "api"), told);
  assert.equal(asked.length, 1);
  clock.advance(1);
  await lookup.ask(diamonds, budi);
  assert.equal(asked.length, 2);
});

test("an answer is for its own game, id and zone only", async () => {
  const { asked, lookup } = lookUpThatHears(found);
  await lookup.ask(diamonds, budi);
  await lookup.ask({ ...diamonds, zoneId: "2002" }, budi);
  await lookup.ask({ ...diamonds, playerId: "1234567892" }, budi);
  await lookup.ask(fire(123456789), budi);
  assert.equal(asked.length, 4);
});

test("not found is remembered for a minute: ids are corrected, and accounts are made", async () => {
  const { clock, asked, lookup } = lookUpThatHears({ outcome: "not_found" }, found);
  assert.equal((await lookup.ask(diamonds, budi)).outcome, "not_found");
  clock.advance(59_999);
  assert.equal((await lookup.ask(diamonds, budi)).outcome, "not_found");
  assert.equal(asked.length, 1);
  clock.advance(1);
  assert.equal((await lookup.ask(diamonds, budi)).outcome, "found");
});

test("that nobody could tell is never remembered, nor is a fault", async () => {
  const down: NicknameCheck = { outcome: "unavailable", why: "HTTP 503" };
  const { asked, lookup } = lookUpThatHears(down, new Error("a bug"), found);
  assert.deepEqual(await lookup.ask(diamonds, budi), down);
  await assert.rejects(lookup.ask(diamonds, budi), /a bug/);
  assert.equal((await lookup.ask(diamonds, budi)).outcome, "found");
  assert.equal(asked.length, 3);
});

test("many who ask about one account at once are one question", async () => {
  const { asked, lookup } = lookUpThatHears({ outcome: "unavailable", why: "slow" }, found);
  const crowd = Array.from({ length: 50 }, (_, index) => ({ customerId: String(index) }));
  const answers = await Promise.all(crowd.map((asker) => lookup.ask(diamonds, asker)));
  assert.equal(asked.length, 1);
  assert.ok(answers.every((answer) => answer.outcome === "unavailable"));
  assert.equal((await lookup.ask(diamonds, budi)).outcome, "found", "the next one asks anew");
});

test("a customer asks ten times a minute, and is told when to come back", async () => {
  const { clock, asked, lookup } = lookUpThatHears(found);
  for (let id = 0; id < 10; id++) {
    await lookup.ask(fire(10_000_000 + id), budi);
    clock.advance(1_000);
  }
  const refused = await lookup.ask(fire(99_999_999), budi);
  assert.deepEqual(refused, { outcome: "too_many", retryAfterS: 50 });
  assert.equal(asked.length, 10);
  assert.equal(
    (await lookup.ask(fire(10_000_000), budi)).outcome,
    "found",
    "what is known is free",
  );
  assert.equal((await lookup.ask(fire(99_999_999), { customerId: "siti" })).outcome, "found");
  clock.advance(50_001);
  assert.equal((await lookup.ask(fire(88_888_888), budi)).outcome, "found");
  const next = await lookup.ask(fire(77_777_777), budi);
  assert.deepEqual(next, { outcome: "too_many", retryAfterS: 1 }, "never 0");
});

test("the API asks sixty times a minute in all, and takes nothing from the customers", async () => {
  const { lookup } = lookUpThatHears(found);
  for (let id = 0; id < 60; id++) await lookup.ask(fire(10_000_000 + id), "api");
  const refused = await lookup.ask(fire(99_999_999), "api");
  assert.deepEqual(refused, { outcome: "too_many", retryAfterS: 60 });
  assert.equal((await lookup.ask(fire(99_999_999), budi)).outcome, "found");
});

test("an account of another region than the one sold is a different answer", async () => {
  const country = { code: "MY", name: "Malaysia" };
  const malaysian: NicknameCheck = { outcome: "found", nickname: "Rimau", country };
  const answers = lookUpThatHears(malaysian);
  assert.deepEqual(await answers.lookup.ask(diamonds, budi), {
    outcome: "wrong_region",
    ...{ nickname: "Rimau", country, soldRegion: "ID" },
  });
  // Free Fire is sold wherever it is played: nothing is made of a region nobody asked for.
  assert.equal((await answers.lookup.ask(fire(987654321), budi)).outcome, "found");
  const home = { ...malaysian, country: { code: "ID", name: "Indonesia" } };
  assert.equal((await lookUpThatHears(home).lookup.ask(diamonds, budi)).outcome, "found");
  assert.equal((await lookUpThatHears(found).lookup.ask(diamonds, budi)).outcome, "found");
});
