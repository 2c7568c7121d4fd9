/** Database: finds or starts the PostgreSQL of a store and brings it up to this code. */
import pg from "pg";
import type { Config } from "./config.ts";
import { explainConnection } from "./platform/database-problem.ts";
import { type Migrated, migrate } from "./platform/migrate.ts";
import { startEmbeddedPostgres } from "./platform/postgres.ts";
import { applicationRole, asApplication } from "./platform/roles.ts";

export interface StoreDatabase {
  /** As the application: it can change neither history nor the schema. */
  readonly connectionString: string;
  readonly migrated: Migrated;
  close(): Promise<void>;
}

type Settings = Pick<Config, "dataDir" | "databaseUrl" | "migrationDatabaseUrl">;

/** Opens and migrates. Throws with a sentence for the operator when it cannot be reached. */
export async function openStoreDatabase(settings: Settings): Promise<StoreDatabase> {
  const { databaseUrl, migrationDatabaseUrl = databaseUrl } = settings;
  if (databaseUrl !== undefined && migrationDatabaseUrl !== undefined) {
    const migrated = await migrate(migrationDatabaseUrl, undefined, userOf(databaseUrl)).catch(
      (cause: Error) => {
        const reason = explainConnection(cause);
        throw new Error(`The database of DATABASE_URL cannot be used: ${reason}`, { cause });
      },
    );
    return { connectionString: asApplication(databaseUrl), migrated, close: async () => {} };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: settings.dataDir });
  try {
    const migrated = await migrate(embedded.connectionString);
    const connectionString = embedded.connectionStringAs(applicationRole);
    return { connectionString, migrated, close: embedded.stop };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

function userOf(connectionString: string): string | undefined {
  return new pg.Client({ connectionString }).user;
}
