/** Shop: a store in a process that can be killed, and its simulated parties here, whose books survive it. */
import { startSimulators } from "../../simulators/world.ts";
import { createSandboxClock, type SandboxClock } from "../../src/platform/clock.ts";
import { type Database, openDatabase } from "../../src/platform/db.ts";
import { createSeededRandom } from "../../src/platform/random.ts";
import { getJson, postJson } from "../json.ts";
import type { Charge, SupplierPurchase } from "../world.ts";
import type { AtEnd, ShopDatabase } from "./databases.ts";

/** Opens a shop whose store has started. `prepare` says as which kind of process it runs. */
export async function openShop<
  Store extends { readonly url: string; start(): Promise<unknown> },
  Base extends ShopDatabase,
>(
  atEnd: AtEnd,
  options: {
    seed: number;
    databaseOf: (atEnd: AtEnd) => Promise<Base>;
    prepare: (
      atEnd: AtEnd,
      settings: Readonly<Record<string, string>>,
      clock: SandboxClock,
    ) => Promise<Store>;
  },
) {
  const database = await options.databaseOf(atEnd);
  const random = createSeededRandom(options.seed);
  const clock = createSandboxClock({});
  let storeUrl = "";
  const simulators = await startSimulators({
    port: 0,
    clock,
    randomBytes: random.bytes,
    storeUrl: () => storeUrl,
  });
  atEnd(() => simulators.close());
  const settings = { ...database.settings, SIMULATORS: JSON.stringify(simulators.parties) };
  const store = await options.prepare(atEnd, settings, clock);
  storeUrl = store.url;
  await store.start();
  const db = openDatabase({
    connectionString: await database.connectionString(),
    poolSize: 4,
    onPoolError: () => {}, // a server may die with its store
  });
  atEnd(() => db.destroy());

  const books = <T>(party: string) => getJson<T>(`${simulators.url}/${party}/_books`);
  return {
    db,
    clock,
    simulators,
    store,
    database,
    charges: async () => (await books<{ charges: Charge[] }>("midtrans")).charges,
    purchases: async () => (await books<{ purchases: SupplierPurchase[] }>("digiflazz")).purchases,
    /** From 0 to 1, by the seed. */
    chance: () => Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32,
    /** Moves the parties' clock first: for them a minute must have passed when the store says so. */
    async advance(seconds: number) {
      clock.advance(seconds * 1000);
      await postJson(`${store.url}/sandbox/clock`, { advance_seconds: seconds });
    },
    /** How many jobs are due or running. */
    async openJobs() {
      const jobs = await db
        .selectFrom("jobs")
        .select("id")
        .where("state", "<>", "dead")
        .where((is) => is.or([is("state", "=", "running"), is("run_at", "<=", clock.now())]))
        .execute();
      return jobs.length;
    },
  };
}

/** Every job there is, for whoever must find out why something never came true. */
export async function describeJobs(db: Database): Promise<string> {
  const jobs = await db.selectFrom("jobs").selectAll().execute();
  return jobs
    .map(
      (job) =>
        `${job.state} ${job.name} ${job.run_at.toISOString()} ${job.lease_until?.toISOString() ?? ""} ${job.last_error ?? ""}\n`,
    )
    .join("");
}

/** The median and the longest, in words. */
export function timesToReady(restartsMs: readonly number[]): string {
  const sorted = restartsMs.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `${sorted.length} restarts; to ready: median ${median} ms, longest ${sorted.at(-1)} ms`;
}
