/**
 * Notify: tells other processes that something changed, and hears it from them. A hint and no more:
 * it can be lost with a connection, so whoever listens also looks by itself now and then.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { keptAlive } from "./db.ts";

// Each notice is a commit that takes a lock of the whole server, so many are sent as one.
const pauseMs = 5;
const reconnectMs = 500;

export interface Notifier {
  /** Its session on the server, which a listener of the same process need not hear. */
  processId(): number | undefined;
  /** Sends a notice soon. Call it after the commit; never waits and never throws. */
  notify(channel: string): void;
  /** Sends what is still to be sent, if it can, and closes the connection. */
  close(): Promise<void>;
}

/** Makes a notifier with a connection of its own, opened at the first notice and again when it breaks. */
export function createNotifier(
  connectionString: string,
  onTrouble: (error: Error) => void,
): Notifier {
  const pending = new Set<string>();
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let processId: number | undefined;
  let sending: Promise<void> | undefined;

  const connect = async () => {
    const opened = new pg.Client({ connectionString, application_name: "konter notify" });
    // A broken connection is noticed by the next notice.
    opened.on("error", () => {});
    await opened.connect();
    // A notice survives no crash anyway, so it need not wait for the disk.
    const { rows } = await opened.query<{ pid: number }>(
      "select pg_backend_pid() as pid, set_config('synchronous_commit', 'off', false)",
    );
    processId = rows[0]?.pid;
    return opened;
  };

  const send = async () => {
    while (pending.size > 0) {
      const channels = [...pending];
      pending.clear();
      try {
        client ??= await connect();
        await client.query("select pg_notify(channel, '') from unnest($1::text[]) channel", [
          channels,
        ]);
        await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      } catch (error) {
        client?.end().catch(() => {});
        [client, processId] = [undefined, undefined];
        onTrouble(error instanceof Error ? error : new Error(String(error)));
        if (closing.signal.aborted) break;
        for (const channel of channels) pending.add(channel);
        await delay(reconnectMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
    sending = undefined;
  };

  return {
    processId: () => processId,
    notify(channel) {
      pending.add(channel);
      sending ??= send();
    },
    async close() {
      closing.abort();
      await sending;
      await client?.end();
    },
  };
}

export interface Listener {
  close(): Promise<void>;
}

/**
 * Listens on a connection of its own, which is opened again by itself when it breaks. `onNotice` is
 * also called whenever listening begins, because what was said before was not heard; and not for what
 * `own` says, whose process knows it already.
 */
export function listen(
  { connectionString, own }: { connectionString: string; own?: Notifier },
  channel: string,
  onNotice: () => void,
  onTrouble: (error: Error) => void,
): Listener {
  const closing = new AbortController();
  const closed = new Promise<void>((done) => {
    closing.signal.addEventListener("abort", () => done());
  });

  const session = async () => {
    const client = new pg.Client({
      connectionString,
      application_name: "konter listen",
      ...keptAlive,
    });
    const broken = new Promise<never>((_, reject) => {
      client.on("error", reject);
      client.on("end", () => reject(new Error("the listening connection ended")));
    });
    broken.catch(() => {}); // it also ends when we close it
    try {
      await client.connect();
      client.on("notification", ({ processId }) => {
        if (processId !== own?.processId()) onNotice();
      });
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      onNotice();
      await Promise.race([broken, closed]);
    } finally {
      await client.end().catch(() => {});
    }
  };

  const listening = (async () => {
    while (!closing.signal.aborted) {
      try {
        await session();
      } catch (error) {
        if (closing.signal.aborted) break;
        onTrouble(error instanceof Error ? error : new Error(String(error)));
        await delay(reconnectMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  })();

  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}
