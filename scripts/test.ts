// Runs the tests: one PostgreSQL and one migrated and seeded template for all of them.
//   npm test                    everything, in its reduced size
//   npm test -- FILE...         some files
//   npm run test:long           the large demands in full, and the files named .long.test.ts
// TEST_DATABASE_URL uses a server that runs already (say PostgreSQL 15) instead of the embedded one.
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

// Most of a test is waiting: for a process to start, for a party to answer.
const atOnce = 2;

const compiled = join(tmpdir(), "konter-test-compiled");
const dataDir = mkdtempSync(join(tmpdir(), "konter-test-"));
const external = process.env.TEST_DATABASE_URL;
const postgres =
  external === undefined
    ? await startEmbeddedPostgres({
        dataDir,
        // The tests' own databases are thrown away; those that kill the server start another.
        settings: { fsync: "off", max_connections: "400" },
      })
    : undefined;

try {
  const server = external ?? postgres?.connectionString ?? "";
  const template = `konter_template_${process.pid}`;
  await makeTemplate(server, template);
  process.exitCode = await run(server, template);
  await dropDatabases(server, template);
} finally {
  await postgres?.stop();
  rmSync(dataDir, { recursive: true, force: true });
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
async function run(server: string, template: string): Promise<number> {
  const runner = spawn(
    process.execPath,
    [
      "--test",
      "--test-reporter=spec",
      "--test-timeout=280000",
      `--test-concurrency=${atOnce}`,
      ...files,
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        TEST_SERVER: server,
        TEST_TEMPLATE: template,
        TEST_SCALE: long ? "long" : "short",
        // Each file is a process of its own: without this, each compiles the whole shop.
        NODE_COMPILE_CACHE: compiled,
      },
    },
  );
  let output = "";
  runner.stdout.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    output = (output + chunk).slice(-2_000);
  });
  const code = await new Promise<number>((done) => runner.on("close", (exit) => done(exit ?? 1)));
  const left = /^ℹ (skipped|todo) [1-9]/m.exec(output);
  if (left) process.stderr.write(`A test was left out: ${left[0]}\n`);
  return left ? 1 : code;
}

async function dropDatabases(server: string, template: string): Promise<void> {
  if (external !== undefined) await query(server, `drop database ${template}`);
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

function withDatabase(connectionString: string, database: string): string {
  return connectionString.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${database}`);
}
