/**
 * Kept: databases that go on to the next test of a process, emptied of what the last one left. A new
 * one and its connections cost more than what most tests do with it: each connection learns the
 * schema, compiles the functions and plans the statements anew.
 */
import pg from "pg";
import { openStoreDatabase as openNewStoreDatabase } from "../src/database.ts";
import {
  databaseOn,
  openDatabase as openNewDatabase,
  openPool,
  type Pool,
  type PoolOptions,
} from "../src/platform/db.ts";
import { asApplication } from "../src/platform/roles.ts";
import { cloneDatabase } from "./database.ts";

interface Kept {
  readonly connectionString: string;
  readonly pools: KeptPool[];
  /** Empties it. False when it is no longer what it was: its schema changed, or it grew large. */
  reset(): Promise<boolean>;
  /** Ends its connections and drops it. */
  drop(): Promise<void>;
}

const keptOpen = { allowExitOnIdle: true, idleTimeoutMillis: 0 } as const;
// What is deleted still takes its place, and is read past.
const largestTableBytes = 4 * 1024 ** 2;
const spare: Kept[] = [];
const kept = new Map<string, Kept>();

/** The connection string of a database as after a first start, for one test. */
export async function lendDatabase(atEnd: (step: () => unknown) => void): Promise<string> {
  let database = spare.pop();
  while (database !== undefined && !(await database.reset())) {
    await database.drop();
    database = spare.pop();
  }
  const lent = database ?? (await keep());
  atEnd(() => spare.push(lent));
  return lent.connectionString;
}

/** As in production; but the connections of a database that is lent may be there already, and stay. */
export const openDatabase: typeof openNewDatabase = (options) => {
  const pools = kept.get(databaseName(options.connectionString))?.pools;
  if (pools === undefined) return openNewDatabase(options);
  const key = `${options.poolSize} ${options.connectionString}`;
  const idle = pools.find((one) => one.key === key && one.isIdle());
  const pool = idle ?? keepPool(key, options);
  if (idle === undefined) pools.push(pool);
  return databaseOn(pool.lend(options.onPoolError));
};

/** The same for a store or a command: what is lent needs no migration. */
export const openStoreDatabase: typeof openNewStoreDatabase = async (settings, clock) => {
  const { databaseUrl } = settings;
  if (databaseUrl === undefined || !kept.has(databaseName(databaseUrl))) {
    return openNewStoreDatabase(settings, clock);
  }
  const connectionString = asApplication(databaseUrl);
  return {
    connectionString,
    migrated: { migrations: [], functions: [] },
    open: (options) => openDatabase({ ...options, connectionString }),
    close: async () => {},
  };
};

function databaseName(connectionString: string): string {
  return new pg.Client({ connectionString }).database ?? "";
}

async function keep(): Promise<Kept> {
  let dropIt: () => unknown = () => {};
  const connectionString = await cloneDatabase((step) => {
    dropIt = step;
  });
  const name = databaseName(connectionString);
  const owner = new pg.Pool({ connectionString, max: 1, ...keptOpen });
  // A test may end every session there is. Then what is kept is gone, and with it the database.
  let broken = false;
  owner.on("error", () => {
    broken = true;
  });
  const restore = await remember(owner);
  const pools: KeptPool[] = [];
  const database = {
    connectionString,
    pools,
    async reset() {
      // A test that failed may have left somebody at work.
      if (broken || pools.some((pool) => !pool.isIdle())) return false;
      await endStrays(
        owner,
        pools.flatMap((pool) => [...pool.processIds]),
      );
      return restore();
    },
    async drop() {
      kept.delete(name);
      // To drop it ends what is still at work there.
      await dropIt();
      // Whoever never gave a connection back would be waited for.
      for (const pool of pools) void pool.close();
      await owner.end();
    },
  };
  kept.set(name, database);
  return database;
}

type KeptPool = ReturnType<typeof keepPool>;

/** A pool that outlives those to whom it is lent, one at a time. */
function keepPool(key: string, options: PoolOptions) {
  let lent = false;
  let onPoolError: (error: Error) => void = () => {};
  const processIds = new Set<number>();
  const pool = openPool({ ...options, onPoolError: (error) => onPoolError(error) }, keptOpen);
  pool.on("connect", (client) => processIds.add(processIdOf(client)));
  pool.on("remove", (client) => processIds.delete(processIdOf(client)));
  return {
    key,
    processIds,
    isIdle: () => !lent,
    close: () => pool.end(),
    lend(onError: (error: Error) => void): Pool {
      lent = true;
      onPoolError = onError;
      let ended = false;
      return {
        options: pool.options,
        async connect() {
          if (ended) throw new Error("Cannot use a pool after calling end on the pool");
          return pool.connect();
        },
        async end() {
          ended = true;
          while (pool.idleCount < pool.totalCount || pool.waitingCount > 0) {
            await new Promise((done) => pool.once("release", done));
          }
          onPoolError = () => {};
          lent = false;
        },
        get totalCount() {
          return pool.totalCount;
        },
        get idleCount() {
          return pool.idleCount;
        },
        get waitingCount() {
          return pool.waitingCount;
        },
      };
    },
  };
}

function processIdOf(client: object): number {
  return "processID" in client ? Number(client.processID) : 0;
}

/** A store that was killed may still have a session at work. */
async function endStrays(owner: pg.Pool, known: readonly number[]): Promise<void> {
  const end = `
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and pid <> all($1)`;
  while ((await owner.query(end, [known])).rowCount !== 0);
}

/** What a first start leaves, kept beside the tables. Resolves to what empties them and puts it back. */
async function remember(owner: pg.Pool): Promise<() => Promise<boolean>> {
  const { rows: tables } = await owner.query<{ name: string; columns: string }>(`
    select quote_ident(relname) as name, string_agg(quote_ident(attname), ', ') as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relkind = 'r' and relnamespace = 'public'::regnamespace
      and attnum > 0 and not attisdropped and attgenerated = ''
    group by relname`);
  const back: string[] = [];
  for (const { name, columns } of tables) {
    const { rowCount } = await owner.query(`select from ${name} limit 1`);
    if (rowCount === 0) continue;
    await owner.query(`create temp table "kept ${name}" as select ${columns} from ${name}`);
    back.push(
      `insert into ${name} (${columns}) overriding system value select * from "kept ${name}"`,
    );
  }
  const { rows: sequences } = await owner.query<{ set: string }>(`
    select format('select setval(%L, %s, %L)', sequencename, coalesce(last_value, start_value),
      last_value is not null) as set
    from pg_sequences where schemaname = 'public'`);
  const before = await fingerprint(owner);
  const statements = [
    "begin",
    // No trigger that guards history, and no order among the tables.
    "set local session_replication_role = replica",
    ...tables.map(({ name }) => `delete from ${name}`),
    ...back,
    ...sequences.map(({ set }) => set),
    "commit",
  ].join(";\n");
  return async () => {
    if ((await fingerprint(owner)) !== before) return false;
    const { rowCount } = await owner.query(
      `select from pg_class
       where relnamespace = 'public'::regnamespace and pg_relation_size(oid) > $1`,
      [largestTableBytes],
    );
    if (rowCount !== 0) return false;
    await owner.query(statements);
    return true;
  };
}

/** Of the schema, its rights and what is known of its tables. */
async function fingerprint(owner: pg.Pool): Promise<string> {
  const { rows } = await owner.query<{ fingerprint: string }>(`
    with tables as (
      select oid, xmin, reltuples from pg_class where relnamespace = 'public'::regnamespace
    )
    select md5(string_agg(word, ' ' order by word)) as fingerprint from (
      select format('%s %s %s', oid, xmin, reltuples) as word from tables
      union all
      select format('%s %s', oid, xmin) from pg_proc where pronamespace = 'public'::regnamespace
      union all
      select format('%s %s', oid, xmin) from pg_constraint where connamespace = 'public'::regnamespace
      union all
      select format('%s %s', pg_trigger.oid, pg_trigger.xmin) from pg_trigger join tables on tgrelid = tables.oid
      union all
      select format('%s %s %s', attrelid, attnum, pg_attribute.xmin)
      from pg_attribute join tables on attrelid = tables.oid
      union all
      select format('%s %s', oid, xmin) from pg_namespace where nspname not like 'pg\\_%'
    ) words`);
  return rows[0]?.fingerprint ?? "";
}
