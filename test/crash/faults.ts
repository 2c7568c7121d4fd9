/** Faults: what a database does to whoever asks it, in a process of the test's own. */
import pg from "pg";

/** Given up in favour of another, as a victim of a circle, or the connection is gone before or after. */
const kinds = ["40001", "40P01", "lost before", "lost after"] as const;

type Fault = (typeof kinds)[number];

type Query = (config: unknown, values?: unknown, callback?: unknown) => unknown;
type Broken = { readonly connection: { readonly stream: { destroy(): void } } };

/** Makes queries of the store's pool go wrong, whenever `picks` says how, until `stop`. */
export function injectFaults(picks: () => Fault | undefined) {
  const prototype: { query: Query } = pg.Client.prototype;
  const { query } = prototype;
  const counts = new Map<Fault, number>();
  let deadlockCount = 0;

  const noteDeadlock = (error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === "40P01") deadlockCount++;
  };

  prototype.query = function (this: pg.Client & Broken, config, values, callback) {
    const text = typeof config === "object" && config !== null && "text" in config && config.text;
    // What ends a transaction that has failed already is not asked of anybody else.
    const spared = !isOfPool(this) || String(text || config) === "rollback";
    const fault = spared ? undefined : picks();
    if (fault === undefined) {
      const answer = query.call(this, config, values, callback);
      if (answer instanceof Promise) answer.catch(noteDeadlock);
      return answer;
    }
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
    switch (fault) {
      case "40001":
      case "40P01":
        // By the server, so that it also ends the transaction that is open.
        return query.call(
          this,
          `do $$ begin raise exception 'given up' using errcode = '${fault}'; end $$`,
        );
      case "lost before":
        this.connection.stream.destroy();
        return query.call(this, config, values, callback);
      case "lost after": {
        const answer = query.call(this, config, values, callback);
        return Promise.resolve(answer).then(() => {
          this.connection.stream.destroy();
          throw new Error("Connection terminated unexpectedly");
        });
      }
      default:
        return fault satisfies never;
    }
  };
  return {
    counts,
    /** Circles in which the store's own transactions waited: those that were injected are not in it. */
    deadlockCount: () => deadlockCount,
    total: () => [...counts.values()].reduce((sum, one) => sum + one, 0),
    stop() {
      prototype.query = query;
    },
  };
}

/** One of these, each as likely as the others. */
export const pickFault = (chance: number): Fault =>
  kinds[Math.floor(chance * kinds.length)] ?? "40001";

// A test asks over connections of other names.
const isOfPool = (client: pg.Client) =>
  "connectionParameters" in client &&
  (client.connectionParameters as { application_name?: string }).application_name === "konter";
