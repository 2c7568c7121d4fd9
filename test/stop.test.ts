/** Stop: what a shop still does when it is asked to end, and what it answers whoever measures it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startSimulators } from "../simulators/world.ts";
import { createSandboxClock } from "../src/platform/clock.ts";
import { openDatabase } from "../src/platform/db.ts";
import { createSeededRandom } from "../src/platform/random.ts";
import { enterDiscord } from "./buyer.ts";
import { cleanUp, cloneDatabase, scratch, startedBefore } from "./database.ts";
import { postJson } from "./json.ts";
import { freePort, prepareStore } from "./store-process.ts";

const longestWaitMs = 60_000;

type AtEnd = ReturnType<typeof cleanUp>;

test("a shop that is asked to stop first finishes the purchase it is at", async (t) => {
  const shop = await openShopWithSlowSupplier(cleanUp(t));
  const answer = await shop.purchaseUnderWay();
  await shop.isAskedToStop();
  await delay(700);
  const after = await fetch(`${shop.store.url}/livez`).catch(() => undefined);
  assert.equal(after, undefined, "nothing new is accepted");
  answer.writeHead(200, { "content-type": "application/json" });
  answer.end(JSON.stringify({ data: { rc: "00", status: "Sukses", sn: "SN-1", price: 17_000 } }));
  assert.equal(await shop.store.ended(), 0);
  assert.deepEqual(await shop.sentPurchases(), [{ running: false }]);
});

test("a party that keeps silent does not keep a shop from stopping for more than ten seconds", async (t) => {
  const shop = await openShopWithSlowSupplier(cleanUp(t));
  await shop.purchaseUnderWay();
  const askedAt = performance.now();
  shop.store.signal("SIGINT");
  assert.equal(await shop.store.ended(), 0);
  const tookMs = performance.now() - askedAt;
  assert.ok(tookMs > 9_000 && tookMs < 14_000, `${tookMs} ms`);
  assert.match(shop.store.log(), /jobs still run: the next start goes on with them/);
  const [purchase] = await shop.sentPurchases();
  assert.deepEqual(purchase, { running: true });
});

test("asked again, a shop ends at once", async (t) => {
  const shop = await openShopWithSlowSupplier(cleanUp(t));
  await shop.purchaseUnderWay();
  await shop.isAskedToStop();
  await delay(700); // sooner it would be the same wish, told twice
  const askedAt = performance.now();
  shop.store.signal("SIGINT");
  assert.equal(await shop.store.ended(), 130);
  assert.ok(performance.now() - askedAt < 1_000);
});

test("Ctrl-C in `npm start`, which arrives twice, stops the shop and its database in order", async (t) => {
  const shop = await startWithDatabase(cleanUp(t), ["npm", "start"]);
  for await (const chunk of shop.process.stdout) if (String(chunk).includes("is ready")) break;
  await shop.endsInOrder();
});

test("a shop that is asked to stop while it starts ends in order, its database too", async (t) => {
  const shop = await startWithDatabase(cleanUp(t), [process.execPath, "src/cli.ts", "start"]);
  await untilTrue(async () => existsSync(shop.postmaster));
  await shop.endsInOrder();
});

test("whoever measures a shop sees its orders, jobs, parties and database", async (t) => {
  const port = await freePort();
  const shop = await openShopWithSlowSupplier(cleanUp(t), { METRICS_PORT: String(port) });
  const answer = await shop.purchaseUnderWay();
  const scrape = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    return response.text();
  };
  const during = await scrape();
  assert.match(during, /^konter_jobs\{state="running"\} [1-9]\d*$/m);
  assert.match(during, /^konter_jobs\{state="dead"\} 0$/m);
  assert.match(during, /^konter_discord_connected 1$/m);
  assert.match(during, /^konter_database_up 1$/m);
  assert.match(during, /^konter_database_connections\{state="in_use"\} \d+$/m);
  assert.match(
    during,
    /^konter_party_call_seconds_count\{party="midtrans",outcome="2xx"\} [1-9]\d*$/m,
  );
  assert.match(during, /^nodejs_eventloop_lag_p99_seconds \d/m);
  assert.match(during, /^process_resident_memory_bytes \d/m);
  answer.destroy();
  await shop.advance(15);
  const after = await scrape();
  assert.match(after, /^konter_order_transitions_total\{from="new",to="awaiting_payment"\} 1$/m);
  assert.match(after, /^konter_order_transitions_total\{from="paid",to="fulfilling"\} 1$/m);
  assert.match(
    after,
    /^konter_party_call_seconds_count\{party="digiflazz",outcome="unknown"\} 1$/m,
  );
  const elsewhere = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(elsewhere.status, 404);
});

/** A store with a database of its own, started by a command in a group, as a terminal has it. */
async function startWithDatabase(atEnd: AtEnd, [command = "", ...args]: readonly string[]) {
  const dataDir = startedBefore(mkdtempSync(join(scratch(), "konter-stop-")));
  atEnd(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 20 }));
  const started = spawn(command, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...{ PORT: String(await freePort()), SIMULATOR_PORT: "0", METRICS_PORT: "0" },
      ...{ DATA_DIR: dataDir, DATABASE_URL: "" },
    },
  });
  const { pid } = started;
  assert.ok(pid);
  let told = "";
  started.stderr.on("data", (chunk: Buffer) => {
    told += chunk;
  });
  const postmaster = join(dataDir, "pg18", "postmaster.pid");
  return {
    process: started,
    postmaster,
    /** Presses Ctrl-C and reads what was said to the end. */
    async endsInOrder() {
      process.kill(-pid, "SIGINT");
      started.stdout.resume();
      await once(started, "close");
      await untilTrue(async () => !existsSync(postmaster));
      assert.match(told, /konter: SIGINT: stopping; once more ends it at once/);
      assert.doesNotMatch(told, /not everything|in order:/);
      const lastWords = readFileSync(join(dataDir, "postgres.log"), "utf8");
      assert.match(lastWords, /database system is shut down\s*$/);
    },
  };
}

/** A store as a process, whose supplier answers a purchase when the test says so. */
async function openShopWithSlowSupplier(
  atEnd: AtEnd,
  settings: Readonly<Record<string, string>> = {},
) {
  const url = await cloneDatabase(atEnd);
  let storeUrl = "";
  const simulators = await startSimulators({
    port: 0,
    clock: createSandboxClock({}),
    randomBytes: createSeededRandom(8).bytes,
    storeUrl: () => storeUrl,
  });
  atEnd(() => simulators.close());
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<ServerResponse>();
  const supplier = createServer((_request, response) => onAsked(response));
  await new Promise<void>((listening) => supplier.listen(0, "127.0.0.1", listening));
  atEnd(() => {
    supplier.closeAllConnections();
    supplier.close();
  });
  const address = supplier.address();
  assert.ok(typeof address === "object" && address !== null);
  const { parties } = simulators;
  const digiflazz = { ...parties.digiflazz, base_url: `http://127.0.0.1:${address.port}/v1` };
  const store = await prepareStore(atEnd, {
    DATABASE_URL: url,
    SIMULATORS: JSON.stringify({ ...parties, digiflazz }),
    ...settings,
  });
  storeUrl = store.url;
  await store.start();
  const db = openDatabase({ connectionString: url, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const { buyer } = await enterDiscord(simulators.url, async () => {});
  return {
    store,
    /** Orders and pays; resolves when the supplier has been asked and has not answered. */
    async purchaseUnderWay() {
      await buyer.quotes("ML_86", { id: "123456789", server: "2001" });
      await untilTrue(async () => /Periksa pesanan/.test(await buyer.reads()));
      await buyer.press("Bayar GoPay");
      await untilTrue(async () => (await pending()) !== undefined);
      await postJson(`${simulators.url}/midtrans/_wallet/pay`, {
        transaction_id: (await pending())?.transaction_id,
      });
      return asked;
    },
    /** Resolves when it has understood. */
    async isAskedToStop() {
      store.signal("SIGTERM");
      await untilTrue(async () => store.log().includes("SIGTERM: stopping"));
    },
    async advance(seconds: number) {
      await postJson(`${store.url}/sandbox/clock`, { advance_seconds: seconds });
      await delay(1_500);
    },
    /** The purchases that were sent, and whether the job that sent each one still holds it. */
    async sentPurchases() {
      const sent = await db
        .selectFrom("purchases")
        .select("id")
        .where("sent_at", "is not", null)
        .execute();
      const running = await db
        .selectFrom("jobs")
        .select("payload")
        .where("state", "=", "running")
        .execute();
      return sent.map(({ id }) => ({
        running: running.some(({ payload }) => JSON.stringify(payload).includes(id)),
      }));
    },
  };

  async function pending() {
    const { charges } = (await (await fetch(`${simulators.url}/midtrans/_books`)).json()) as {
      charges: { transaction_id: string; transaction_status: string }[];
    };
    return charges.find((charge) => charge.transaction_status === "pending");
  }
}

async function untilTrue(done: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + longestWaitMs; !(await done()); ) {
    assert.ok(performance.now() < deadline, "it came true in time");
    await delay(50);
  }
}
