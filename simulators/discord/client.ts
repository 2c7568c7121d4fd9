/** A person's Discord as JSON: what they see, live, and what they do. No route of this file is Discord's. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Locale } from "discord-api-types/v10";
import type { FastifyInstance } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { keepRawBodies, readJson } from "../wire.ts";
import { actForm, readAct } from "./actions.ts";
import { ClientMistake } from "./errors.ts";
import { channelName, guildName, staffChannelName } from "./identity.ts";
import type { Interactions } from "./interactions.ts";
import type { ConversationEvent, Messages } from "./messages.ts";
import { findPerson, ownerOf, type Person, type State } from "./state.ts";

export interface Audience {
  accept(request: IncomingMessage, carrier: Duplex, head: Buffer): void;
  announce(
    event: ConversationEvent | { type: "commands"; commands: object[] },
    hears: (userId: string) => boolean,
  ): void;
  close(): void;
}

/** Everyone who is looking, told of each change they can see. */
export function createAudience(state: State): Audience {
  const server = new WebSocketServer({ noServer: true });
  const lookers = new Map<WebSocket, string>();
  return {
    accept(request, carrier, head) {
      const { origin } = request.headers;
      const userId = new URL(request.url ?? "", "http://discord").searchParams.get("user_id");
      // Browsers do not hold WebSockets to CORS, so a page from elsewhere is turned away here.
      const foreign =
        origin !== undefined && !/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin);
      const person = findPerson(state, userId ?? undefined);
      if (foreign || !person) {
        carrier.end(`HTTP/1.1 ${foreign ? "403 Forbidden" : "404 Not Found"}\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, carrier, head, (socket) => {
        lookers.set(socket, person.id);
        socket.on("error", () => socket.terminate());
        socket.on("close", () => lookers.delete(socket));
      });
    },
    announce(event, hears) {
      for (const [socket, userId] of lookers) {
        if (hears(userId)) socket.send(JSON.stringify(event));
      }
    },
    close() {
      for (const socket of lookers.keys()) socket.terminate();
      server.close();
    },
  };
}

export function registerClient(
  app: FastifyInstance,
  deps: { state: State; messages: Messages; interactions: Interactions },
): void {
  const { state, messages, interactions } = deps;
  const { data } = state;
  keepRawBodies(app);
  app.addHook("onSend", async (request) => {
    if (request.method !== "GET") state.save();
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof ClientMistake)) throw error;
    return reply.code(error.status).send({ error: error.message });
  });

  const present = ({ id, username, global_name, locale, closed = false }: Person) => ({
    ...{ id, username, global_name, locale, closed },
    owner: id === ownerOf(data).id,
  });
  const personOf = (id: string | undefined): Person => {
    const person = findPerson(state, id);
    if (!person) throw new ClientMistake(404, "no such user");
    return person;
  };

  app.get("/users", async () => data.people.map(present));
  app.patch<{ Params: { id: string } }>("/users/:id", async (request) => {
    const person = personOf(request.params.id);
    const form = z.object({
      locale: z.enum([Locale.Indonesian, Locale.EnglishUS]).optional(),
      closed: z.boolean().optional(),
    });
    const { locale = person.locale, closed = person.closed } = read(form, request.body);
    Object.assign(person, { locale, closed });
    return present(person);
  });
  app.get<{ Querystring: { user_id?: string } }>("/state", async (request) => {
    const person = personOf(request.query.user_id);
    const direct = data.directChannels[person.id];
    return {
      user: present(person),
      guild: { id: data.guildId, name: guildName },
      channel: { id: data.channelId, name: channelName },
      staff_channel:
        person.id === ownerOf(data).id ? { id: data.staffChannelId, name: staffChannelName } : null,
      dm_channel: direct === undefined ? null : { id: direct },
      commands: data.commands,
      messages: messages.seenBy(person.id),
    };
  });
  app.post("/interactions", async (request) => {
    const form = read(actForm, request.body);
    const person = personOf(form.user_id);
    return interactions.start(person, readAct(state, messages, person, form));
  });
}

function read<T extends z.ZodType>(form: T, body: unknown): z.output<T> {
  const found = form.safeParse(readJson(body));
  if (!found.success) throw new ClientMistake(400, z.prettifyError(found.error));
  return found.data;
}
