/** Main: composition root; builds everything once and starts it in the order it is needed. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulators } from "../simulators/world.ts";
import { buildServer } from "./api/server.ts";
import { type Config, partiesSchema } from "./config.ts";
import { beTheOnlyStore, openStoreDatabase } from "./database.ts";
import { createBot } from "./discord/bot.ts";
import { createVipResellerChecker } from "./game-accounts/adapters/vip-reseller.ts";
import { jobHandlers } from "./job-handlers.ts";
import { gatewayFactories } from "./payments/adapters/factory.ts";
import { createSandboxClock, type SandboxClock } from "./platform/clock.ts";
import { type Database, openDatabase } from "./platform/db.ts";
import { createPublisher } from "./platform/events.ts";
import { createIds } from "./platform/ids.ts";
import { endLeases, startWorker } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { createRandom, type Random } from "./platform/random.ts";
import { assertApplicationRole } from "./platform/roles.ts";
import { clockOffsetMs } from "./platform/store.ts";
import { seedSandbox } from "./seed.ts";
import { subscribers } from "./subscribers.ts";
import { supplierFactories } from "./suppliers/adapters/factory.ts";

export interface Store {
  readonly url: string;
  readonly db: Database;
  readonly clock: SandboxClock;
  /** Resolves when no interaction and no due job is under way. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export interface StoreDeps {
  readonly config: Config;
  readonly log: Log;
  /** Given by tests; otherwise the machine's time plus what the playground added. */
  readonly clock?: SandboxClock;
  readonly random?: Random;
  /** Given by tests that stand between the store and a party. */
  readonly fetch?: typeof fetch;
  /** Called when the store can no longer be sure of itself; the process should end. */
  readonly onFatal: (error: Error) => void;
}

const root = join(fileURLToPath(new URL(".", import.meta.url)), "..");
const poolSize = 16;

/** Starts a sandbox store. What was started is stopped again when a later step fails. */
export async function startStore(deps: StoreDeps): Promise<Store> {
  const { config, log } = deps;
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const database = await openStoreDatabase(config);
    undo.push(() => database.close());
    undo.push(await beTheOnlyStore(database.connectionString, deps.onFatal));
    const db = openDatabase({
      connectionString: database.connectionString,
      poolSize,
      onPoolError: (error) => log.warn({ error: error.message }, "a database connection broke"),
    });
    undo.push(() => db.destroy());
    await assertApplicationRole(db);
    const clock = deps.clock ?? createSandboxClock({ offsetMs: await clockOffsetMs(db) });
    const random = deps.random ?? createRandom();
    const ids = createIds(clock, random);
    await seedSandbox(db, { clock, ids });

    let storeUrl = `http://127.0.0.1:${config.port}`;
    let parties = config.parties;
    if (parties === undefined) {
      const simulators = await startSimulators({
        port: config.simulatorPort,
        clock,
        randomBytes: random.bytes,
        storeUrl: () => storeUrl,
        booksDirectory: join(config.dataDir, "simulators"),
        log: (entry) => log.debug(entry, "simulator"),
      });
      undo.push(() => simulators.close());
      parties = partiesSchema.parse(simulators.parties);
    }

    const outside = { clock, fetch: deps.fetch ?? fetch };
    const gateway = gatewayFactories.midtrans(outside, parties.midtrans);
    const supplier = supplierFactories.digiflazz(outside, parties.digiflazz);
    const checker = createVipResellerChecker(outside, {
      baseUrl: parties.vip_reseller.base_url,
      apiId: parties.vip_reseller.api_id,
      apiKey: parties.vip_reseller.api_key,
    });
    const bot = createBot({
      apiUrl: parties.discord.base_url,
      token: parties.discord.token,
      applicationId: parties.discord.application_id,
    });
    const publish = createPublisher({ clock }, subscribers);
    const shared = { db, clock, ids, log, publish, gateway, supplier, checker };
    const simulated = new URL(parties.midtrans.base_url);
    const server = await buildServer({
      ...shared,
      walletOrigins: [simulated.origin],
      playgroundDir: join(root, "playground", "dist"),
      playgroundConfig: {
        discord_url: new URL("/discord", parties.discord.base_url).href,
        midtrans_url: parties.midtrans.base_url,
        channel_id: parties.discord.channel_id,
      },
      notReady: () => (bot.ready() ? [] : ["discord"]),
    });
    undo.push(() => server.close());
    // A sandbox store listens on loopback only.
    storeUrl = await server.listen({ host: "127.0.0.1", port: config.port });
    await endLeases(db, { clock });
    const worker = startWorker(
      shared,
      jobHandlers({ ...shared, responder: bot.responder, publicUrl: storeUrl }),
    );
    undo.push(() => worker.stop());
    undo.push(() => bot.stop());
    await bot.start(shared);
    const quiet = async () => {
      await bot.idle();
      await worker.quiet();
    };
    return { url: storeUrl, db, clock, quiet, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
