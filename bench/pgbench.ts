/**
 * pgbench: PostgreSQL's own benchmark on the server that a store uses, the yardstick of everything the
 * database limits. It comes with PostgreSQL (Debian: `postgresql-contrib`) and is no package of npm's.
 */
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

export const withoutPgbench =
  "pgbench is not installed: put it on PATH, or install Debian's postgresql package";

export interface Pgbench {
  /** Transactions a second of TPC-B, prepared, with as many clients, each on a connection of its own. */
  tpcb(clients: number, seconds: number): Promise<number>;
  /** Runs of a script a second, in the store's own database. */
  script(text: string, load: { clients: number; seconds: number }): Promise<number>;
}

const run = promisify(execFile);
const database = "tpcb";
// Each transaction locks one of as many branches: fewer than clients, and they wait for each other.
const scale = 32;

/**
 * Prepares TPC-B in a database of its own on the server of a running store. Undefined when there is no
 * pgbench here.
 */
export async function openPgbench(dataDir: string): Promise<Pgbench | undefined> {
  const program = findPgbench();
  if (program === undefined) return undefined;
  const host = join(dataDir, "pg18");
  const query = async (text: string) => {
    const client = new pg.Client({ host, user: "konter", database: "postgres" });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  const pgbench = async (name: string, ...args: string[]) =>
    (await run(program, ["-h", host, "-U", "konter", ...args, name])).stdout;
  const load = async (name: string, clients: number, seconds: number, ...args: string[]) => {
    const said = await pgbench(
      ...[name, "--protocol=prepared", "--no-vacuum", ...args],
      ...[`--client=${clients}`, `--jobs=${Math.min(clients, 2)}`, `--time=${seconds}`],
    );
    const tps = Number(/^tps = ([\d.]+)/m.exec(said)?.[1]);
    if (!Number.isFinite(tps)) throw new Error(`pgbench said no tps:\n${said}`);
    return tps;
  };

  await query(`create database ${database}`);
  await pgbench(database, "--initialize", "--init-steps=dtGvp", `--scale=${scale}`, "--quiet");
  // What that wrote is not written out during a run.
  await query("checkpoint");
  return {
    tpcb: (clients, seconds) => load(database, clients, seconds, "--builtin=tpcb-like"),
    async script(text, { clients, seconds }) {
      const file = join(dataDir, "script.sql");
      await writeFile(file, text);
      return load("konter", clients, seconds, `--file=${file}`);
    },
  };
}

function findPgbench(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  // Debian keeps one for each version of PostgreSQL, off the PATH.
  const debian = globSync("/usr/lib/postgresql/*/bin/pgbench").sort().reverse();
  const onPath = folders.flatMap((folder) => globSync(join(folder, "pgbench")));
  return [...onPath, ...debian][0];
}
