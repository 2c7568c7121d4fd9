/** Database: finds or starts the PostgreSQL of a store and brings it up to this code. */
import pg from "pg";
import type { Config } from "./config.ts";
import type { Clock } from "./platform/clock.ts";
import { explainConnection } from "./platform/database-problem.ts";
import { type Database, openDatabase, type PoolOptions } from "./platform/db.ts";
import { type Migrated, migrate } from "./platform/migrate.ts";
import { startEmbeddedPostgres } from "./platform/postgres.ts";
import { applicationRole, asApplication } from "./platform/roles.ts";

export interface StoreDatabase {
  /** As the application: it can change neither history nor the schema. */
  readonly connectionString: string;
  readonly migrated: Migrated;
  /** Opens a pool of connections, to be closed before this is. */
  open(options: Omit<PoolOptions, "connectionString">): Database;
  close(): Promise<void>;
}

/** Where a store's database is, as it is. */
export interface ReachedDatabase {
  /** As the owner of the tables. */
  readonly owner: string;
  readonly application: string;
  /** Who connects for the shop, where that is not the owner. */
  readonly applicationUser: string | undefined;
  close(): Promise<void>;
}

type Settings = Pick<Config, "environment" | "dataDir" | "databaseUrl" | "migrationDatabaseUrl">;

/** Finds the database, or starts the embedded one. Changes nothing in it. */
export async function reachDatabase(settings: Settings): Promise<ReachedDatabase> {
  const { databaseUrl, migrationDatabaseUrl: owner = databaseUrl } = settings;
  if (databaseUrl !== undefined && owner !== undefined) {
    const applicationUser = new pg.Client({ connectionString: databaseUrl }).user;
    const application = asApplication(databaseUrl);
    return { owner, application, applicationUser, close: async () => {} };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: settings.dataDir });
  return {
    owner: embedded.connectionString,
    application: embedded.connectionStringAs(applicationRole),
    applicationUser: undefined,
    close: embedded.stop,
  };
}

/**
 * Opens, migrates and stamps. Throws with a sentence for the operator when it cannot be reached, or
 * belongs to the other world.
 */
export async function openStoreDatabase(settings: Settings, clock: Clock): Promise<StoreDatabase> {
  const { environment, databaseUrl } = settings;
  const { owner, application, applicationUser, close } = await reachDatabase(settings);
  try {
    const stamp = { environment, now: clock.now() };
    const migrated = await migrate(owner, { applicationUser, stamp });
    return {
      connectionString: application,
      migrated,
      open: (options) => openDatabase({ ...options, connectionString: application }),
      close,
    };
  } catch (cause) {
    await close();
    if (databaseUrl === undefined) throw cause;
    const reason = explainConnection(cause);
    throw new Error(`The database of DATABASE_URL cannot be used: ${reason}`, { cause });
  }
}
