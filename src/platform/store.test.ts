import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cleanUp, emptyDatabase } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { openWorld } from "../../test/world.ts";
import { inTransaction } from "./db.ts";
import { migrate } from "./migrate.ts";
import { createSeededRandom } from "./random.ts";
import { createSeal } from "./seal.ts";
import { checkKey, nameOf } from "./store.ts";

test("a database takes one key file, and no other opens it again", async (t) => {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const sealOf = (byte: number) =>
    createSeal(new Uint8Array(32).fill(byte), createSeededRandom(byte));
  const check = (byte: number) => inTransaction(db, (tx) => checkKey(tx, { seal: sealOf(byte) }));
  await check(1);
  await check(1);
  await assert.rejects(check(2), /key file is not the one of this database.*KEY_FILE/);
});

test("databases are told apart by a name of their own", async (t) => {
  const atEnd = cleanUp(t);
  const names: string[] = [];
  for (const now of [new Date("2026-11-23T03:00:00.000Z"), new Date("2026-11-23T03:00:00.001Z")]) {
    const connectionString = await emptyDatabase(atEnd);
    await migrate(connectionString, { stamp: { environment: "sandbox", now } });
    const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
    atEnd(() => db.destroy());
    names.push(await nameOf(db), await nameOf(db));
  }
  assert.equal(names[0], names[1]);
  assert.equal(new Set(names).size, 2);
  assert.match(names[0] ?? "", /^[0-9a-z]+$/);
});

test("a database is born into one world, and the other one leaves it as it is", async (t) => {
  const atEnd = cleanUp(t);
  const now = new Date("2026-11-23Z");
  for (const [born, other, why] of [
    ["sandbox", "production", /belongs to a sandbox.*pretend/],
    ["production", "sandbox", /belongs to a live shop.*pretend money never meets real goods/],
  ] as const) {
    const database = await emptyDatabase(atEnd);
    await migrate(database, { stamp: { environment: born, now } });
    await migrate(database, { stamp: { environment: born, now } });
    const root = mkdtempSync(join(tmpdir(), "konter-world-"));
    atEnd(() => rmSync(root, { recursive: true, force: true }));
    for (const folder of ["migrations", "src"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "migrations", "9999_newer.sql"), "create table newer (id int);");
    const newer = { root, stamp: { environment: other, now } };
    await assert.rejects(migrate(database, newer), why);
    const db = openDatabase({ connectionString: database, poolSize: 1, onPoolError: () => {} });
    atEnd(() => db.destroy());
    const tables = await db.introspection.getTables();
    assert.equal(
      tables.some((table) => table.name === "newer"),
      false,
      "a newer checkout of the other world changes nothing before it is refused",
    );
  }
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
