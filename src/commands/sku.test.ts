/** `konter sku` as its owner types it, beside a shop that runs. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { getJson } from "../../test/json.ts";
import { konter, konterProcess } from "../../test/konter.ts";
import { openWorld } from "../../test/world.ts";

const seenWithinMs = 1_000;

async function openShop(t: TestContext, options: { frozen: boolean } = { frozen: true }) {
  const world = await openWorld(t, { seed: 31, ...options });
  const settings = { DATABASE_URL: world.databaseUrl };
  return {
    world,
    settings,
    sku: (...args: string[]) => konter(["sku", ...args], settings),
  };
}

test("the list shows price, cost, mark-up, stock, minimum and what is sold", async (t) => {
  const { world, sku } = await openShop(t);
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const { stdout, code } = await sku("list", "--game", "ml");
  assert.equal(code, 0);
  const lines = stdout.trim().split("\n");
  assert.equal(lines.length, 6);
  assert.match(
    lines[0] ?? "",
    /^SKU +Name +Price +Cost +Mark-up +On hand +Reserved +Minimum +Active$/,
  );
  assert.match(
    lines[1] ?? "",
    /^ML_86 +86 Diamond +Rp 20\.000 +Rp 18\.000 +11,1 % +100 +1 +5 +yes$/,
  );
  const all = await sku("list");
  assert.match(all.stdout, /^GI_1090 /m);
  const unknown = await sku("list", "--game", "dota");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /--game: there is no game dota; there are ML, FF/);
});

test("a change is shown before and after, and written down with the machine's user", async (t) => {
  const { world, sku } = await openShop(t);
  const { stdout, code } = await sku(
    ...["set", "ml_86", "--price", "21000", "--cost", "18500", "--minimum", "8"],
    ...["--active", "no", "--name", "86 💎", "--stock", "40", "--reason", "new contract"],
  );
  assert.equal(code, 0);
  const rows = stdout.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " "));
  for (const row of [
    "ML_86 · 86 💎",
    "Name 86 Diamond → 86 💎",
    "Price Rp 20.000 → Rp 21.000",
    "Cost Rp 18.000 → Rp 18.500",
    "Mark-up 11,1 % → 13,5 %",
    "Minimum 5 → 8",
    "Active yes → no",
    "On hand 100 → 40",
  ]) {
    assert.ok(rows.includes(row), `${row}\n${stdout}`);
  }
  const acts = await world.db
    .selectFrom("audit_log")
    .innerJoin("audit_details", "audit_id", "id")
    .select(["actor", "action", "object", "reason", "machine_user"])
    .where("object", "=", "sku:ML_86")
    .orderBy("id")
    .execute();
  assert.deepEqual(
    acts.map((act) => [act.actor, act.action, act.reason]),
    [
      ["operator", "catalog.publish", "new contract"],
      ["operator", "inventory.restock", "new contract"],
    ],
  );
  for (const act of acts) assert.ok(act.machine_user);
  const again = await sku("set", "ML_86", "--price", "21000", "--stock", "40");
  assert.match(again.stdout, /Nothing to change: ML_86 is so already/);
});

test("a quote that is out keeps its price, and a new one has the new price", async (t) => {
  const { world, sku } = await openShop(t);
  const player = { id: "123456789", server: "2001" };
  await world.buyer.quotes("ML_86", player);
  await sku("set", "ML_86", "--price", "21000");
  assert.match(await world.buyer.reads(), /Rp 20\.000/);
  await world.buyer.press("Bayar GoPay");
  assert.equal((await world.midtrans.lastCharge()).gross_amount, 20_000);
  await world.secondBuyer.quotes("ML_86", player);
  assert.match(await world.secondBuyer.reads(), /Rp 21\.000/);
});

test("stock is set in one movement, and never below what is reserved", async (t) => {
  const { world, sku } = await openShop(t);
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const refused = await sku("set", "ML_86", "--stock", "0", "--price", "21000");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /--stock: 1 are reserved for orders/);
  const [unchanged] = await world.db
    .selectFrom("prices")
    .select("version")
    .where("version", ">", 1)
    .execute();
  assert.equal(unchanged, undefined, "all of it or nothing");
  assert.equal((await sku("set", "ML_86", "--stock", "1")).code, 0);
  assert.equal(await world.available("ML_86"), 0);
  const movement = await world.db
    .selectFrom("stock_movements")
    .select([
      "kind",
      "on_hand_before",
      "on_hand_after",
      "reserved_before",
      "reserved_after",
      "actor",
    ])
    .orderBy("id", "desc")
    .executeTakeFirst();
  assert.deepEqual(movement, {
    ...{ kind: "stocked", on_hand_before: 100, on_hand_after: 1 },
    ...{ reserved_before: 1, reserved_after: 1, actor: "operator" },
  });
});

test("a wrong call is refused before anything is opened, with the option it stands in", async () => {
  const nowhere = "postgresql://nobody@127.0.0.1:9/nothing";
  const wrong: [string[], RegExp][] = [
    [["set", "ML_86", "--price=-5"], /--price is whole rupiah in digits only/],
    [["set", "ML_86", "--price", "20.000"], /--price .*not "20\.000"/],
    [["set", "ML_86", "--cost", "Rp 1"], /--cost .*not "Rp 1"/],
    [["set", "ML_86", "--minimum", "x"], /--minimum is a whole number/],
    [["set", "ML_86", "--stock", "1.5"], /--stock is a whole number/],
    [["set", "ML_86", "--active", "maybe"], /--active is yes or no/],
    [["set", "ML_86", "--colour", "red"], /--colour/],
    [["set", "ML_86"], /set what\?/],
    [["set", "ML_86", "--game", "ML"], /--game is for list/],
    [["set"], /set which SKU\?/],
    [["list", "--price", "1"], /list takes --game CODE and nothing else/],
    [["drop", "ML_86"], /say list or set/],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await konter(["sku", ...args], { DATABASE_URL: nowhere });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

test("what the shop cannot be told is refused with the option it stands in", async (t) => {
  const { sku } = await openShop(t);
  const wrong: [string[], number, RegExp][] = [
    [["set", "ML_86", "--price", "0"], 2, /--price is whole rupiah from Rp 1/],
    [["set", "ML_86", "--name", ""], 2, /--name is 1 to 60 characters/],
    [["set", "ML_87", "--price", "1"], 1, /there is no SKU ML_87/],
    [["set", "ML_86", "--price", "17000"], 1, /--price: .*below the cost of Rp 18\.000.*--force/],
    [["set", "ML_86", "--cost", "21000"], 1, /--cost: .*Rp 20\.000 .*Rp 21\.000.*--force/],
  ];
  const answers = await Promise.all(wrong.map(([args]) => sku(...args)));
  for (const [index, [args, code, complaint]] of wrong.entries()) {
    assert.match(answers[index]?.stderr ?? "", complaint, args.join(" "));
    assert.equal(answers[index]?.code, code, args.join(" "));
  }
  assert.equal((await sku("set", "ML_86", "--price", "17000", "--force")).code, 0);
});

test("a running shop sells at the new price within a second of the change", async (t) => {
  const { world, settings } = await openShop(t, { frozen: false });
  const prices = async () =>
    (await getJson<{ prices: string[] }>(`${world.url}/api/v1/game/price/ml`)).prices.join();
  const suggested = async () =>
    JSON.stringify(await world.buyer.suggestions("topup", { game: "ML", produk: "86" }, "produk"));
  const version = async () =>
    (await world.db.selectFrom("catalog_version").select("version").executeTakeFirst())?.version;
  for (const [amount, shown] of [
    ["21000", "Rp 21.000"],
    ["22000", "Rp 22.000"],
    ["23000", "Rp 23.000"],
  ] as const) {
    // Read just before, so that the copy in memory is as fresh and as wrong as it can be.
    const reading = new AbortController();
    const readers = (async () => {
      while (!reading.signal.aborted) {
        await Promise.all([prices(), suggested()]);
        await delay(20);
      }
    })();
    const before = await version();
    const setting = konterProcess(["sku", "set", "ML_86", "--price", amount], settings);
    while ((await version()) === before) await delay(2);
    const changedAt = performance.now();
    while (!((await prices()).includes(shown) && (await suggested()).includes(shown))) {
      await delay(10);
    }
    const seenAfterMs = performance.now() - changedAt;
    reading.abort();
    await readers;
    assert.equal((await setting).code, 0);
    assert.ok(seenAfterMs < seenWithinMs, `seen after ${seenAfterMs} ms`);
    t.diagnostic(`${shown} was seen ${Math.round(seenAfterMs)} ms after the commit`);
  }
});

test("seeding leaves what the owner set as it is", async (t) => {
  const { sku, settings } = await openShop(t);
  await sku(
    "set",
    "ML_86",
    "--price",
    "21000",
    "--minimum",
    "9",
    "--active",
    "no",
    "--name",
    "86!",
  );
  const before = (await sku("list")).stdout;
  assert.match((await konter(["seed"], settings)).stdout, /Nothing to add/);
  assert.equal((await sku("list")).stdout, before);
});
