/** Main: composition root; builds everything once and starts it in the order it is needed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulators } from "../simulators/world.ts";
import { buildServer } from "./api/server.ts";
import { createCatalogCache } from "./catalog/cache.ts";
import { reportDeadJob } from "./dead-jobs.ts";
import { createBot } from "./discord/bot.ts";
import { createVipResellerChecker } from "./game-accounts/adapters/vip-reseller.ts";
import { createNicknameLookup } from "./game-accounts/look-up.ts";
import { type Ground, type GroundDeps, openGround } from "./ground.ts";
import { jobHandlers, recurringJobs } from "./job-handlers.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createPlacer } from "./orders/placer.ts";
import { checkParties } from "./party-check.ts";
import {
  type Parties,
  type PartyName,
  partiesSchema,
  type Standing,
  standingOf,
} from "./party-settings.ts";
import { gatewayFactories } from "./payments/adapters/factory.ts";
import { isDatabaseGone as isUnreachable } from "./platform/database-problem.ts";
import type { Database } from "./platform/db.ts";
import { createPublisher, type Publish } from "./platform/events.ts";
import type { Fetch } from "./platform/http.ts";
import { type JobHandler, jobsChannel } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { createPartyFetch } from "./platform/party-fetch.ts";
import { keepRecurring } from "./platform/recurring.ts";
import { finishWithin } from "./platform/stop.ts";
import { endLeases, startWorker, type Worker } from "./platform/worker.ts";
import { subscribers } from "./subscribers.ts";
import { supplierFactories } from "./suppliers/adapters/factory.ts";
import { createReporter } from "./suppliers/reporter.ts";

export interface Store {
  /** Where it listens. */
  readonly url: string;
  /** Absent where Discord is the real one, which needs no playground. */
  readonly playgroundUrl: string | undefined;
  readonly standings: Readonly<Record<PartyName, Standing | undefined>>;
  readonly db: Database;
  /** Resolves when no interaction and no due job is under way. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export interface StoreDeps extends GroundDeps {
  /** Given by tests that stand between the store and a party. */
  readonly fetch?: Fetch;
}

type Undo = (() => Promise<unknown>)[];

const root = join(fileURLToPath(new URL(".", import.meta.url)), "..");
// A party may take its time; whatever is not finished by then goes on at the next start.
const longestFinishMs = 10_000;

/** Starts a store. What was started is stopped again when a later step fails. */
export async function startStore(deps: StoreDeps): Promise<Store> {
  const undo: Undo = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const ground = await openGround(deps, undo);
    return { ...(await openShop(deps, ground, undo)), db: ground.db, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The parties, the edges and the worker, on open ground. */
async function openShop(
  deps: StoreDeps,
  ground: Ground,
  undo: Undo,
): Promise<Omit<Store, "db" | "stop">> {
  const { config, log } = deps;
  const { db, clock } = ground;
  let storeUrl = `http://127.0.0.1:${config.port}`;
  const parties = await reachParties(deps, ground, () => storeUrl, undo);
  const standings = standingsOf(parties);
  const metrics = createMetrics(baseUrls(parties));
  const { bot, ...outside } = await buildOutside(deps, ground, parties, metrics);
  const publish = createPublisher({ clock }, subscribers);
  const catalog = createCatalogCache({ db, clock });
  const placer = createPlacer({ db, clock, log });
  const reporter = createReporter(db, { ...ground, log, publish });
  const shared = { ...ground, ...outside, catalog, log, placer, publish, reporter };
  const publicUrl = () => config.publicUrl ?? storeUrl;
  const playground = standings.discord === "simulator" ? playgroundOf(parties) : undefined;
  const sandbox = ground.sandboxClock && { clock: ground.sandboxClock, playground };
  const server = await buildServer({
    ...shared,
    publicUrl,
    trustedProxies: config.trustedProxies,
    walletOrigins: standings.midtrans === "simulator" ? [originOf(parties.midtrans)] : [],
    sandbox,
    notReady: () => [
      ...(bot.ready() ? [] : ["discord"]),
      ...(ground.isOnlyStore() ? [] : ["database"]),
    ],
  });
  undo.push(() => server.close());
  storeUrl = await server.listen({ host: config.host, port: config.port });
  await endLeases(db, { clock });
  await keepRecurring(db, { clock }, recurringJobs);
  const jobs = jobHandlers({
    ...shared,
    responder: bot.responder,
    publicUrl: publicUrl(),
    staffChannelId: config.staffChannelId ?? parties.discord.staff_channel_id,
  });
  const worker = config.worker ? runWorker(shared, jobs, () => server.close(), undo) : undefined;
  undo.push(() => bot.stop());
  await bot.start(shared).catch((cause: unknown) => {
    throw isUnreachable(cause) ? discordIsAway(parties, standings.discord, cause) : cause;
  });
  if (config.metricsPort !== 0) {
    const discordConnected = () => bot.ready();
    undo.push(await metrics.serve({ db, clock, discordConnected, port: config.metricsPort }));
  }
  const quiet = async () => {
    await bot.idle();
    await worker?.quiet();
  };
  const playgroundUrl = sandbox?.playground && `${storeUrl}/playground/`;
  return { url: storeUrl, playgroundUrl, standings, quiet };
}

/** Does the jobs, also those that another process tells of, and stops in good order. */
function runWorker(
  deps: Ground & { log: Log; publish: Publish },
  handlers: Readonly<Record<string, JobHandler>>,
  closeEdge: () => Promise<void>,
  undo: Undo,
): Worker {
  const { log } = deps;
  const worker = startWorker(
    { ...deps, onDead: (tx, job) => reportDeadJob(tx, deps, job) },
    handlers,
  );
  undo.push(async () => {
    // Nothing new comes in while what was begun is finished.
    await closeEdge();
    const finished = await finishWithin(worker.stop(), longestFinishMs);
    if (!finished) log.warn("jobs still run: the next start goes on with them");
  });
  deps.notifier.listen(jobsChannel, worker.wake);
  return worker;
}

/** The real parties that the settings name, and the simulators of the others. */
async function reachParties(
  { config, log }: StoreDeps,
  { clock, random }: Ground,
  storeUrl: () => string,
  undo: Undo,
): Promise<Parties> {
  const { midtrans, digiflazz, vip_reseller, discord } = config.parties;
  if (midtrans && digiflazz && vip_reseller && discord) {
    return { midtrans, digiflazz, vip_reseller, discord };
  }
  assert.equal(config.environment, "sandbox", "a live shop uses no simulator");
  let simulated = config.simulators;
  if (simulated === undefined) {
    const simulators = await startSimulators({
      port: config.simulatorPort,
      clock,
      randomBytes: random.bytes,
      storeUrl,
      booksDirectory: join(config.dataDir, "simulators"),
      log: (entry) => log.debug(entry, "simulator"),
    });
    undo.push(() => simulators.close());
    simulated = partiesSchema.parse(simulators.parties);
  }
  return {
    midtrans: midtrans ?? simulated.midtrans,
    digiflazz: digiflazz ?? simulated.digiflazz,
    vip_reseller: vip_reseller ?? simulated.vip_reseller,
    discord: discord ?? simulated.discord,
  };
}

/** One adapter for each party. Throws when a real one refuses our credentials. */
async function buildOutside(deps: StoreDeps, ground: Ground, parties: Parties, metrics: Metrics) {
  const { clock } = ground;
  const outside = {
    clock,
    fetch: deps.fetch ?? createPartyFetch({ clock }),
    onCall: metrics.onCall,
  };
  await refuseWrongCredentials(deps, outside);
  const checker = createVipResellerChecker(outside, {
    baseUrl: parties.vip_reseller.base_url,
    apiId: parties.vip_reseller.api_id,
    apiKey: parties.vip_reseller.api_key,
  });
  return {
    gateway: gatewayFactories.midtrans(outside, parties.midtrans),
    supplier: supplierFactories.digiflazz(outside, parties.digiflazz),
    lookup: createNicknameLookup({ clock, checker }),
    bot: createBot({
      apiUrl: parties.discord.base_url,
      token: parties.discord.token,
      applicationId: parties.discord.application_id,
    }),
  };
}

/** A key of the other world, or a mistyped one, is better known now than at the first payment. */
async function refuseWrongCredentials(
  { config, log }: StoreDeps,
  outside: Parameters<typeof checkParties>[0],
): Promise<void> {
  const checked = await checkParties(outside, config.parties);
  const sentences: string[] = [];
  for (const party of checked) {
    if (party.verdict === "accepted") continue;
    const sentence = `${party.label} ${party.detail}: ${party.advice}`;
    if (party.verdict === "refused") sentences.push(sentence);
    else log.warn(sentence);
  }
  if (sentences.length > 0) throw new Error(sentences.join("\n"));
}

function discordIsAway({ discord }: Parties, standing: Standing | undefined, cause: unknown) {
  const advice =
    standing === "simulator"
      ? "is `konter simulate` running?"
      : "check the network and start again";
  return new Error(`Discord does not answer at ${originOf(discord)}: ${advice}`, { cause });
}

function playgroundOf(parties: Parties) {
  // The phone's wallet pays at a simulator only, and only a simulator can be made to fail.
  const simulated = (name: "midtrans" | "digiflazz" | "vip_reseller", path: string) =>
    standingOf(name, parties[name]) === "simulator"
      ? new URL(path, parties[name].base_url).href
      : null;
  return {
    directory: join(root, "playground", "dist"),
    config: {
      discord_url: new URL("/discord", parties.discord.base_url).href,
      midtrans_url: simulated("midtrans", "/midtrans"),
      digiflazz_url: simulated("digiflazz", "/digiflazz"),
      vip_reseller_url: simulated("vip_reseller", "/vip-reseller"),
    },
  };
}

function standingsOf(parties: Parties) {
  return {
    midtrans: standingOf("midtrans", parties.midtrans),
    digiflazz: standingOf("digiflazz", parties.digiflazz),
    vip_reseller: standingOf("vip_reseller", parties.vip_reseller),
    discord: standingOf("discord", parties.discord),
  };
}

function baseUrls(parties: Parties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parties).map(([party, settings]) => [party, settings.base_url]),
  );
}

function originOf(party: { base_url: string }): string {
  return new URL(party.base_url).origin;
}
