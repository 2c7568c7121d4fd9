/** Only store: the lock that makes a process the only store on its database. */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { keptAlive } from "./db.ts";

/** Thrown when the lock is another's. */
class AnotherStoreError extends Error {}

export interface OnlyStore {
  /** False while the database is gone: nobody can tell then who is the only one. */
  held(): boolean;
  release(): Promise<void>;
}

const lookAgainMs = 500;
// Our own lost session can hold the lock until the server notices that we are gone.
const longestContestMs = 15_000;
const connectTimeoutMs = 5_000;

/** Makes this process the only store on its database until the returned function is called. */
export async function beTheOnlyStore(
  connectionString: string,
  onLost: (error: Error) => void,
): Promise<() => Promise<void>> {
  const client = new pg.Client({
    connectionString,
    application_name: "konter start",
    connectionTimeoutMillis: connectTimeoutMs,
    ...keptAlive,
  });
  // Also for the time after it is lost: a broken connection may complain twice.
  let lost = (_error: Error) => {};
  client.on("error", (error) => lost(error));
  await client.connect();
  const { rows } = await client
    .query<{ locked: boolean }>("select pg_try_advisory_lock(hashtext('konter.start')) as locked")
    .catch(async (error: unknown) => {
      await client.end();
      throw error;
    });
  if (!rows[0]?.locked) {
    await client.end();
    throw new AnotherStoreError(
      "Another `konter start` runs on this database already. Stop it first, or give this one a " +
        "DATA_DIR and a PORT of its own",
    );
  }
  lost = (error) => {
    lost = () => {};
    onLost(error);
  };
  return () => {
    lost = () => {};
    return client.end();
  };
}

/**
 * The same for a database that may go and come back: the lock is taken again as soon as it can be.
 * `onLost` and `onBack` are told; `onFatal` when another store has it meanwhile.
 */
export async function stayTheOnlyStore(
  connectionString: string,
  tell: { onLost(error: Error): void; onBack(): void; onFatal(error: Error): void },
): Promise<OnlyStore> {
  const stopping = new AbortController();
  let release: (() => Promise<void>) | undefined;
  let regaining: Promise<void> | undefined;

  const onLost = (error: Error) => {
    release = undefined;
    tell.onLost(error);
    regaining = regain();
  };
  const regain = async () => {
    for (let contestedMs = 0; ; ) {
      await delay(lookAgainMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        release = await beTheOnlyStore(connectionString, onLost);
        return tell.onBack();
      } catch (error) {
        if (!(error instanceof AnotherStoreError)) continue;
        contestedMs += lookAgainMs;
        if (contestedMs >= longestContestMs) return tell.onFatal(error);
      }
    }
  };
  release = await beTheOnlyStore(connectionString, onLost);
  return {
    held: () => release !== undefined,
    async release() {
      stopping.abort();
      await regaining;
      await release?.();
    },
  };
}
