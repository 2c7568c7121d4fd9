/** Database: finds or starts the PostgreSQL of a store and brings it up to this code. */
import pg from "pg";
import type { Config } from "./config.ts";
import { type Migrated, migrate } from "./platform/migrate.ts";
import { startEmbeddedPostgres } from "./platform/postgres.ts";

export interface StoreDatabase {
  readonly connectionString: string;
  readonly migrated: Migrated;
  close(): Promise<void>;
}

/** Opens and migrates. Throws with a sentence for the operator when it cannot be reached. */
export async function openStoreDatabase(
  config: Pick<Config, "dataDir" | "databaseUrl">,
): Promise<StoreDatabase> {
  if (config.databaseUrl !== undefined) {
    const { databaseUrl } = config;
    const migrated = await migrate(databaseUrl).catch((cause: Error) => {
      throw new Error(`The database of DATABASE_URL cannot be used: ${cause.message}`, { cause });
    });
    return { connectionString: databaseUrl, migrated, close: async () => {} };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
  try {
    const migrated = await migrate(embedded.connectionString);
    return { connectionString: embedded.connectionString, migrated, close: embedded.stop };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Makes this process the only store on its database until the returned function is called. */
export async function beTheOnlyStore(
  connectionString: string,
  onLost: (error: Error) => void,
): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString, application_name: "konter start" });
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_lock(hashtext('konter.start')) as locked",
  );
  if (!rows[0]?.locked) {
    await client.end();
    throw new Error(
      "Another `konter start` runs on this database already. Stop it first, or give this one a " +
        "DATA_DIR and a PORT of its own",
    );
  }
  client.on("error", onLost);
  return () => client.end();
}
