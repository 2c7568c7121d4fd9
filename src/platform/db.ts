/** Database: the pool, the transaction type, and what happens after a commit. */
import { Kysely, PostgresDialect, type PostgresPool, type Transaction } from "kysely";
import pg from "pg";
import { PreparingClient } from "./prepared.ts";
import type { DB } from "./schema.ts";

export type Schema = DB;

/** Where a query may be run: the pool or an open transaction. Reads take it. */
export type Db = Kysely<Schema>;

declare const open: unique symbol;
/** An open transaction, made only by `inTransaction`. Writes take it, so a pool does not compile. */
export type Tx = Transaction<Schema> & { readonly [open]: true };

export interface Database extends Db {
  /** Called after each commit of jobs that are due: the job runner looks for work. */
  readonly afterEnqueue: Set<() => void>;
  /** The pool's connections now, and how many queries wait for one. */
  connections(): { open: number; idle: number; waiting: number };
}

/** How a connection is noticed to be dead when its other end vanished. */
export const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

const int8 = 20;
const int8Array = 1016;

function parseInt8Array(text: string): bigint[] {
  return text === "{}" ? [] : text.slice(1, -1).split(",").map(BigInt);
}

export interface PoolOptions {
  readonly connectionString: string;
  readonly poolSize: number;
  /** Told when an idle connection broke. */
  readonly onPoolError: (error: Error) => void;
}

/** What a database stands on: a pool of its own, or one that is lent. */
export interface Pool extends PostgresPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Opens a pool of connections. Rupiah and other int8 values arrive as bigint, alone and in arrays. */
export function openPool(options: PoolOptions, more: pg.PoolConfig = {}): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(int8, BigInt);
  types.setTypeParser(int8Array, parseInt8Array);
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.poolSize,
    types,
    application_name: "konter",
    // A server that is gone without a word must not be waited for for ever.
    ...keptAlive,
    Client: PreparingClient,
    ...more,
  });
  // An idle connection that the server closes must not take the process down.
  pool.on("error", (error) => {
    if (!pool.ending) options.onPoolError(error);
  });
  // Nor one that is in use: then the pool does not listen, and its query or the next one tells.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** A database with a pool of its own. */
export function openDatabase(options: PoolOptions): Database {
  return databaseOn(openPool(options));
}

/** A database on this pool, which ends with it. */
export function databaseOn(pool: Pool): Database {
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return Object.assign(kysely, {
    afterEnqueue: new Set<() => void>(),
    connections: () => ({
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
  });
}

const enqueuing = new WeakSet<Tx>();

/** Says that this transaction enqueues jobs that are due, so that its commit wakes the job runner. */
export function noteEnqueue(tx: Tx): void {
  enqueuing.add(tx);
}

/**
 * Runs `work` in one transaction: commits when it returns, rolls back when it throws. In one that is
 * repeatable read all its statements see the moment at which the first began.
 */
export async function inTransaction<T>(
  db: Database,
  work: (tx: Tx) => Promise<T>,
  isolation: "read committed" | "repeatable read" = "read committed",
): Promise<T> {
  const opened = db.transaction();
  const chosen = isolation === "read committed" ? opened : opened.setIsolationLevel(isolation);
  let enqueued = false;
  const result = await chosen.execute(async (opening) => {
    const tx = opening as Tx;
    const done = await work(tx);
    enqueued = enqueuing.has(tx);
    return done;
  });
  if (enqueued) for (const listener of db.afterEnqueue) listener();
  return result;
}

/**
 * Runs the one statement that `work` makes, which enqueues and commits by itself: a round trip where
 * `inTransaction` needs three. When the connection breaks, nobody knows whether it was committed.
 */
export async function inOneStatement<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  // A connection of the pool stands in for the transaction that the statement is.
  const result = await work(db as Db as Tx);
  for (const listener of db.afterEnqueue) listener();
  return result;
}

/** Runs reads that must agree with each other: all see the one moment at which the first began. */
export async function inSnapshot<T>(db: Db, read: (snapshot: Db) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(read);
}
