/** For Discord's tests: a bot of the real libraries, held against Discord's specification, and people. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { TestContext } from "node:test";
import {
  type API,
  Client,
  GatewayDispatchEvents,
  type GatewayInteractionCreateDispatchData,
  type RESTPutAPIApplicationCommandsJSONBody,
} from "@discordjs/core";
import { REST } from "@discordjs/rest";
import { type SessionInfo, WebSocketManager, WebSocketShardEvents } from "@discordjs/ws";
import * as spec from "discord-api-spec/zod";
import { WebSocket } from "ws";
import { z } from "zod";
import { get, openWorld, post, type World } from "../test-world.ts";

const callbacks = new Map<unknown, z.core.$ZodType>([
  [4, spec.CreateMessageInteractionCallbackRequestSchema],
  [5, spec.CreateMessageInteractionCallbackRequestSchema],
  [6, spec.UpdateMessageInteractionCallbackRequestSchema],
  [7, spec.UpdateMessageInteractionCallbackRequestSchema],
  [8, spec.ApplicationCommandAutocompleteCallbackRequestSchema],
  [9, spec.ModalInteractionCallbackRequestSchema],
]);
const message = spec.MessageResponseSchema;
const specified: [RegExp, request: z.core.$ZodType | null, response: z.core.$ZodType | null][] = [
  [/^GET .*\/gateway\/bot/, null, spec.GatewayBotResponseSchema],
  [/^GET .*\/users\/@me$/, null, spec.UserPIIResponseSchema],
  [/^GET .*\/applications\/@me$/, null, spec.PrivateApplicationResponseSchema],
  [
    /^PUT .*\/commands$/,
    z.array(spec.ApplicationCommandUpdateRequestSchema),
    z.array(spec.ApplicationCommandResponseSchema),
  ],
  [/^GET .*\/commands/, null, z.array(spec.ApplicationCommandResponseSchema)],
  [/^POST .*\/callback/, z.object({ type: z.number() }), spec.InteractionCallbackResponseSchema],
  [/^POST .*\/users\/@me\/channels/, null, spec.PrivateChannelResponseSchema],
  [
    /^GET .*\/channels\/\d+$/,
    null,
    z.union([spec.GuildChannelResponseSchema, spec.PrivateChannelResponseSchema]),
  ],
  [/^POST .*\/channels\/\d+\/messages/, spec.MessageCreateRequestSchema, message],
  [/^PATCH .*\/channels\//, spec.MessageEditRequestPartialSchema, message],
  [/^GET .*\/webhooks\//, null, message],
  [/^PATCH .*\/webhooks\//, spec.IncomingWebhookUpdateRequestPartialSchema, message],
  [/^DELETE .*\/webhooks\//, null, null],
  [/^POST .*\/webhooks\//, spec.IncomingWebhookRequestPartialSchema, message],
];

/** Both sides of an exchange must be what the specification says. */
function hold(route: string, sent: unknown, status: number, text: string): void {
  const rule = specified.find(([pattern]) => pattern.test(route));
  assert.ok(rule, `unspecified: ${route}`);
  const received: unknown = text === "" ? undefined : JSON.parse(text);
  const [, request, response] = rule;
  if (status >= 400) {
    conforms(spec.ErrorResponseSchema, received);
    return;
  }
  if (request) conforms(request, sent);
  if (route.includes("/callback")) conforms(callbacks.get(Object(sent).type) ?? z.never(), sent);
  if (received !== undefined && response) conforms(response, received);
}

export function conforms(schema: z.core.$ZodType, value: unknown): void {
  const read = z.safeParse(schema, value);
  assert.ok(read.success, `${read.error && z.prettifyError(read.error)}\n${JSON.stringify(value)}`);
}

type Handle = (interaction: GatewayInteractionCreateDispatchData, api: API) => Promise<unknown>;

/** A world with Discord in it; its bots leave before it ends, or they would look for it for ever. */
export async function openDiscord(t: TestContext, options: { booksDirectory?: string } = {}) {
  const leaving: (() => unknown)[] = [];
  t.after(() => Promise.all(leaving.map((leave) => leave())));
  const world = await openWorld(t, options);
  const violations: unknown[] = [];
  t.after(() => assert.deepEqual(violations, []));
  return {
    world,
    person: personOf(world, 0),
    other: personOf(world, 1),
    async connect(handle: Handle = async () => {}, intents = 0) {
      const bot = await connectBot(world, handle, intents, violations);
      leaving.push(bot.leave);
      return bot;
    },
  };
}

/** Logs in, hands every interaction to `handle` and collects what that throws. */
async function connectBot(world: World, handle: Handle, intents: number, violations: unknown[]) {
  const { base_url, token, application_id } = world.parties().discord;
  const rest = new REST({
    api: base_url,
    version: "10",
    retries: 1,
    // The library hands over the init of undici's own types, which the global fetch takes as well.
    async makeRequest(url, init) {
      const answer = await fetch(url, init as object);
      const text = await answer.clone().text();
      try {
        const { body } = init;
        const payload = body instanceof FormData ? body.get("payload_json") : body;
        const sent: unknown = typeof payload === "string" ? JSON.parse(payload) : undefined;
        hold(`${init.method} ${decodeURIComponent(url)}`, sent, answer.status, text);
      } catch (error) {
        violations.push(error);
      }
      return answer;
    },
  }).setToken(token);
  // The library's own store is shared by the whole process, so a second bot would resume the first's.
  let session: SessionInfo | null = null;
  const gateway = new WebSocketManager({
    token,
    intents,
    rest,
    retrieveSessionInfo: () => session,
    updateSessionInfo(_shard, info) {
      session = info;
    },
  });
  const client = new Client({ rest, gateway });
  const failures: unknown[] = [];
  client.on(GatewayDispatchEvents.InteractionCreate, ({ data, api }) => {
    handle(data, api).catch((error: unknown) => failures.push(error));
  });
  const ready = once(gateway, WebSocketShardEvents.Ready);
  await gateway.connect();
  await ready;
  const register = (commands: RESTPutAPIApplicationCommandsJSONBody) =>
    client.api.applicationCommands.bulkOverwriteGlobalCommands(application_id, commands);
  return { api: client.api, application_id, failures, register, leave: () => gateway.destroy() };
}

function personOf(world: World, index: number) {
  const base = () => `${world.url()}/discord/client`;
  const user = async () => (await get(`${base()}/users`)).body[index];
  return {
    user,
    state: async () => (await get(`${base()}/state?user_id=${(await user()).id}`)).body,
    act: async (deed: object) =>
      (await post(`${base()}/interactions`, { user_id: (await user()).id, ...deed })).body,
    command(name: string, options: object[] = []) {
      return this.act({ type: 2, data: { name, options } });
    },
    press(message_id: string, custom_id: string) {
      return this.act({ type: 3, message_id, data: { component_type: 2, custom_id } });
    },
    /** Collects the frames of the live connection. */
    async look(t: TestContext) {
      const address = `${base().replace("http", "ws")}/events?user_id=${(await user()).id}`;
      const socket = new WebSocket(address);
      t.after(() => socket.terminate());
      // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came and asserts on it
      const frames: any[] = [];
      socket.on("message", (raw) => frames.push(JSON.parse(String(raw))));
      await once(socket, "open");
      return { frames, next: () => once(socket, "message") };
    },
  };
}
