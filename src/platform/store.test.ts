import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanUp, cloneDatabase } from "../../test/database.ts";
import { openWorld } from "../../test/world.ts";
import { inTransaction, openDatabase } from "./db.ts";
import { createSeededRandom } from "./random.ts";
import { createSeal } from "./seal.ts";
import { checkKey, stampSandbox } from "./store.ts";

test("a database takes one key file, and no other opens it again", async (t) => {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const sealOf = (byte: number) =>
    createSeal(new Uint8Array(32).fill(byte), createSeededRandom(byte));
  const check = (byte: number) => inTransaction(db, (tx) => checkKey(tx, { seal: sealOf(byte) }));
  await check(1);
  await check(1);
  await assert.rejects(check(2), /key file is not the one of this database.*KEY_FILE/);
});

test("pretend money never meets real goods: a live database is not seeded as a sandbox", async (t) => {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  await db.updateTable("store").set({ environment: "live" }).execute();
  await assert.rejects(
    inTransaction(db, (tx) => stampSandbox(tx, new Date("2026-11-23Z"))),
    /belongs to a live shop/,
  );
});

test("no token of Discord lies in the database in the clear", async (t) => {
  const world = await openWorld(t, { seed: 61 });
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const cards = await world.db.selectFrom("discord_cards").select("token").execute();
  const kept = await world.db.selectFrom("discord_interactions").select("payload").execute();
  const tokens = [
    ...cards.map((card) => card.token),
    ...kept.map(({ payload }) => (payload as unknown as { token: string }).token),
  ];
  assert.ok(tokens.length >= 3);
  for (const token of tokens) assert.match(token, /^s1\./);
});
