/** The simulator of Discord: Gateway, REST v10 and a person's client, on one Fastify app under /discord. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { SimulatedClock } from "../clock.ts";
import { registerFaults } from "../faults.ts";
import { keepRawBodies } from "../wire.ts";
import { createAudience, registerClient } from "./client.ts";
import { createGateway, type Interruption } from "./gateway.ts";
import { applicationObject, botUser, guildObject } from "./identity.ts";
import { createInteractions } from "./interactions.ts";
import { createMessages } from "./messages.ts";
import { type RestDeps, registerRest } from "./rest.ts";
import { openState, type State } from "./state.ts";

export interface DiscordOptions {
  clock: SimulatedClock;
  randomBytes(length: number): Uint8Array;
  /** Known once the server listens, such as http://127.0.0.1:8090/discord. */
  baseUrl: () => string;
  /** With a file the conversation, the commands and the counters survive a restart. */
  booksFile?: string | undefined;
  log?(entry: object): void;
  observe?: RestDeps["observe"];
}

export interface Discord {
  credentials: {
    token: string;
    application_id: string;
    guild_id: string;
    channel_id: string;
    staff_channel_id: string;
  };
  /** Resolves when no request of the bot is being answered; a person waiting does not count. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const prefix = "/discord";
const heartbeatMs = 41_250;

export function registerDiscord(app: FastifyInstance, options: DiscordOptions): Discord {
  const { baseUrl, log = () => {} } = options;
  const state = openState(options);
  const { data } = state;
  const gatewayUrl = () => `${baseUrl().replace(/^http/, "ws")}/gateway`;

  const audience = createAudience(state);
  const messages = createMessages(state, baseUrl, audience.announce);
  const gateway = createGateway({
    token: data.token,
    nowMs: state.nowMs,
    mintSessionId: () => state.randomText(16),
    ready: (hasGuilds) => {
      const { id, flags } = applicationObject(data);
      return {
        v: 10,
        user: botUser(data),
        guilds: hasGuilds ? [{ id: data.guildId, unavailable: true }] : [],
        resume_gateway_url: gatewayUrl(),
        shard: [0, 1],
        application: { id, flags },
      };
    },
    guild: () => guildObject(data),
    heartbeatMs,
  });
  const closing = new AbortController();
  let idle = async () => {};

  app.register(
    async (scope) => {
      keepRawBodies(scope);
      const faults = registerFaults(scope, {
        callback: ["http_500", "http_429", "lost_answer", "slow"],
        edit: ["http_500", "http_429", "lost_answer"],
        message: ["http_500", "http_429", "lost_answer"],
        interaction: ["duplicate"],
        gateway: ["cut", "reconnect", "invalid_session"],
      });
      const interactions = createInteractions(
        state,
        messages,
        (payload) => {
          const interruption = faults.take("gateway");
          // The knob takes no other words.
          if (interruption !== undefined) gateway.interrupt(interruption as Interruption);
          const times = faults.take("interaction") === "duplicate" ? 2 : 1;
          for (let sent = 0; sent < times; sent += 1)
            gateway.dispatch("INTERACTION_CREATE", payload);
        },
        closing.signal,
      );
      scope.get("/_books", async () => booksOf(state, messages.render));
      scope.get<{ Params: { id: string } }>(
        "/cdn/attachments/:channel/:id/:name",
        async (request, reply) => {
          const file = messages.file(request.params.id);
          if (!file) return reply.code(404).send("This content is no longer available.");
          return reply
            .type(file.contentType || "application/octet-stream")
            .send(Buffer.from(file.base64, "base64"));
        },
      );
      scope.register(async (client) => registerClient(client, { state, messages, interactions }), {
        prefix: "/client",
      });
      scope.register(
        async (api) => {
          const commandsChanged = () =>
            audience.announce({ type: "commands", commands: data.commands }, () => true);
          const rest = registerRest(api, {
            state,
            messages,
            interactions,
            faults,
            gatewayUrl,
            commandsChanged,
            log,
            observe: options.observe,
          });
          idle = rest.idle;
        },
        { prefix: "/api/v10" },
      );
    },
    { prefix },
  );

  const doors: Record<string, typeof gateway.accept> = {
    [`${prefix}/gateway`]: gateway.accept,
    [`${prefix}/client/events`]: audience.accept,
  };
  const onUpgrade = (request: IncomingMessage, carrier: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? "", "http://discord");
    doors[pathname]?.(request, carrier, head);
    if (!doors[pathname] && pathname.startsWith(`${prefix}/`)) carrier.destroy();
  };
  app.server.on("upgrade", onUpgrade);

  return {
    credentials: {
      token: data.token,
      application_id: data.applicationId,
      guild_id: data.guildId,
      channel_id: data.channelId,
      staff_channel_id: data.staffChannelId,
    },
    idle: () => idle(),
    async close() {
      closing.abort();
      app.server.off("upgrade", onUpgrade);
      gateway.close();
      audience.close();
    },
  };
}

function booksOf(state: State, render: ReturnType<typeof createMessages>["render"]) {
  const { interactions, messages, requests, refused } = state.data;
  return {
    interactions: interactions.map((it) => ({
      id: it.id,
      type: it.type,
      [it.type === 2 || it.type === 4 ? "name" : "custom_id"]: it.name,
      user_id: it.userId,
      callback_type: it.callbackType,
      acknowledged_ms: it.acknowledgedAtMs === null ? null : it.acknowledgedAtMs - it.createdAtMs,
    })),
    messages: messages.map((it) => ({ ...render(it), visible_to: it.visibleTo })),
    requests,
    refused,
  };
}
