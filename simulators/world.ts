/** The sandbox world: one loopback server that hosts every simulated party under its own prefix. */
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import type { SimulatedClock } from "./clock.ts";
import { registerDigiflazz } from "./digiflazz/digiflazz.ts";
import { type DiscordOptions, registerDiscord } from "./discord/discord.ts";
import { registerMidtrans } from "./midtrans/midtrans.ts";
import type { PartyContext } from "./party.ts";
import { createSteps } from "./steps.ts";
import { registerVipReseller } from "./vip-reseller/vip-reseller.ts";

export type { SimulatedClock };

export interface SimulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: SimulatedClock;
  randomBytes(length: number): Uint8Array;
  /** Where webhooks go: what the parties' dashboards would hold. */
  readonly storeUrl: string | (() => string);
  /** With a directory the books survive a restart. */
  readonly booksDirectory?: string;
  log?(entry: object): void;
  /** Told of every request of a bot to Discord with its answer; by tests. */
  observeDiscord?: DiscordOptions["observe"];
}

export interface Simulators {
  readonly url: string;
  readonly parties: Parties;
  /** Resolves when nothing that is due by the clock is under way; a sleeping step does not count. */
  idle(): Promise<void>;
  /** When a party next does something by itself, in milliseconds since 1970; nothing: Infinity. */
  nextDueMs(): number;
  close(): Promise<void>;
}

type Register<Party> = (scope: FastifyInstance, context: PartyContext) => Party;

interface Parties {
  midtrans: { base_url: string; server_key: string; merchant_id: string };
  digiflazz: {
    base_url: string;
    username: string;
    api_key: string;
    development_key: string;
    webhook_secret: string;
  };
  vip_reseller: { base_url: string; api_id: string; api_key: string };
  discord: {
    base_url: string;
    token: string;
    application_id: string;
    guild_id: string;
    channel_id: string;
    staff_channel_id: string;
  };
}

export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const { clock, randomBytes, storeUrl, booksDirectory } = options;
  const steps = createSteps(clock);
  const app = fastify({ forceCloseConnections: true });
  allowLoopbackPages(app);
  let url = "";

  const contextOf = (party: string): PartyContext => ({
    clock,
    steps,
    randomBytes,
    baseUrl: () => `${url}/${party}`,
    storeUrl: () => (typeof storeUrl === "string" ? storeUrl : storeUrl()),
    booksFile: booksDirectory === undefined ? undefined : join(booksDirectory, `${party}.json`),
    log: options.log ?? (() => {}),
  });
  const host = async <Party>(party: string, register: Register<Party>): Promise<Party> =>
    hostParty(app, `/${party}`, (scope) => register(scope, contextOf(party)));

  const midtrans = await host("midtrans", registerMidtrans);
  const digiflazz = await host("digiflazz", registerDigiflazz);
  const vipReseller = await host("vip-reseller", registerVipReseller);
  const discord = await registerDiscord(app, {
    ...contextOf("discord"),
    observe: options.observeDiscord,
  });

  async function close(): Promise<void> {
    await steps.close();
    await discord.close();
    await app.close();
  }
  try {
    url = await app.listen({ port: options.port, host: "127.0.0.1" });
  } catch (error) {
    await close();
    throw error;
  }
  midtrans.resume();
  digiflazz.resume();

  return {
    url,
    parties: {
      midtrans: { base_url: `${url}/midtrans`, ...midtrans.credentials },
      digiflazz: { base_url: `${url}/digiflazz/v1`, ...digiflazz.credentials },
      vip_reseller: { base_url: `${url}/vip-reseller/api`, ...vipReseller.credentials },
      discord: { base_url: `${url}/discord/api`, ...discord.credentials },
    },
    async idle() {
      await Promise.all([steps.idle(), discord.idle()]);
    },
    nextDueMs: steps.nextDueMs,
    close,
  };
}

/** Each party lives in its own scope, so that one's body parsers are not another's. */
async function hostParty<Party>(
  app: FastifyInstance,
  prefix: string,
  register: (scope: FastifyInstance) => Party,
): Promise<Party> {
  const registered: Party[] = [];
  await app.register(async (scope) => void registered.push(register(scope)), { prefix });
  const [party] = registered;
  if (party === undefined) throw new Error(`nobody registered under ${prefix}`);
  return party;
}

/** Pages served from this machine may call every route; pages from elsewhere get no permission. */
function allowLoopbackPages(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    reply.header("vary", "Origin");
    if (origin === undefined || !/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin)) return;
    reply.header("access-control-allow-origin", origin);
  });
  app.options("/*", (request, reply) => {
    if (!reply.hasHeader("access-control-allow-origin")) return reply.code(403).send();
    const wanted = request.headers["access-control-request-headers"] ?? "content-type";
    return reply
      .code(204)
      .header("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
      .header("access-control-allow-headers", wanted)
      .header("access-control-max-age", "600")
      .send();
  });
}
