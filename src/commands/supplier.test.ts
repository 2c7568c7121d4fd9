/** `konter supplier`, as its operator types it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  return { db, run: (...args: string[]) => konter(["supplier", ...args], { DATABASE_URL }) };
}

test("the list says what each supplier asks, how far that is from our cost, and what keeps a SKU from sale", async (t) => {
  const { db, run } = await openShop(t);
  const fresh = (await run("list")).stdout;
  assert.match(fresh, /^digiflazz: bought from\nfloat: not read yet\nprice list: not read yet\n/);
  assert.match(fresh, /^ML_86 +ml86 +yes +- +Rp 18\.000 +- +-$/m);
  const seen_at = new Date("2026-11-23T03:00:00Z");
  const said = (sku: string, change: object) =>
    db
      .updateTable("supplier_skus")
      .set({ seen_at, offered: true, ...change })
      .where("supplier_sku", "=", sku)
      .execute();
  await said("ml86", { list_price: 17_500n });
  await said("ml172", { list_price: 36_250n });
  await said("ml257", { list_price: 54_000n, offered: false });
  const reason = { disabled_at: seen_at, disabled_reason: "rc 43: SKU unknown or inactive" };
  await said("ml344", { list_price: 72_000n, ...reason });
  await db
    .insertInto("supplier_readings")
    .values({
      ...{ supplier: "digiflazz", float_amount: 9_982_000n, float_read_at: seen_at },
      ...{ list_read_at: seen_at, list_problem: "rc 83: later" },
    })
    .execute();
  const { stdout } = await run("list");
  assert.match(stdout, /^float: Rp 9\.982\.000 at 2026-11-23T03:00:00\.000Z$/m);
  assert.match(stdout, /^price list: 2026-11-23.*Z; the newest cannot be read: rc 83: later$/m);
  assert.match(stdout, /^ML_86 +ml86 +yes +- +Rp 18\.000 +Rp 17\.500 +-500$/m);
  assert.match(stdout, /^ML_172 +ml172 +no: dearer than our cost +- .*Rp 36\.250 +\+250$/m);
  assert.match(stdout, /^ML_257 +ml257 +no: not on offer +- .* 0$/m);
  assert.match(stdout, /^ML_344 +ml344 +no: they know no such SKU +rc 43: SKU unknown/m);
});

test("a supplier is paused and resumed with a reason, and both are written down", async (t) => {
  const { db, run } = await openShop(t);
  const reason = ["--reason", "their maintenance"];
  assert.equal((await run("pause", "digiflazz", ...reason)).stdout, "digiflazz is paused.\n");
  assert.match((await run("pause", "digiflazz", ...reason)).stdout, /was paused by staff already/);
  const listed = (await run("list")).stdout;
  assert.match(listed, /^digiflazz: paused since .*Z by operator until `konter supplier resume`: /);
  assert.match(listed, /: their maintenance$/m);
  const resumed = (await run("resume", "digiflazz", "--reason", "it is over")).stdout;
  assert.equal(resumed, "digiflazz is bought from again.\n");
  assert.match((await run("resume", "digiflazz", ...reason)).stdout, /was not paused/);
  const acts = await db.selectFrom("audit_log").selectAll().orderBy("id").execute();
  assert.deepEqual(
    acts
      .filter((act) => act.object === "supplier:digiflazz")
      .map((act) => [act.actor, act.action, act.reason]),
    [
      ["operator", "supplier.pause", "their maintenance"],
      ["operator", "supplier.resume", "it is over"],
    ],
  );
});

test("a wrong call says what is wrong", async (t) => {
  const { run } = await openShop(t);
  for (const [args, words] of [
    [[], /say list, pause or resume/],
    [["list", "digiflazz"], /list takes nothing/],
    [["pause"], /NAME is one of digiflazz/],
    [["pause", "elsewhere", "--reason", "x"], /NAME is one of digiflazz/],
    [["resume", "digiflazz"], /say why: --reason TEXT/],
    [["pause", "digiflazz", "--reason", " "], /say why/],
  ] as const) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, words);
  }
});
