/**
 * Notify: tells other processes that something changed, and hears it from them. A hint and no more:
 * it can be lost with the connection, so whoever listens also looks by itself now and then.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { keptAlive } from "./db.ts";

// Each notice is a commit that takes a lock of the whole server, so many are sent as one.
const pauseMs = 5;
const reconnectMs = 500;

export interface Notifier {
  /** Sends a notice soon. Call it after the commit; never waits and never throws. */
  notify(channel: string): void;
  /**
   * Hears a channel from now on, for one listener. `onNotice` is also called whenever listening begins,
   * because what was said before was not heard; and not for what this notifier says, whose process
   * knows it already.
   */
  listen(channel: string, onNotice: () => void): void;
  /** Sends what is still to be sent, if it is connected, and closes the connection. */
  close(): Promise<void>;
}

/** Makes a notifier with a connection of its own, opened when it is first used and again when it breaks. */
export function createNotifier(
  connectionString: string,
  onTrouble: (error: Error) => void,
): Notifier {
  const pending = new Set<string>();
  const listeners = new Map<string, () => void>();
  const closing = new AbortController();
  const closed = new Promise<void>((done) => {
    closing.signal.addEventListener("abort", () => done());
  });
  let client: pg.Client | undefined;
  let sending: Promise<void> | undefined;
  let flush = () => {};
  let breakOff: (error: unknown) => void = () => {};
  let keeping: Promise<void> | undefined;

  const send = async (on: pg.Client) => {
    while (pending.size > 0) {
      const channels = [...pending];
      pending.clear();
      try {
        await on.query("select pg_notify(channel, '') from unnest($1::text[]) channel", [channels]);
      } catch (error) {
        for (const channel of channels) pending.add(channel);
        breakOff(error);
        break;
      }
      await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
    }
    sending = undefined;
  };
  const hear = async (on: pg.Client, channel: string, onNotice: () => void) => {
    await on.query(`listen ${on.escapeIdentifier(channel)}`);
    onNotice();
  };

  /** Lasts as long as a connection. Rejects when it breaks. */
  const session = async () => {
    const opened = new pg.Client({
      connectionString,
      application_name: "konter notify",
      ...keptAlive,
    });
    const broken = Promise.withResolvers<never>();
    broken.promise.catch(() => {}); // it also ends when we close it
    opened.on("error", broken.reject);
    opened.on("end", () => broken.reject(new Error("the connection for notices ended")));
    try {
      await opened.connect();
      // A notice survives no crash anyway, so it need not wait for the disk.
      const { rows } = await opened.query<{ pid: number }>(
        "select pg_backend_pid() as pid, set_config('synchronous_commit', 'off', false)",
      );
      const own = rows[0]?.pid;
      opened.on("notification", ({ channel, processId }) => {
        if (processId !== own) listeners.get(channel)?.();
      });
      for (const [channel, onNotice] of listeners) await hear(opened, channel, onNotice);
      [client, breakOff] = [opened, broken.reject];
      flush = () => {
        if (pending.size > 0) sending ??= send(opened);
      };
      flush();
      await Promise.race([broken.promise, closed]);
      await sending;
    } finally {
      [client, flush] = [undefined, () => {}];
      await opened.end().catch(() => {});
    }
  };

  const keep = async () => {
    while (!closing.signal.aborted) {
      try {
        await session();
      } catch (error) {
        if (closing.signal.aborted) break;
        onTrouble(error instanceof Error ? error : new Error(String(error)));
        await delay(reconnectMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  };

  return {
    notify(channel) {
      pending.add(channel);
      keeping ??= keep();
      flush();
    },
    listen(channel, onNotice) {
      listeners.set(channel, onNotice);
      keeping ??= keep();
      // One that cannot be heard is heard when the connection is opened again.
      if (client !== undefined) hear(client, channel, onNotice).catch(breakOff);
    },
    async close() {
      closing.abort();
      await keeping;
    },
  };
}
