/** Bad days: what the operator is told and what the shop still does when its surroundings fail it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { startSimulators } from "../simulators/world.ts";
import { createSandboxClock } from "../src/platform/clock.ts";
import type { Database } from "../src/platform/db.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../src/platform/postgres.ts";
import { createSeededRandom } from "../src/platform/random.ts";
import { cleanUp, cloneDatabase, scratch, startedBefore, withDatabase } from "./database.ts";
import { konter, konterProcess } from "./konter.ts";
import { freePort, prepareStore } from "./store-process.ts";
import { openWorld } from "./world.ts";

const longestWaitMs = 60_000;

type AtEnd = ReturnType<typeof cleanUp>;

test("a port that is taken is named, with what to set instead", async (t) => {
  const atEnd = cleanUp(t);
  const taken = await listenAnywhere(atEnd, () => {});
  const free = { PORT: "0", SIMULATOR_PORT: "0", METRICS_PORT: "0" };
  for (const name of ["PORT", "SIMULATOR_PORT", "METRICS_PORT"]) {
    const DATABASE_URL = await cloneDatabase(atEnd);
    const DATA_DIR = temporaryFolder(atEnd);
    const settings = { ...free, DATABASE_URL, DATA_DIR, [name]: String(taken) };
    const { code, stdout, stderr } = await konterProcess(["start"], settings);
    assert.equal(code, 1, stderr);
    assert.equal(
      stderr,
      `konter: port ${taken} is taken: choose others with PORT, SIMULATOR_PORT and METRICS_PORT\n`,
    );
    assert.equal(name === "METRICS_PORT" || stdout === "", true);
  }
});

test("a data folder that cannot be written is named, with what to set instead", async (t) => {
  const folder = temporaryFolder(cleanUp(t));
  const file = join(folder, "file");
  writeFileSync(file, "");
  const DATA_DIR = join(file, "data");
  for (const command of ["start", "migrate", "seed"]) {
    const { code, stderr } = await konter([command], { DATABASE_URL: "", DATA_DIR });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `konter: Cannot write ${join(DATA_DIR, "pg18")}: choose another folder with DATA_DIR\n`,
    );
  }
});

test("a database that cannot be used is told in one sentence, without its password", async (t) => {
  const atEnd = cleanUp(t);
  const server = await ownServer(atEnd);
  const dataDir = server.dataDir;
  const socket = encodeURIComponent(join(dataDir, "pg18"));
  await server.query("create role shop login password 'right'");
  // From here on the socket asks for passwords too.
  writeFileSync(join(dataDir, "pg18", "pg_hba.conf"), "local all all scram-sha-256\n");
  await server.query("alter role konter password 'owner'");
  await server.query("select pg_reload_conf()");
  const nobody = await freePort();
  const deaf = await listenAnywhere(atEnd, (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
  const cases: [string, RegExp][] = [
    [`postgresql://shop:hunter2@/konter?host=${socket}`, /password .*check its user and password/],
    [`postgresql://stranger:hunter2@/konter?host=${socket}`, /"stranger".*check its user/],
    [
      `postgresql://konter:owner@/elsewhere?host=${socket}`,
      /"elsewhere" does not exist: create it/,
    ],
    [`postgresql://shop:right@/konter?host=${socket}`, /permission denied.*must own/],
    [`postgresql://konter:hunter2@localhost:${nobody}/konter`, /no PostgreSQL listens there/],
    ["postgresql://konter:hunter2@/konter?host=/nowhere", /no PostgreSQL listens there/],
    ["postgresql://konter:hunter2@nowhere.invalid/konter", /its host name is not known/],
    [`postgresql://konter:hunter2@127.0.0.1:${deaf}/konter`, /cannot be used: \S/],
  ];
  for (const [DATABASE_URL, sentence] of cases) {
    const { code, stderr } = await konter(["start"], { DATABASE_URL, DATA_DIR: dataDir });
    assert.equal(code, 1, stderr);
    assert.match(stderr, sentence);
    assert.match(stderr, /^konter: The database of DATABASE_URL cannot be used: [^\n]*\n$/);
    assert.doesNotMatch(stderr, /hunter2/);
  }
});

test("parties that are not there are told in one sentence", async (t) => {
  const atEnd = cleanUp(t);
  const simulators = await simulate(0);
  await simulators.close();
  const { code, stderr } = await konter(["start"], {
    ...{ PORT: "0", METRICS_PORT: "0", DATABASE_URL: await cloneDatabase(atEnd) },
    DATA_DIR: temporaryFolder(atEnd),
    SIMULATORS: JSON.stringify(simulators.parties),
  });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^konter: Discord does not answer at http:\/\/127\.0\.0\.1:\d+: is `konter simulate` running\?\n$/,
  );
});

test("a shop whose own database server is gone ends with a sentence, and starts again", async (t) => {
  const atEnd = cleanUp(t);
  const dataDir = startedBefore(temporaryFolder(atEnd));
  const store = await prepareStore(atEnd, {
    ...{ DATABASE_URL: "", DATA_DIR: dataDir, SIMULATOR_PORT: "0" },
  });
  await store.start();
  process.kill(serverPid(dataDir), "SIGKILL");
  assert.equal(await store.ended(), 1);
  const lastLine = store.log().trim().split("\n").at(-1) ?? "";
  assert.match(
    lastLine,
    /^konter: The store's PostgreSQL has ended \(its log is \S+postgres\.log\)/,
  );
  await store.start();
  store.signal("SIGTERM");
  assert.equal(await store.ended(), 0);
});

test("a shop whose database is away says so, sells nothing, and goes on when it is back", async (t) => {
  const atEnd = cleanUp(t);
  const first = await ownServer(atEnd);
  const store = await prepareStore(atEnd, {
    ...{ DATABASE_URL: first.connectionString, DATA_DIR: temporaryFolder(atEnd) },
    SIMULATOR_PORT: "0",
  });
  await store.start();
  process.kill(serverPid(first.dataDir), "SIGKILL");
  await until(async () => (await ask(store.url, "/readyz")).status === 503);
  assert.deepEqual((await ask(store.url, "/readyz")).body, {
    status: "not ready",
    waiting_for: ["database"],
  });
  assert.equal((await ask(store.url, "/livez")).status, 200);
  const products = await ask(store.url, "/api/v1/game/products/ml");
  assert.equal(products.status, 503);
  assert.equal(products.body.code, "database.unavailable");

  await first.stop();
  const again = await startEmbeddedPostgres({ dataDir: first.dataDir });
  atEnd(() => again.stop());
  await until(async () => (await ask(store.url, "/readyz")).status === 200);
  assert.equal((await ask(store.url, "/api/v1/game/products/ml")).status, 200);
  store.signal("SIGTERM");
  assert.equal(await store.ended(), 0);
});

test("a shop that Discord has left is not ready until Discord is back", async (t) => {
  const atEnd = cleanUp(t);
  const simulators = await simulate(0);
  const store = await prepareStore(atEnd, {
    DATABASE_URL: await cloneDatabase(atEnd),
    SIMULATORS: JSON.stringify(simulators.parties),
  });
  await store.start();
  await simulators.close();
  await until(async () => (await ask(store.url, "/readyz")).status === 503);
  assert.deepEqual((await ask(store.url, "/readyz")).body.waiting_for, ["discord"]);
  assert.equal((await ask(store.url, "/api/v1/game/price/ml")).status, 200, "prices need no party");
  const back = await simulate(Number(new URL(simulators.url).port));
  atEnd(() => back.close());
  await until(async () => (await ask(store.url, "/readyz")).status === 200);
});

test("a log that cannot be written does not stop the shop", async (t) => {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await cloneDatabase(atEnd);
  const store = await prepareStore(
    atEnd,
    {
      ...{ DATABASE_URL, DATA_DIR: temporaryFolder(atEnd), SIMULATOR_PORT: "0" },
      LOG_LEVEL: "debug",
    },
    { standardError: "/dev/full" },
  );
  await store.start();
  for (const game of ["ml", "ff", "nothing"]) await ask(store.url, `/api/v1/game/price/${game}`);
  await ask(store.url, "/webhooks/midtrans", { method: "POST", body: "{}" });
  assert.equal((await ask(store.url, "/readyz")).status, 200);
  store.signal("SIGTERM");
  assert.equal(await store.ended(), 0);
});

test("while the disk is full nothing is lost, and what was paid is delivered when there is room", async (t) => {
  const world = await openWorld(t, { seed: 13 });
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const owner = await ownerOf(world.db);
  // What PostgreSQL says when a table cannot grow; without room for its journal it ends, as above.
  await owner.query(`
    create function refuse_for_lack_of_room() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file "base/5/16384": No space left on device'
        using errcode = 'disk_full';
    end $$;
    create trigger transfers_are_full before insert on transfers
      execute function refuse_for_lack_of_room()`);
  await world.midtrans.isPaid();
  await world.advance({ minutes: 3 });
  const stateOf = async () => (await world.db.selectFrom("orders").select("state").execute())[0];
  assert.deepEqual(await stateOf(), { state: "awaiting_payment" });
  assert.deepEqual(await world.digiflazz.purchases(), []);
  await owner.query("drop trigger transfers_are_full on transfers");
  await owner.end();
  await world.advance({ minutes: 6 });
  assert.deepEqual(await stateOf(), { state: "delivered" });
  assert.match(await world.buyer.reads(), /Terkirim/);
  await world.booksBalance();
});

test("while the supplier is gone orders wait as unknown, and the shop stays ready", async (t) => {
  const atEnd = cleanUp(t);
  const world = await openWorld(t, { seed: 14 });
  const gone = await listenAnywhere(atEnd, (socket) => socket.destroy());
  await world.pointsDigiflazzAt(`http://127.0.0.1:${gone}/v1`);
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  await world.midtrans.isPaid();
  await world.advance({ minutes: 5 });
  const { state } = await world.db.selectFrom("orders").select("state").executeTakeFirstOrThrow();
  assert.equal(state, "fulfilling", "neither refunded nor bought elsewhere");
  assert.doesNotMatch(await world.buyer.reads(), /Terkirim/);
  assert.deepEqual((await ask(world.url, "/readyz")).body, { status: "ready" });
  await world.pointsDigiflazzAt(undefined);
  await world.advance({ minutes: 20 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  assert.equal((await world.digiflazz.purchases()).length, 1);
  await world.booksBalance();
});

/** A connection to a world's database as the owner of its tables, which the shop is not. */
async function ownerOf(db: Database): Promise<pg.Client> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
  const client = new pg.Client({ connectionString: withDatabase(rows[0]?.name ?? "") });
  await client.connect();
  return client;
}

/** A PostgreSQL server of this test's own, which it may kill. */
async function ownServer(atEnd: AtEnd) {
  const dataDir = startedBefore(temporaryFolder(atEnd));
  const server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir });
  atEnd(() => server.stop());
  return {
    ...server,
    dataDir,
    async query(text: string) {
      const client = new pg.Client({ connectionString: server.connectionString });
      await client.connect();
      await client.query(text).finally(() => client.end());
    },
  };
}

function simulate(port: number) {
  return startSimulators({
    port,
    clock: createSandboxClock({}),
    randomBytes: createSeededRandom(5).bytes,
    storeUrl: "http://127.0.0.1:9",
  });
}

async function ask(url: string, path: string, init?: RequestInit) {
  const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(longestWaitMs) });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + longestWaitMs; !(await done()); ) {
    assert.ok(performance.now() < deadline, "it came true in time");
    await delay(50);
  }
}

async function listenAnywhere(atEnd: AtEnd, answer: Parameters<Server["addListener"]>[1]) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    answer(socket);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  atEnd(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

function serverPid(dataDir: string): number {
  const [pid] = readFileSync(join(dataDir, "pg18", "postmaster.pid"), "utf8").split("\n");
  return Number(pid);
}

function temporaryFolder(atEnd: AtEnd): string {
  const folder = mkdtempSync(join(scratch(), "konter-bad-day-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}
