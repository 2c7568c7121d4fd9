// Runs the tests: one PostgreSQL and one migrated and seeded template for all of them.
//   npm test                    everything, in its reduced size
//   npm test -- FILE...         some files
//   npm run test:long           the large demands in full, and the files named .long.test.ts
// TEST_DATABASE_URL uses a server that runs already (say PostgreSQL 15) instead of the embedded one.
import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  globSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { createSandboxClock } from "../src/platform/clock.ts";
import { openDatabase } from "../src/platform/db.ts";
import { createIds } from "../src/platform/ids.ts";
import { migrate } from "../src/platform/migrate.ts";
import { startEmbeddedPostgres } from "../src/platform/postgres.ts";
import { createSeededRandom } from "../src/platform/random.ts";
import { seedShop } from "../src/seed.ts";

const args = process.argv.slice(2);
const long = args.includes("--long");
const named = args.filter((argument) => !argument.startsWith("--"));
const files =
  named.length > 0
    ? named
    : globSync(["src/**/*.test.ts", "simulators/**/*.test.ts", "test/**/*.test.ts"]).filter(
        (file) => long || !file.endsWith(".long.test.ts"),
      );

// More than the cores of a small machine: a test also waits, for a process or a party.
const atOnce = 3;
const longestFileMs = 900_000;

// It takes every core there is: beside others it and they take twice as long.
const alone = "test/crash-points.test.ts";

// These take longest, so each has a process of its own and begins first.
const slowest = [
  "test/e2e/pages.test.ts",
  "test/e2e/playground.test.ts",
  "src/platform/postgres.test.ts",
  "test/bad-days.test.ts",
  "src/platform/jobs-processes.test.ts",
  "test/stop.test.ts",
  "test/normal-user.test.ts",
];

// The others share a few processes: what one has compiled and planned is there for all its files.
const groupCount = 5;

const compiled = join(tmpdir(), "konter-test-compiled");
// A disk that is busy makes every test wait; what is in memory is as good for what is thrown away.
const scratch = roomyMemory() ?? tmpdir();
const dataDir = mkdtempSync(join(scratch, "konter-test-"));
const cluster = join(dataDir, "cluster");
const external = process.env.TEST_DATABASE_URL;
await makeCluster();
const postgres =
  external === undefined
    ? await startEmbeddedPostgres({
        dataDir,
        // The tests' own databases are thrown away; those that kill the server start another.
        settings: {
          ...{ fsync: "off", full_page_writes: "off", synchronous_commit: "off" },
          ...{ checkpoint_timeout: "1h", wal_level: "minimal", max_wal_senders: "0" },
          ...{ max_connections: "400", max_wal_size: "256MB" },
          // Hundreds of databases, none of which lives long enough to need it.
          autovacuum: "off",
        },
      })
    : undefined;

try {
  const server = external ?? postgres?.connectionString ?? "";
  const template = `konter_template_${process.pid}`;
  await makeTemplate(server, template);
  const codes: number[] = [];
  for (const stage of named.length > 0 ? [named] : inStages(files)) {
    codes.push(await runFiles(stage, server, template));
  }
  process.exitCode = Math.max(...codes);
  await dropDatabases(server, template);
} finally {
  await postgres?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** What a first start leaves, to be copied: it takes seconds, and a test is rarely about it. */
async function makeCluster(): Promise<void> {
  await (await startEmbeddedPostgres({ dataDir: cluster })).stop();
  execFileSync("cp", ["-a", join(cluster, "pg18"), dataDir]);
}

async function makeTemplate(server: string, template: string): Promise<void> {
  await query(server, `create database ${template}`);
  const connectionString = withDatabase(server, template);
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-01T00:00:00Z") });
  await migrate(connectionString, { stamp: { environment: "sandbox", now: clock.now() } });
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  await seedShop(db, { clock, ids: createIds(clock, createSeededRandom(1)) }, "sandbox");
  await db.destroy();
}

/** Resolves to the exit code: 1 as well when a test was skipped, because nothing may be. */
async function runFiles(
  stage: readonly string[],
  server: string,
  template: string,
): Promise<number> {
  const events = run({
    files: [...stage],
    execArgv: ["--import", import.meta.resolve("../test/untracked.ts")],
    concurrency: atOnce,
    timeout: long ? 4 * longestFileMs : longestFileMs,
    env: {
      ...process.env,
      TEST_SERVER: server,
      TEST_TEMPLATE: template,
      TEST_SCRATCH: scratch,
      TEST_CLUSTER: join(cluster, "pg18"),
      TEST_SCALE: long ? "long" : "short",
      // Without this each process compiles the whole shop.
      NODE_COMPILE_CACHE: compiled,
    },
  });
  let code = 0;
  const left: string[] = [];
  const note = ({ name, skip, todo }: { name: string; skip?: unknown; todo?: unknown }) => {
    if (skip !== undefined || todo !== undefined) left.push(name);
  };
  events.on("test:pass", note);
  events.on("test:fail", (test) => {
    note(test);
    code = 1;
  });
  for await (const text of events.compose(spec)) process.stdout.write(text);
  for (const name of left) process.stderr.write(`A test was left out: ${name}\n`);
  return left.length > 0 ? 1 : code;
}

/** One file by itself; then the slowest, and with them groups of all others. */
function inStages(all: readonly string[]): string[][] {
  const others = all.filter((file) => file !== alone && !slowest.includes(file)).sort();
  return [
    all.filter((file) => file === alone),
    [...slowest.filter((file) => all.includes(file)), ...inGroups(others)],
  ];
}

/** Files that import some of these each. */
function inGroups(others: readonly string[]): string[] {
  return Array.from({ length: groupCount }, (_, index) => {
    const members = others.filter((_, place) => place % groupCount === index);
    const group = join(dataDir, `group-${index + 1}.test.mjs`);
    const imports = members.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`);
    writeFileSync(group, imports.join(""));
    return group;
  });
}

/** A folder in memory with room for the tests' databases, where a machine has one. */
function roomyMemory(): string | undefined {
  const folder = "/dev/shm";
  const neededBytes = 2 * 1024 ** 3;
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > neededBytes ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** The template and what was made of it: on a server that is not ours they would stay. */
async function dropDatabases(server: string, template: string): Promise<void> {
  if (external === undefined) return;
  const names =
    "select datname from pg_database where datname = $1 or starts_with(datname, $1 || '_')";
  for (const { datname } of await query(server, names, [template])) {
    await query(server, `drop database "${datname}" with (force)`);
  }
}

async function query(connectionString: string, text: string, values: readonly string[] = []) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client
    .query<{ datname: string }>(text, [...values])
    .finally(() => client.end());
  return rows;
}

function withDatabase(connectionString: string, database: string): string {
  return connectionString.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${database}`);
}
