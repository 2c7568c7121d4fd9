/** Test databases: clones of the migrated and seeded template, thrown away afterwards. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import pg from "pg";

type Setting = "TEST_SERVER" | "TEST_TEMPLATE" | "TEST_CLUSTER" | "TEST_SCRATCH";

function setting(name: Setting): string {
  const value = process.env[name];
  if (value === undefined) throw new Error("run the tests with `npm test -- FILE`");
  return value;
}

let databaseCount = 0;

/** Runs what a test must undo in reverse order; node:test itself would go forwards. */
export function cleanUp(t: TestContext): (step: () => unknown) => void {
  const steps: (() => unknown)[] = [];
  t.after(async () => {
    for (const step of steps.reverse()) await step();
  });
  return (step) => steps.push(step);
}

/** The run that made the template drops what is left of these. */
function databaseName(): string {
  return `${setting("TEST_TEMPLATE")}_${process.pid}_${databaseCount++}`;
}

/** The connection string of a database of this test's own. */
export async function cloneDatabase(atEnd: (step: () => unknown) => void): Promise<string> {
  const name = databaseName();
  // Half the work of the default, which writes every page to the journal too.
  await onServer(`create database ${name} template ${setting("TEST_TEMPLATE")} strategy file_copy`);
  atEnd(() => onServer(`drop database ${name} with (force)`));
  return withDatabase(name);
}

/** The connection string of an empty database of this test's own. */
export async function emptyDatabase(atEnd: (step: () => unknown) => void): Promise<string> {
  const name = databaseName();
  await onServer(`create database ${name}`);
  atEnd(() => onServer(`drop database ${name} with (force)`));
  return withDatabase(name);
}

/** Where what is thrown away may lie: in memory, where a machine has enough. */
export function scratch(): string {
  return setting("TEST_SCRATCH");
}

/** Makes a data folder look as after a first start and an orderly end, in a tenth of the time. */
export function startedBefore(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true });
  // Whoever runs the server owns its files.
  execFileSync("cp", ["-a", setting("TEST_CLUSTER"), dataDir]);
  return dataDir;
}

/** The connection string of one of the server's databases, as the owner of its tables. */
export function withDatabase(name: string): string {
  return setting("TEST_SERVER").replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

let server: pg.Pool | undefined;

/** On one connection for all of a process's databases: to open one costs as much as to copy one. */
async function onServer(text: string): Promise<void> {
  server ??= new pg.Pool({
    connectionString: setting("TEST_SERVER"),
    ...{ max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true },
  });
  await server.query(text);
}

/** Each large demand in its reduced or its full size: `npm test` or `npm run test:long`. */
export function scale(sizes: { short: number; long: number }): number {
  return process.env.TEST_SCALE === "long" ? sizes.long : sizes.short;
}

/** Where a store of this test's own keeps its key. */
export async function temporaryKeyFile(atEnd: (step: () => unknown) => void): Promise<string> {
  const folder = await mkdtemp(join(scratch(), "konter-key-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "konter.key");
}
