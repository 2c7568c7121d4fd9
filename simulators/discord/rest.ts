/** Discord's REST API v10, as far as the bot uses it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Faults } from "../faults.ts";
import { overwriteCommands, withoutLocalizations } from "./command-rules.ts";
import { parseForm, Refusal, refusal } from "./errors.ts";
import {
  applicationObject,
  botUser,
  directChannel,
  guildChannel,
  isGuildChannel,
  recipientOf,
} from "./identity.ts";
import type { Interactions } from "./interactions.ts";
import { messageForms } from "./message-rules.ts";
import type { Messages } from "./messages.ts";
import { findPerson, type State } from "./state.ts";
import { readBody } from "./uploads.ts";

export interface RestDeps {
  state: State;
  messages: Messages;
  interactions: Interactions;
  faults: Faults;
  gatewayUrl: () => string;
  commandsChanged(): void;
  /** Told of every request of the bot with its answer; by tests. */
  observe?:
    | ((exchange: { route: string; sent: unknown; status: number; received: unknown }) => void)
    | undefined;
  log(entry: object): void;
}

const requestBytesLimit = 25 * 1024 * 1024;
// Longer than Discord waits for a first answer.
const slowMs = 4_000;

/** What they ask for is done, and the connection is cut before they hear of it. */
const answersToLose = new WeakSet<FastifyRequest>();

export function registerRest(app: FastifyInstance, deps: RestDeps): { idle(): Promise<void> } {
  const traffic = countTraffic(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: requestBytesLimit },
    (_request, body, done) => done(null, body),
  );
  app.addHook("onRequest", async (request) => {
    const route = routeOf(request);
    deps.state.data.requests[route] = (deps.state.data.requests[route] ?? 0) + 1;
  });
  // An answer that was given must still be true after a restart.
  app.addHook("onSend", async (request) => {
    if (request.method !== "GET") deps.state.save();
    if (answersToLose.has(request)) request.raw.socket.destroy();
  });
  const { observe } = deps;
  if (observe !== undefined) {
    app.addHook("onSend", async (request, reply, payload) => {
      observe({
        route: `${request.method} ${decodeURIComponent(request.url)}`,
        sent: Buffer.isBuffer(request.body) ? (await bodyOf(request)).json : undefined,
        status: reply.statusCode,
        received: typeof payload === "string" && payload !== "" ? JSON.parse(payload) : undefined,
      });
    });
  }
  app.setNotFoundHandler((request, reply) => refuse(request, reply, refusal("not_found")));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) return refuse(request, reply, error);
    const tooLarge = error instanceof Error && "statusCode" in error && error.statusCode === 413;
    if (!tooLarge) deps.log({ level: "error", party: "discord", event: "fault", error });
    return refuse(request, reply, refusal(tooLarge ? "too_large" : "internal"));
  });

  function refuse(request: FastifyRequest, reply: FastifyReply, { status, body }: Refusal) {
    const { code, errors } = body;
    const known = request.is404 ? `${request.method} ${request.url}` : routeOf(request);
    const entry = {
      at: deps.state.clock.now().toISOString(),
      route: known,
      code,
      ...(errors !== undefined && { errors }),
    };
    deps.state.data.refused.push(entry);
    deps.log({
      level: "error",
      party: "discord",
      event: "refused",
      status,
      message: body.message,
      ...entry,
    });
    return reply.code(status).send(body);
  }

  registerBotRoutes(app, deps);
  registerTokenRoutes(app, deps);
  return traffic;
}

function registerBotRoutes(app: FastifyInstance, deps: RestDeps): void {
  const { state, messages } = deps;
  const { data } = state;
  const authorized = {
    onRequest: async (request: FastifyRequest) => {
      if (request.headers.authorization !== `Bot ${data.token}`) throw refusal("unauthorized");
    },
  };
  const own = (request: FastifyRequest) => {
    if (param(request, "application") !== data.applicationId) throw refusal("unknown_application");
  };
  const channel = (request: FastifyRequest) => {
    const id = param(request, "channel");
    if (!isGuildChannel(data, id) && !recipientOf(data, id)) throw refusal("unknown_channel");
    return id;
  };

  app.get("/gateway/bot", authorized, async () => ({
    url: deps.gatewayUrl(),
    shards: 1,
    session_start_limit: {
      total: 1000,
      remaining: 1000,
      reset_after: 86_400_000,
      max_concurrency: 1,
    },
  }));
  app.get("/users/:user", authorized, async (request) => {
    onlyMe(request, "user");
    return { ...botUser(data), mfa_enabled: false, locale: "en-US", verified: true, email: null };
  });
  app.get("/applications/:application", authorized, async (request) => {
    onlyMe(request, "application");
    return applicationObject(data);
  });

  app.put("/applications/:application/commands", authorized, async (request) => {
    own(request);
    const { json } = await bodyOf(request);
    const given = { applicationId: data.applicationId, mintId: state.mintId };
    data.commands = overwriteCommands(json, data.commands, given);
    deps.commandsChanged();
    return data.commands;
  });
  app.get("/applications/:application/commands", authorized, async (request) => {
    own(request);
    const full = queryFlag(request, "with_localizations");
    return full ? data.commands : withoutLocalizations(data.commands);
  });

  app.post("/users/:user/channels", authorized, async (request) => {
    onlyMe(request, "user");
    const { json } = await bodyOf(request);
    const { recipient_id } = parseForm(z.object({ recipient_id: z.string() }), json);
    const person = findPerson(state, recipient_id);
    if (!person) throw refusal("invalid_recipient");
    const id = data.directChannels[person.id] ?? state.mintId();
    data.directChannels[person.id] = id;
    return directChannel(data, id, person);
  });
  app.get("/channels/:channel", authorized, async (request) => {
    const id = channel(request);
    const recipient = recipientOf(data, id);
    return recipient === undefined ? guildChannel(data, id) : directChannel(data, id, recipient);
  });
  app.post("/channels/:channel/messages", authorized, async (request, reply) => {
    const channelId = channel(request);
    if (await strike(deps, "message", reply)) return reply;
    const { json, uploads } = await bodyOf(request);
    const form = parseForm(messageForms.channel, json);
    if (recipientOf(data, channelId)?.closed) throw refusal("closed_to_bots");
    const where = { channelId, visibleTo: null, type: 0, metadata: null };
    return messages.render(messages.post(where, form, uploads, []));
  });
  app.patch("/channels/:channel/messages/:message", authorized, async (request, reply) => {
    const channelId = channel(request);
    const message = messages.find(param(request, "message"));
    // An ephemeral message exists for interaction tokens only.
    if (message?.channelId !== channelId || message.visibleTo !== null)
      throw refusal("unknown_message");
    if (await strike(deps, "edit", reply)) return reply;
    const { json, uploads } = await bodyOf(request);
    const form = parseForm(messageForms.edit, json);
    return messages.render(messages.edit(message, form, uploads, []));
  });
}

/** Routes whose token stands in the path; they come without an Authorization header. */
function registerTokenRoutes(app: FastifyInstance, deps: RestDeps): void {
  const { messages, interactions, state } = deps;
  const interactionOf = (request: FastifyRequest) => {
    if (param(request, "application") !== state.data.applicationId)
      throw refusal("unknown_webhook");
    return interactions.byToken(param(request, "token"));
  };
  const original = (request: FastifyRequest) => {
    if (param(request, "message") !== "@original") throw refusal("not_found");
    const message = messages.find(interactionOf(request).originalId);
    if (!message) throw refusal("unknown_message");
    return message;
  };

  app.post("/interactions/:id/:token/callback", async (request, reply) => {
    if (await strike(deps, "callback", reply)) return reply;
    const response = interactions.answer(
      param(request, "id"),
      param(request, "token"),
      await bodyOf(request),
    );
    return queryFlag(request, "with_response") ? response : reply.code(204).send();
  });
  app.post("/webhooks/:application/:token", async (request, reply) => {
    const interaction = interactionOf(request);
    if (await strike(deps, "message", reply)) return reply;
    const { json, uploads } = await bodyOf(request);
    const form = parseForm(messageForms.reply, json);
    return messages.render(interactions.followUp(interaction, form, uploads));
  });

  const message = "/webhooks/:application/:token/messages/:message";
  app.get(message, async (request) => messages.render(original(request)));
  app.patch(message, async (request, reply) => {
    const found = original(request);
    if (await strike(deps, "edit", reply)) return reply;
    const { json, uploads } = await bodyOf(request);
    const form = parseForm(messageForms.edit, json);
    return messages.render(messages.edit(found, form, uploads, []));
  });
  app.delete(message, async (request, reply) => {
    messages.remove(original(request));
    return reply.code(204).send();
  });
}

/** Lets the next fault of an operation happen. True when that was the answer. */
async function strike(deps: RestDeps, operation: string, reply: FastifyReply): Promise<boolean> {
  switch (deps.faults.take(operation)) {
    case undefined:
      return false;
    case "http_429":
      reply.code(429).headers({ "retry-after": "1", "x-ratelimit-scope": "user" });
      reply.send({
        ...{ message: "You are being rate limited.", retry_after: 1 },
        ...{ global: false, code: 0 },
      });
      return true;
    case "lost_answer":
      answersToLose.add(reply.request);
      return false;
    case "slow":
      await deps.state.clock.sleep(slowMs);
      return false;
    default:
      reply.code(500).send(refusal("internal").body);
      return true;
  }
}

/** `idle` resolves when no request of the bot is being answered. */
function countTraffic(app: FastifyInstance): { idle(): Promise<void> } {
  const open = new Map<string, PromiseWithResolvers<void>>();
  app.addHook("onRequest", async (request, reply) => {
    const answered = Promise.withResolvers<void>();
    open.set(request.id, answered);
    // `close` comes after an answer as well as after a caller that went away.
    reply.raw.once("close", () => {
      open.delete(request.id);
      answered.resolve();
    });
  });
  return {
    async idle() {
      while (open.size > 0) await Promise.all([...open.values()].map(({ promise }) => promise));
    },
  };
}

function routeOf(request: FastifyRequest): string {
  const path = request.is404 ? "(unknown)" : (request.routeOptions.url ?? "");
  return `${request.method} ${path.replace("/discord/api/v10", "")}`;
}

function param(request: FastifyRequest, name: string): string {
  const { params } = request;
  const values = typeof params === "object" && params !== null ? Object.entries(params) : [];
  return String(values.find(([key]) => key === name)?.[1] ?? "");
}

// Libraries write @me as %40me, and Fastify decodes parameters but not fixed parts of a path.
function onlyMe(request: FastifyRequest, name: string): void {
  if (param(request, name) !== "@me") throw refusal("not_found");
}

function queryFlag(request: FastifyRequest, name: string): boolean {
  return new URL(request.url, "http://discord").searchParams.get(name) === "true";
}

function bodyOf(request: FastifyRequest) {
  return readBody(request.headers["content-type"], request.body);
}
