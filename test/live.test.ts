/** Live: what a shop with real parties does, what it has not, and how the two worlds stay apart. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { findSku } from "../src/catalog/product.ts";
import { restock } from "../src/inventory/stock.ts";
import { trialBalance } from "../src/ledger/transfer.ts";
import { createClock } from "../src/platform/clock.ts";
import { inTransaction } from "../src/platform/db.ts";
import { verifyBooks } from "../src/verify.ts";
import { cleanUp, cloneDatabase } from "./database.ts";
import { konter, konterProcess } from "./konter.ts";
import { prepareStore } from "./store-process.ts";
import { openWorld } from "./world.ts";

const longestWaitMs = 60_000;
const publicUrl = "https://topup.example";

/** Settings of a live shop; nothing answers to them. */
const live = {
  ...{ KONTER_ENV: "production", PUBLIC_URL: publicUrl, METRICS_PORT: "0", PORT: "0" },
  ...{ MIDTRANS_SERVER_KEY: "hush", MIDTRANS_MERCHANT_ID: "G1" },
  ...{ DIGIFLAZZ_USERNAME: "konter", DIGIFLAZZ_API_KEY: "hush" },
  ...{ DIGIFLAZZ_WEBHOOK_SECRET: "hush" },
  ...{ VIP_RESELLER_API_ID: "id", VIP_RESELLER_API_KEY: "hush" },
  ...{ DISCORD_TOKEN: "hush", DISCORD_APPLICATION_ID: "123456789012345678" },
};

test("a live shop begins with a catalog and no pretence, and sells what its owner stocks", async (t) => {
  const world = await openWorld(t, {
    seed: 71,
    settings: { environment: "production", publicUrl },
  });
  const { db, url } = world;
  assert.deepEqual((await ask(url, "/api/v1/game/categories")).body.data.length, 5);
  assert.deepEqual((await ask(url, "/api/v1/game/products/ml")).body.data, []);
  assert.deepEqual([...(await trialBalance(db))], [], "no money was posted");

  const { id: skuId, code: skuCode } = await findSku(db, "ML_86");
  const clock = createClock();
  await inTransaction(db, (tx) =>
    restock(tx, { clock }, { skuId, skuCode, onHand: 3, actor: "operator" }),
  );
  const { data } = (await ask(url, "/api/v1/game/products/ml")).body;
  assert.deepEqual(
    data.map((sku: { code: string }) => sku.code),
    ["ML_86"],
  );

  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const message = JSON.stringify(await world.buyer.lastMessage());
  assert.match(message, /https:\/\/topup\.example\/pay\//, "buyers are sent to the public address");
  await world.midtrans.isPaid();
  await until(async () => /Terkirim/.test(await world.buyer.reads()));
  const verdicts = await verifyBooks(db, { clock });
  assert.deepEqual(
    verdicts.filter((verdict) => !verdict.ok),
    [],
  );
});

test("in a live shop there is no playground, and nobody moves the clock", async (t) => {
  const world = await openWorld(t, {
    seed: 72,
    settings: { environment: "production", publicUrl },
  });
  for (const path of [
    "/",
    "/playground",
    "/playground/",
    "/playground/config.json",
    "/sandbox/clock",
  ]) {
    assert.equal((await ask(world.url, path)).status, 404, path);
  }
  const moved = await ask(world.url, "/sandbox/clock", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advance_seconds: 60 }),
  });
  assert.equal(moved.status, 404);
  assert.equal(world.store.playgroundUrl, undefined);
  world.clock.advance(3_600_000);
  assert.equal((await ask(world.url, "/readyz")).status, 200, "a sandbox's clock is not its own");
});

test("a live shop refuses a sandbox's database, and a sandbox a live one, with every command", async (t) => {
  const atEnd = cleanUp(t);
  const sandbox = await cloneDatabase(atEnd);
  for (const command of [["start"], ["sku", "list"]]) {
    const { code, stdout, stderr } = await konter(command, { ...live, DATABASE_URL: sandbox });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^konter: The database of DATABASE_URL cannot be used: this database belongs to a sandbox, and its money and stock are pretend: [^\n]*\n$/,
    );
  }
  const { databaseUrl } = await openWorld(t, { seed: 73, settings: { environment: "production" } });
  for (const command of [["start"], ["verify"]]) {
    const { code, stderr } = await konter(command, { DATABASE_URL: databaseUrl, PORT: "0" });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /: this database belongs to a live shop, and pretend money never meets real goods: [^\n]*\n$/,
    );
  }
});

test("a live shop has no simulators to run alone", async () => {
  const { code, stdout, stderr } = await konter(["simulate", "--port", "0"], live);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(stderr, "konter: a live shop (KONTER_ENV=production) has no simulators\n");
});

test("a real party that refuses our credentials stops the start, and all of them are told", async (t) => {
  const atEnd = cleanUp(t);
  const world = await openWorld(t, { seed: 74 });
  const { midtrans, vip_reseller } = world.simulators.parties;
  const { code, stderr } = await konterProcess(["start"], {
    ...{ DATABASE_URL: await cloneDatabase(atEnd), PORT: "0", SIMULATOR_PORT: "0" },
    ...{ MIDTRANS_BASE_URL: midtrans.base_url, MIDTRANS_SERVER_KEY: "Mid-server-hush" },
    ...{ MIDTRANS_MERCHANT_ID: midtrans.merchant_id, METRICS_PORT: "0" },
    ...{ VIP_RESELLER_BASE_URL: vip_reseller.base_url, VIP_RESELLER_API_ID: "hush" },
    VIP_RESELLER_API_KEY: vip_reseller.api_key,
  });
  assert.equal(code, 1);
  assert.match(stderr, /^konter: Midtrans refuses us \(401\): check MIDTRANS_SERVER_KEY/);
  assert.match(stderr, /\nVIP Reseller refuses us \(.*\): check VIP_RESELLER_API_ID/);
  assert.doesNotMatch(stderr, /hush| {4}at /);
});

test("a clock two seconds away from the database's makes the shop not ready, until it is back", async (t) => {
  const world = await openWorld(t, { seed: 75 });
  const owner = new pg.Client({ connectionString: world.databaseUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string }>("select current_database() as name");
  const name = rows[0]?.name ?? "";
  /** New sessions read this clock for the server's own, so all others end. */
  const serverIs = async (seconds: number) => {
    await owner.query(`
      create or replace function public.clock_timestamp() returns timestamptz
      language sql as $$ select pg_catalog.clock_timestamp() + interval '${seconds} seconds' $$`);
    await owner.query(`alter database ${name} set search_path = public, pg_catalog`);
    await owner.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
      [name],
    );
  };
  const waitsFor = (what: string[]) =>
    until(async () => {
      const { body } = await ask(world.url, "/readyz");
      return JSON.stringify(body.waiting_for ?? []) === JSON.stringify(what);
    });
  await waitsFor([]);
  for (const seconds of [3, -3]) {
    await serverIs(seconds);
    await waitsFor(["clock"]);
    assert.equal((await ask(world.url, "/livez")).status, 200);
    await serverIs(Math.sign(seconds));
    await waitsFor([]);
  }
  await owner.end();
});

test("a sandbox that was moved on is in step all the same", async (t) => {
  const world = await openWorld(t, { seed: 76, frozen: false });
  await world.advance({ minutes: 90 });
  assert.deepEqual((await ask(world.url, "/readyz")).body, { status: "ready" });
});

test("who a request is from is told by a trusted proxy, and by nobody else", async (t) => {
  const atEnd = cleanUp(t);
  const store = await prepareStore(atEnd, {
    ...{ DATABASE_URL: await cloneDatabase(atEnd), SIMULATOR_PORT: "0" },
    TRUSTED_PROXIES: "127.0.0.2/32",
  });
  await store.start();
  const seenAs = async (localAddress: string, forwardedFor: string) => {
    const before = store.log().length;
    await post(`${store.url}/webhooks/midtrans`, localAddress, { "x-forwarded-for": forwardedFor });
    await until(async () => store.log().length > before);
    return /"from":"([^"]*)"/.exec(store.log().slice(before))?.[1];
  };
  assert.equal(await seenAs("127.0.0.1", "203.0.113.9"), "127.0.0.1");
  assert.equal(await seenAs("127.0.0.2", "203.0.113.9"), "203.0.113.9");
  // What the client wrote itself stands to the left of what the proxy saw.
  assert.equal(await seenAs("127.0.0.2", "198.51.100.1, 203.0.113.9"), "203.0.113.9");
  store.signal("SIGTERM");
  assert.equal(await store.ended(), 0);
});

async function post(url: string, localAddress: string, headers: Record<string, string>) {
  await new Promise<void>((done, failed) => {
    const call = request(url, { method: "POST", localAddress, headers }, (answer) => {
      answer.resume().once("end", done);
    });
    call.once("error", failed).end("{}");
  });
}

async function ask(url: string, path: string, init?: RequestInit) {
  const response = await fetch(url + path, { ...init, redirect: "manual" });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + longestWaitMs; !(await done()); ) {
    assert.ok(performance.now() < deadline, "it came true in time");
    await delay(50);
  }
}
