/** The rules of the token that proves a checked account. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { checkGameAccount, readCheck } from "./check.ts";
import type { GameAccount } from "./game.ts";
import type { LookedUp } from "./look-up.ts";

const gameAccount: GameAccount = { gameCode: "ML", playerId: "123456789", zoneId: "2001" };

async function openCheck(t: TestContext, answer: LookedUp) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const ids = createIds(clock, createSeededRandom(1));
  const customerId = ids.uuid();
  const deps = { clock, ids, lookup: { ask: async () => answer } };
  const checked = await checkGameAccount(db, deps, { customerId, gameAccount });
  return { db, clock, ids, customerId, checked };
}

test("a token proves one account to one customer for ten minutes", async (t) => {
  const found = { outcome: "found", nickname: "Elang" } as const;
  const { db, clock, ids, customerId, checked } = await openCheck(t, found);
  assert.ok(checked.outcome === "found");
  const { checkToken } = checked;
  const reads = (input: { checkToken: string; customerId: string }) =>
    readCheck(db, { clock }, input);
  const proof = { ...gameAccount, nickname: "Elang" };
  clock.advance(10 * 60_000 - 1);
  assert.deepEqual(await reads({ checkToken, customerId }), proof);
  assert.equal(await reads({ checkToken, customerId: ids.uuid() }), undefined);
  assert.equal(await reads({ checkToken: ids.uuid(), customerId }), undefined);
  clock.advance(1);
  assert.equal(await reads({ checkToken, customerId }), undefined);
});

test("an account nobody could check has a token that names nobody", async (t) => {
  const down = { outcome: "unavailable", why: "HTTP 503" } as const;
  const { db, clock, customerId, checked } = await openCheck(t, down);
  assert.ok(checked.outcome === "unavailable");
  const { checkToken } = checked;
  const read = await readCheck(db, { clock }, { checkToken, customerId });
  assert.deepEqual(read, { ...gameAccount, nickname: null });
});

test("nothing can be sold to an account that is not there, elsewhere or not asked about", async (t) => {
  const country = { code: "MY", name: "Malaysia" };
  for (const answer of [
    { outcome: "not_found" },
    { outcome: "too_many", retryAfterS: 7 },
    { outcome: "wrong_region", nickname: "Rimau", country, soldRegion: "ID" },
  ] as const) {
    const { db, checked } = await openCheck(t, answer);
    assert.deepEqual(checked, answer);
    const rows = await db.selectFrom("game_account_checks").select("id").execute();
    assert.deepEqual(rows, []);
  }
});
