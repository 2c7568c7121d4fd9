/** Ground: what every part of a store stands on, opened in the order in which it is needed. */
import { join } from "node:path";
import { createSigner, type Signer } from "./audit/chain.ts";
import type { Config } from "./config.ts";
import { openStoreDatabase } from "./database.ts";
import {
  createClock,
  createSandboxClock,
  type SandboxClock,
  type StoreClock,
} from "./platform/clock.ts";
import { type Database, inTransaction } from "./platform/db.ts";
import { createIds, type Ids } from "./platform/ids.ts";
import { jobsChannel } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { createNotifier, type Notifier } from "./platform/notify.ts";
import { stayTheOnlyStore } from "./platform/only-store.ts";
import { createRandom, type Random } from "./platform/random.ts";
import { assertApplicationRole } from "./platform/roles.ts";
import { createSeal, readKeyFile, type Seal } from "./platform/seal.ts";
import { checkKey, clockOffsetMs, nameOf } from "./platform/store.ts";
import { seedShop } from "./seed.ts";

export interface Ground {
  readonly db: Database;
  readonly connectionString: string;
  readonly clock: StoreClock;
  /** The same clock where it can be moved: in a sandbox. */
  readonly sandboxClock: SandboxClock | undefined;
  readonly random: Random;
  readonly ids: Ids;
  readonly seal: Seal;
  /** Signs what is sealed of history. */
  readonly signer: Signer;
  readonly sealsFile: string;
  /** Tells other processes of what may be due. */
  readonly notifier: Notifier;
  /** False while nobody can tell whether this is the only store: the database is gone. */
  isOnlyStore(): boolean;
  onConnectionLost(error: Error): void;
}

export interface GroundDeps {
  readonly config: Config;
  readonly log: Log;
  /** Given by tests; otherwise a sandbox has the machine's time plus what the playground added. */
  readonly clock?: SandboxClock;
  readonly random?: Random;
  /** Given by tests, whose databases and connections outlive a store. */
  readonly openStoreDatabase?: typeof openStoreDatabase;
  /** Called when the store can no longer be sure of itself; the process should end. */
  readonly onFatal: (error: Error) => void;
}

const poolSize = 16;

/** Opens a shop's database, clock, key and catalog. `undo` collects what must be closed again. */
export async function openGround(
  deps: GroundDeps,
  undo: (() => Promise<unknown>)[],
): Promise<Ground> {
  const { config, log, openStoreDatabase: open = openStoreDatabase } = deps;
  const onConnectionLost = (error: Error) =>
    log.warn({ error: error.message }, "a database connection broke");

  const database = await open(config, deps.clock ?? createClock());
  undo.push(() => database.close());
  const { connectionString } = database;
  const only = await stayTheOnlyStore(connectionString, {
    onFatal: deps.onFatal,
    onBack: () => log.warn("the database is back"),
    onLost(error) {
      // Our own server ends for good; another's may come back.
      if (config.databaseUrl === undefined) return deps.onFatal(new Error(serverEnded(config)));
      log.error({ error: error.message }, "the database is gone: waiting for it");
    },
  });
  undo.push(() => only.release());
  const db = database.open({ poolSize, onPoolError: onConnectionLost });
  undo.push(() => db.destroy());
  await assertApplicationRole(db);
  const notifier = createNotifier(connectionString, onConnectionLost);
  undo.push(() => notifier.close());
  db.afterEnqueue.add(() => notifier.notify(jobsChannel));

  const sandboxClock =
    config.environment === "sandbox"
      ? (deps.clock ?? createSandboxClock({ offsetMs: await clockOffsetMs(db) }))
      : undefined;
  const clock = sandboxClock ?? createClock();
  const random = deps.random ?? createRandom();
  const ids = createIds(clock, random);
  await seedShop(db, { clock, ids }, config.environment);
  const key = readKeyFile(config.keyFile, random);
  const seal = createSeal(key, random);
  await inTransaction(db, (tx) => checkKey(tx, { seal }));
  return {
    db,
    connectionString,
    notifier,
    clock,
    sandboxClock,
    random,
    ids,
    seal,
    signer: createSigner(key),
    sealsFile: await sealsFileOf(config, db),
    isOnlyStore: only.held,
    onConnectionLost,
  };
}

/** Where the heads of seals are published: another database's would contradict ours. */
export async function sealsFileOf(
  { sealsFile, dataDir }: Pick<Config, "sealsFile" | "dataDir">,
  db: Database,
): Promise<string> {
  return sealsFile ?? join(dataDir, "seals", `${await nameOf(db)}.txt`);
}

function serverEnded({ dataDir }: Config): string {
  const log = join(dataDir, "postgres.log");
  return `The store's PostgreSQL has ended (its log is ${log}). Start again: nothing that was said is lost`;
}
