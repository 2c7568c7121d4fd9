/** Main: composition root; builds everything once and starts it in the order it is needed. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulators } from "../simulators/world.ts";
import { buildServer } from "./api/server.ts";
import { createCatalogCache } from "./catalog/cache.ts";
import { type Config, type Parties, partiesSchema } from "./config.ts";
import { openStoreDatabase } from "./database.ts";
import { createBot } from "./discord/bot.ts";
import { createVipResellerChecker } from "./game-accounts/adapters/vip-reseller.ts";
import { createNicknameLookup } from "./game-accounts/look-up.ts";
import { jobHandlers, recurringJobs } from "./job-handlers.ts";
import { createMetrics } from "./metrics.ts";
import { gatewayFactories } from "./payments/adapters/factory.ts";
import { createSandboxClock, type SandboxClock } from "./platform/clock.ts";
import { isDatabaseGone as isUnreachable } from "./platform/database-problem.ts";
import { type Database, inTransaction, openDatabase } from "./platform/db.ts";
import { createPublisher } from "./platform/events.ts";
import type { Fetch } from "./platform/http.ts";
import { createIds } from "./platform/ids.ts";
import { jobsChannel } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { createNotifier, listen } from "./platform/notify.ts";
import { stayTheOnlyStore } from "./platform/only-store.ts";
import { createPartyFetch } from "./platform/party-fetch.ts";
import { createRandom, type Random } from "./platform/random.ts";
import { keepRecurring } from "./platform/recurring.ts";
import { assertApplicationRole } from "./platform/roles.ts";
import { createSeal, readKeyFile } from "./platform/seal.ts";
import { finishWithin } from "./platform/stop.ts";
import { checkKey, clockOffsetMs } from "./platform/store.ts";
import { endLeases, startWorker } from "./platform/worker.ts";
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
  readonly fetch?: Fetch;
  /** Called when the store can no longer be sure of itself; the process should end. */
  readonly onFatal: (error: Error) => void;
}

const root = join(fileURLToPath(new URL(".", import.meta.url)), "..");
const poolSize = 16;
// A party may take its time; whatever is not finished by then goes on at the next start.
const longestFinishMs = 10_000;

/** Starts a sandbox store. What was started is stopped again when a later step fails. */
export async function startStore(deps: StoreDeps): Promise<Store> {
  const { config, log } = deps;
  const undo: (() => Promise<unknown>)[] = [];
  const onConnectionLost = (error: Error) =>
    log.warn({ error: error.message }, "a database connection broke");
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const database = await openStoreDatabase(config);
    undo.push(() => database.close());
    const only = await stayTheOnlyStore(database.connectionString, {
      onFatal: deps.onFatal,
      onBack: () => log.warn("the database is back"),
      onLost(error) {
        // Our own server ends for good; another's may come back.
        if (config.databaseUrl === undefined) return deps.onFatal(new Error(serverEnded(config)));
        log.error({ error: error.message }, "the database is gone: waiting for it");
      },
    });
    undo.push(() => only.release());
    const db = openDatabase({
      connectionString: database.connectionString,
      poolSize,
      onPoolError: onConnectionLost,
    });
    undo.push(() => db.destroy());
    await assertApplicationRole(db);
    const notifier = createNotifier(database.connectionString, onConnectionLost);
    undo.push(() => notifier.close());
    db.afterCommit.add(() => notifier.notify(jobsChannel));
    const clock = deps.clock ?? createSandboxClock({ offsetMs: await clockOffsetMs(db) });
    const random = deps.random ?? createRandom();
    const ids = createIds(clock, random);
    await seedSandbox(db, { clock, ids });
    const seal = createSeal(readKeyFile(config.keyFile, random), random);
    await inTransaction(db, (tx) => checkKey(tx, { seal }));

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

    const metrics = createMetrics(baseUrls(parties));
    const outside = {
      clock,
      fetch: deps.fetch ?? createPartyFetch({ clock }),
      onCall: metrics.onCall,
    };
    const gateway = gatewayFactories.midtrans(outside, parties.midtrans);
    const supplier = supplierFactories.digiflazz(outside, parties.digiflazz);
    const checker = createVipResellerChecker(outside, {
      baseUrl: parties.vip_reseller.base_url,
      apiId: parties.vip_reseller.api_id,
      apiKey: parties.vip_reseller.api_key,
    });
    const lookup = createNicknameLookup({ clock, checker });
    const bot = createBot({
      apiUrl: parties.discord.base_url,
      token: parties.discord.token,
      applicationId: parties.discord.application_id,
    });
    const publish = createPublisher({ clock }, subscribers);
    const catalog = createCatalogCache({ db, clock });
    const shared = { seal, db, catalog, clock, ids, log, publish, gateway, supplier, lookup };
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
      notReady: () => [...(bot.ready() ? [] : ["discord"]), ...(only.held() ? [] : ["database"])],
    });
    undo.push(() => server.close());
    // A sandbox store listens on loopback only.
    storeUrl = await server.listen({ host: "127.0.0.1", port: config.port });
    await endLeases(db, { clock });
    await keepRecurring(db, { clock }, recurringJobs);
    const worker = startWorker(
      { ...shared, random },
      jobHandlers({ ...shared, responder: bot.responder, publicUrl: storeUrl }),
    );
    undo.push(async () => {
      // Nothing new comes in while what was begun is finished.
      await server.close();
      const finished = await finishWithin(worker.stop(), longestFinishMs);
      if (!finished) log.warn("jobs still run: the next start goes on with them");
    });
    const listener = listen(database.connectionString, jobsChannel, worker.wake, onConnectionLost);
    undo.push(() => listener.close());
    undo.push(() => bot.stop());
    await bot.start(shared).catch((cause: unknown) => {
      if (!isUnreachable(cause)) throw cause;
      const where = new URL(parties.discord.base_url).origin;
      throw new Error(`Discord does not answer at ${where}: is \`konter simulate\` running?`, {
        cause,
      });
    });
    if (config.metricsPort !== 0) {
      const discordConnected = () => bot.ready();
      undo.push(await metrics.serve({ db, clock, discordConnected, port: config.metricsPort }));
    }
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

function serverEnded({ dataDir }: Config): string {
  const log = join(dataDir, "postgres.log");
  return `The store's PostgreSQL has ended (its log is ${log}). Start again: nothing that was said is lost`;
}

function baseUrls(parties: Parties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parties).map(([party, settings]) => [party, settings.base_url]),
  );
}
