/** Migrate: numbered SQL files forward only, then the SQL functions whose text changed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { grantApplicationRole } from "./roles.ts";
import { refuseOtherWorld, type Stamp, stampDatabase } from "./store.ts";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

// A host that swallows packets would keep the operator waiting for minutes.
const connectTimeoutMs = 10_000;

export interface Migrated {
  readonly migrations: readonly string[];
  readonly functions: readonly string[];
}

export interface MigrateOptions {
  /** Holds `migrations/` and `src/`. */
  readonly root?: string;
  /** Who connects for the shop, where that is not who migrates. */
  readonly applicationUser?: string | undefined;
  /** Which world the database is born into, or must already belong to. */
  readonly stamp?: Stamp;
}

interface SqlFile {
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

function readSql(root: string, path: string): SqlFile {
  const text = readFileSync(path, "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  return { name: relative(root, path).split(sep).join("/"), text, hash };
}

/** Every SQL function file of the modules, `src/<module>/<verb>.sql`, in the order of their names. */
function functionFiles(root: string): SqlFile[] {
  const source = join(root, "src");
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readdirSync(join(source, entry.name)).map((file) => join(entry.name, file)))
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => readSql(root, join(source, file)));
}

function migrationFiles(root: string): SqlFile[] {
  const folder = join(root, "migrations");
  return readdirSync(folder)
    .filter((file) => /^\d{4}_.*\.sql$/.test(file))
    .sort()
    .map((file) => readSql(root, join(folder, file)));
}

/**
 * Brings a database up to this code. Safe to run twice and by two processes at once: the second
 * waits for the first and finds nothing to do. Throws when a migration that was applied has been
 * edited since, because the database could then be anything, and before anything is changed for a
 * database of the other world.
 */
export async function migrate(
  connectionString: string,
  options: MigrateOptions = {},
): Promise<Migrated> {
  const { root = repository, applicationUser, stamp } = options;
  const client = new pg.Client({
    connectionString,
    application_name: "konter migrate",
    connectionTimeoutMillis: connectTimeoutMs,
  });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext('konter.migrate'))");
    if (stamp !== undefined) await refuseOtherWorld(client, stamp.environment);
    await client.query(
      "create table if not exists applied_sql (name text primary key, hash text not null)",
    );
    const rows = await client.query<{ name: string; hash: string }>(
      "select name, hash from applied_sql",
    );
    const applied = new Map(rows.rows.map((row) => [row.name, row.hash]));
    const apply = async (file: SqlFile) => {
      try {
        await client.query(file.text);
      } catch (cause) {
        throw new Error(`${file.name} failed: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        });
      }
      await client.query(
        `insert into applied_sql (name, hash) values ($1, $2)
         on conflict (name) do update set hash = excluded.hash`,
        [file.name, file.hash],
      );
    };

    const migrations: string[] = [];
    for (const file of migrationFiles(root)) {
      const hash = applied.get(file.name);
      if (hash !== undefined && hash !== file.hash) {
        throw new Error(`${file.name} was changed after it was applied: add a new one instead`);
      }
      if (hash !== undefined) continue;
      await apply(file);
      migrations.push(file.name);
    }
    const functions: string[] = [];
    for (const file of functionFiles(root)) {
      if (applied.get(file.name) === file.hash) continue;
      await apply(file);
      functions.push(file.name);
    }
    if (stamp !== undefined) await stampDatabase(client, stamp);
    await grantApplicationRole(client, applicationUser);
    await client.query("commit");
    return { migrations, functions };
  } finally {
    // Closing an open transaction rolls it back.
    await client.end();
  }
}
