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
import { WebSocket } from "ws";
import { get, openWorld, post, type World } from "../test-world.ts";
import { hold } from "./specification.ts";

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
        const received: unknown = text === "" ? undefined : JSON.parse(text);
        const route = `${init.method} ${decodeURIComponent(url)}`;
        hold({ route, sent, status: answer.status, received });
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
