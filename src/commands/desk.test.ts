/** `konter desk`, as its operator types it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { openItem } from "../desk/item.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createRandom } from "../platform/random.ts";

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  return {
    db,
    run: (...args: string[]) => konter(["desk", ...args], { DATABASE_URL }),
    async open(subject: string, agoMs: number, details: Record<string, string> = {}) {
      const clock = createSandboxClock({ frozenAt: new Date(Date.now() - agoMs) });
      const deps = { clock, ids: createIds(clock, createRandom()), publish: async () => {} };
      await inTransaction(db, (tx) =>
        openItem(tx, deps, { kind: "purchase_stuck", subject, details }),
      );
    },
  };
}

test("the desk lists what a person must look at with its age and its owner", async (t) => {
  const shop = await openShop(t);
  assert.equal((await shop.run("list")).stdout, "Nothing lies on the desk.\n");
  await shop.open("purchase:1", 2 * 3_600_000 + 5 * 60_000 + 1_000, { ref: "B7", cost: "18500" });
  await shop.open("purchase:2", 27 * 3_600_000 + 1_000, { answer: "long ".repeat(40) });
  const { stdout } = await shop.run("list");
  const lines = stdout.split("\n");
  assert.match(lines[0] ?? "", /^No\. +Kind +Order +Age +Owner$/);
  assert.match(lines[1] ?? "", /^2 +purchase_stuck +- +1 day 3 h +nobody$/);
  assert.match(lines[2] ?? "", /^ {5}purchase:2 · answer long .*…$/);
  assert.match(lines[3] ?? "", /^1 +purchase_stuck +- +2 h \d+ min +nobody$/);
  assert.equal(lines[4], "     purchase:1 · ref B7 · cost 18500");
  assert.match(stdout, /^purchase_stuck: a supplier does not say how a purchase ended/m);
  assert.ok(lines.slice(0, 5).every((line) => line.length <= 100));
});

test("an item is taken and closed by typing its number, and both are written down", async (t) => {
  const shop = await openShop(t);
  await shop.open("purchase:1", 3 * 3_600_000);
  assert.match((await shop.run("take", "1")).stdout, /^1 is yours: a supplier does not say/);
  assert.match((await shop.run("list")).stdout, /^1 +purchase_stuck +- +3 h \d+ min +operator$/m);
  const again = await shop.run("take", "1");
  assert.deepEqual(
    [again.code, again.stderr],
    [1, "konter: operator has taken number 1 already\n"],
  );
  const closed = await shop.run("close", "1", "--reason", "Digiflazz says it went through");
  assert.equal(closed.stdout, "1 is closed.\n");
  assert.equal((await shop.run("list")).stdout, "Nothing lies on the desk.\n");
  const all = (await shop.run("list", "--all")).stdout;
  assert.match(all, /^1 +purchase_stuck +- +3 h \d+ min ago +closed \d+ (s|min) ago by operator$/m);
  assert.match(all, /^ {5}→ Digiflazz says it went through$/m);
  assert.match((await shop.run("close", "1", "--reason", "x")).stderr, /was closed by operator/);
  assert.match((await shop.run("take", "9")).stderr, /nothing on the desk has the number 9/);
  const acts = await shop.db
    .selectFrom("audit_log")
    .innerJoin("audit_details", "audit_id", "id")
    .select(["actor", "action", "reason"])
    .orderBy("id")
    .execute();
  assert.deepEqual(acts, [
    { actor: "operator", action: "desk.take", reason: null },
    { actor: "operator", action: "desk.close", reason: "Digiflazz says it went through" },
  ]);
});

test("a wrong call names what is wrong and shows how, with exit code 2", async () => {
  for (const [args, says] of [
    [[], /say list, take or close/],
    [["drop"], /say list, take or close/],
    [["take"], /NUMBER is what `konter desk list` shows/],
    [["take", "x"], /NUMBER is what `konter desk list` shows/],
    [["take", "1", "--all"], /--all belongs to list/],
    [["take", "1", "--reason", "x"], /--reason belongs to close/],
    [["close", "1"], /say what was done: --reason TEXT/],
    [["close", "1", "--reason", " "], /say what was done: --reason TEXT/],
    [["list", "1"], /1 is too much/],
    [["close", "1", "done", "--reason", "x"], /done is too much/],
  ] as const) {
    const { code, stderr } = await konter(["desk", ...args], {});
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, says);
    assert.match(stderr, /konter desk list/);
  }
});
