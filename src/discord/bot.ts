/** Bot: the Gateway connection that brings interactions, and the commands it registers. */
import { API, Client, GatewayDispatchEvents } from "@discordjs/core";
import { type SessionInfo, WebSocketManager, WebSocketShardEvents } from "@discordjs/ws";
import type { BotDeps } from "./context.ts";
import { deployCommands } from "./deploy.ts";
import { createInbox } from "./inbox.ts";
import { receiveInteraction } from "./receive.ts";
import { createResponder, type Responder } from "./responder.ts";
import { type DiscordCredentials, openInteractionRest, openRest } from "./rest.ts";

export interface Bot {
  readonly responder: Responder;
  /** Registers the commands, if they changed, and connects; resolves when interactions can arrive. */
  start(deps: BotDeps): Promise<void>;
  ready(): boolean;
  /** Resolves when every interaction that arrived has had its first answer. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes a bot that is not connected yet: the responder serves jobs before that. */
export function createBot(credentials: DiscordCredentials): Bot {
  const rest = openRest(credentials);
  const responder = createResponder({
    interactions: new API(openInteractionRest(credentials)).interactions,
    bot: new API(rest),
  });
  // Interactions need no intent, and without one Discord sends nothing else.
  // The library's own memory of sessions is shared by the whole process, and so by two bots in it.
  const sessions = new Map<number, SessionInfo | null>();
  const gateway = new WebSocketManager({
    token: credentials.token,
    intents: 0,
    rest,
    retrieveSessionInfo: (shardId) => sessions.get(shardId) ?? null,
    updateSessionInfo: (shardId, session) => void sessions.set(shardId, session),
  });
  const inHand = new Set<Promise<void>>();
  let connected = false;

  return {
    responder,
    ready: () => connected,
    async idle() {
      while (inHand.size > 0) await Promise.all(inHand);
    },
    async start(deps) {
      const client = new Client({ rest, gateway });
      const inbox = createInbox(deps);
      client.on(GatewayDispatchEvents.InteractionCreate, ({ data: interaction }) => {
        const task = receiveInteraction({ ...deps, inbox, responder }, interaction)
          .catch((error: unknown) => {
            deps.log.error({ interaction: interaction.id, error: String(error) }, "not answered");
          })
          .finally(() => inHand.delete(task));
        inHand.add(task);
      });
      gateway.on(WebSocketShardEvents.Ready, () => {
        connected = true;
      });
      gateway.on(WebSocketShardEvents.Resumed, () => {
        connected = true;
      });
      gateway.on(WebSocketShardEvents.Closed, () => {
        connected = false;
      });
      gateway.on(WebSocketShardEvents.Error, (error) => {
        deps.log.warn({ error: String(error) }, "the connection to Discord");
      });
      await deployCommands(deps.db, { ...deps, rest }, credentials);
      await gateway.connect();
    },
    async stop() {
      connected = false;
      await gateway.destroy();
      await Promise.all(inHand);
    },
  };
}
