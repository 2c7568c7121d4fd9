import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { cleanUp, scale, scratch, startedBefore } from "../../test/database.ts";
import { beTheOnlyStore } from "./only-store.ts";
import { startEmbeddedPostgres } from "./postgres.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const socketFile = join("pg18", ".s.PGSQL.5432");

test("the first start creates the server and its database, a later one finds them as they were", async (t) => {
  const dataDir = temporaryFolder(t);
  const first = await startEmbeddedPostgres({ dataDir });
  assert.equal(first.adopted, false);
  await query(first.connectionString, "create table kept as select 7 as number");
  await first.stop();
  assert.equal(await answers(first.connectionString), false, "stopped");

  const second = await startEmbeddedPostgres({ dataDir });
  assert.equal(second.adopted, false);
  assert.deepEqual(await query(second.connectionString, "select number from kept"), [
    { number: 7 },
  ]);
  await second.stop();
});

test("the server is nobody else's: a folder of mode 0700, a socket, no TCP", async (t) => {
  const dataDir = temporaryFolder(t);
  const server = await startEmbeddedPostgres({ dataDir });
  assert.equal(statSync(join(dataDir, "pg18")).mode & 0o777, 0o700);
  assert.deepEqual(await query(server.connectionString, "show listen_addresses"), [
    { listen_addresses: "" },
  ]);
  assert.deepEqual(await query(server.connectionString, "show fsync"), [{ fsync: "on" }]);
  await server.stop();
});

test("another command uses the live server and leaves it running", async (t) => {
  const dataDir = startedBefore(temporaryFolder(t));
  const server = await startEmbeddedPostgres({ dataDir });
  const other = await startEmbeddedPostgres({ dataDir });
  assert.equal(other.adopted, true);
  await other.stop();
  assert.ok(await answers(server.connectionString));
  await server.stop();
});

test("two commands that start at once on a new folder end with one server that both use", async (t) => {
  const dataDir = temporaryFolder(t);
  const processes = [startInAnotherProcess(t, dataDir), startInAnotherProcess(t, dataDir)];
  const told = await Promise.all(processes.map(({ started }) => started));
  assert.deepEqual(told.toSorted(), ["adopted", "started"]);
  const server = await startEmbeddedPostgres({ dataDir });
  assert.equal(server.adopted, true);
  assert.deepEqual(await query(server.connectionString, "select 7 as number"), [{ number: 7 }]);
  const pid = serverPid(dataDir);
  for (const one of processes) one.process.kill("SIGKILL");
  await untilGone(pid);
});

test("a second store on the same data is refused with a sentence, until the first has stopped", async (t) => {
  const dataDir = startedBefore(temporaryFolder(t));
  const server = await startEmbeddedPostgres({ dataDir });
  const lost = (error: Error) => assert.fail(error);
  const release = await beTheOnlyStore(server.connectionString, lost);
  await assert.rejects(
    beTheOnlyStore(server.connectionString, lost),
    /Another `konter start` runs on this database already\..*DATA_DIR/,
  );
  await release();
  await (await beTheOnlyStore(server.connectionString, lost))();
  await server.stop();
});

test("a store whose only-store lock is lost is told", async (t) => {
  const dataDir = startedBefore(temporaryFolder(t));
  const server = await startEmbeddedPostgres({ dataDir });
  const { promise, resolve } = Promise.withResolvers<Error>();
  await beTheOnlyStore(server.connectionString, resolve);
  await query(
    server.connectionString,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'konter start'",
  );
  assert.ok((await promise) instanceof Error);
  await server.stop();
});

test("no server outlives a parent that was killed", async (t) => {
  const dataDir = startedBefore(temporaryFolder(t));
  const parent = startInAnotherProcess(t, dataDir);
  await parent.started;
  const pid = serverPid(dataDir);
  parent.process.kill("SIGKILL");
  await untilGone(pid);
  assert.equal(existsSync(join(dataDir, "pg18", "postmaster.pid")), false, "it stopped in order");
});

test("every acknowledged row survives kill -9 of the server", async (t) => {
  const dataDir = startedBefore(temporaryFolder(t));
  const rounds = scale({ short: 3, long: 20 });
  let acknowledged = 0;
  let slowestMs = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const server = await startEmbeddedPostgres({ dataDir });
    if (round > 0) slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    await query(server.connectionString, "create table if not exists rows (number int)");
    const found = await query(server.connectionString, "select count(*)::int as n from rows");
    const [{ n }] = found as [{ n: number }];
    assert.ok(n >= acknowledged, `${n} rows of ${acknowledged} that were acknowledged`);
    acknowledged = n;
    const writers = Array.from({ length: 4 }, async () => {
      try {
        const client = await connect(server.connectionString);
        for (;;) {
          await client.query("insert into rows (number) values ($1)", [round]);
          acknowledged++;
        }
      } catch {
        // The server is gone, which is the point.
      }
    });
    await delay(100 + 37 * round);
    process.kill(serverPid(dataDir), "SIGKILL");
    await Promise.all(writers);
    await server.stop();
  }
  t.diagnostic(
    `${rounds} rounds, ${acknowledged} rows; slowest restart ${Math.round(slowestMs)} ms`,
  );
  assert.ok(acknowledged > rounds);
});

test("the data may lie below a folder that only its owner can enter", async (t) => {
  const home = join(temporaryFolder(t), "home");
  mkdirSync(home, { mode: 0o700 });
  const dataDir = join(home, "shop", "data");
  const server = await startEmbeddedPostgres({ dataDir });
  await query(server.connectionString, "create table kept as select 7 as number");
  await server.stop();
  const again = await startEmbeddedPostgres({ dataDir });
  assert.deepEqual(await query(again.connectionString, "select number from kept"), [{ number: 7 }]);
  await again.stop();
});

test("the data may lie deeper than a socket's path can be long", async (t) => {
  const dataDir = join(temporaryFolder(t), "d".repeat(60), "e".repeat(60));
  const server = await startEmbeddedPostgres({ dataDir });
  assert.ok(existsSync(join(dataDir, socketFile)));
  const other = await startEmbeddedPostgres({ dataDir });
  assert.equal(other.adopted, true);
  await other.stop();
  assert.deepEqual(await query(server.connectionString, "select 7 as number"), [{ number: 7 }]);
  await server.stop();
});

test("a folder name with spaces, quotes and other alphabets is as good as any", async (t) => {
  const dataDir = join(temporaryFolder(t), "toko 'kita' & \"kios\" 100% 店");
  const server = await startEmbeddedPostgres({ dataDir });
  assert.deepEqual(await query(server.connectionString, "select 7 as number"), [{ number: 7 }]);
  await server.stop();
});

test("data that cannot be written is refused with one sentence that names DATA_DIR", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "file");
  writeFileSync(file, "");
  // Root writes everywhere but below a file; for anybody else a closed folder will do as well.
  const places = [join(file, "data")];
  if (process.getuid?.() !== 0) {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o500 });
    places.push(join(closed, "data"));
  }
  for (const dataDir of places) {
    await assert.rejects(startEmbeddedPostgres({ dataDir }), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^Cannot write \S+: choose another folder with DATA_DIR$/);
      return true;
    });
  }
});

test("a first start that was killed at any moment is begun again by the next", async (t) => {
  const rounds = scale({ short: 4, long: 16 });
  for (let round = 0; round < rounds; round++) {
    const dataDir = temporaryFolder(t);
    const killed = startInAnotherProcess(t, dataDir);
    // The files appear about 100 ms after the process and are complete about 1 s later.
    while (!existsSync(dataDir) || readdirSync(dataDir).length === 0) await delay(5);
    await delay((round * 1_000) / rounds);
    killed.killGroup();
    await killed.started.catch(() => {});
    const server = await startEmbeddedPostgres({ dataDir });
    assert.deepEqual(await query(server.connectionString, "select 7 as number"), [{ number: 7 }]);
    await server.stop();
    assert.deepEqual(readdirSync(dataDir).toSorted(), ["pg18", "postgres.log"], "nothing is left");
  }
});

test("a folder that holds something else is left alone, with a sentence", async (t) => {
  const dataDir = temporaryFolder(t);
  mkdirSync(join(dataDir, "pg18"));
  writeFileSync(join(dataDir, "pg18", "thesis.doc"), "years of work");
  await assert.rejects(
    startEmbeddedPostgres({ dataDir }),
    /pg18 holds something that is not a database: .*DATA_DIR/,
  );
  assert.equal(readFileSync(join(dataDir, "pg18", "thesis.doc"), "utf8"), "years of work");
});

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(scratch(), "konter-postgres-"));
  // Others may pass; what is closed is closed by the test.
  chmodSync(folder, 0o755);
  cleanUp(t)(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/** A server whose parent is another process, which a test can kill. */
function startInAnotherProcess(t: TestContext, dataDir: string) {
  const script = `
    import { startEmbeddedPostgres } from "./src/platform/postgres.ts";
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    process.stdout.write(server.adopted ? "adopted" : "started");
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true, // a process group of its own
  });
  const { pid } = parent;
  assert.ok(pid);
  cleanUp(t)(() => parent.kill("SIGKILL"));
  const exited = once(parent, "exit").then(() => {
    throw new Error("it ended before it started a server");
  });
  const told = once(parent.stdout, "data").then(([chunk]) => String(chunk));
  return {
    process: parent,
    started: Promise.race([told, exited]),
    /** Kills it and what it runs to make the files, as a power cut would. */
    killGroup: () => process.kill(-pid, "SIGKILL"),
  };
}

function serverPid(dataDir: string): number {
  const [pid] = readFileSync(join(dataDir, "pg18", "postmaster.pid"), "utf8").split("\n");
  return Number(pid);
}

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (isAlive(pid) && performance.now() < deadline) await delay(20);
  assert.equal(isAlive(pid), false, "the server is gone within 5 s");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {}); // a killed server closes idle connections; the query tells
  await client.connect();
  return client;
}

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = await connect(connectionString);
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function answers(connectionString: string): Promise<boolean> {
  return query(connectionString, "select").then(
    () => true,
    () => false,
  );
}
