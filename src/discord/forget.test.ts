import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { forgetInteractions } from "./forget.ts";

const now = new Date("2026-11-23T03:00:00Z");
const dayMs = 24 * 3600_000;

test("interactions are forgotten after 7 days, however many there are, and younger ones kept", async (t) => {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const log = createLog({ level: "silent", terminal: false });
  const deps = { clock: createSandboxClock({ frozenAt: now }), log };
  const receive = (id: string, ageMs: number) => ({
    id,
    payload: "{}",
    received_at: new Date(now.getTime() - ageMs),
  });
  const old = Array.from({ length: 6_000 }, (_, index) => receive(`old${index}`, 8 * dayMs));
  await db.insertInto("discord_interactions").values(old).execute();
  await db
    .insertInto("discord_interactions")
    .values([receive("just", 7 * dayMs + 1), receive("kept", 7 * dayMs), receive("new", 0)])
    .execute();
  await forgetInteractions(db, deps);
  const left = await db.selectFrom("discord_interactions").select("id").orderBy("id").execute();
  assert.deepEqual(
    left.map((row) => row.id),
    ["kept", "new"],
  );
});
