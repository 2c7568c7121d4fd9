/** The bot's side of the Gateway: sessions, heartbeats, events in order, and resuming after a break. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { GatewayCloseCodes, GatewayIntentBits, GatewayOpcodes } from "discord-api-types/v10";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";

export interface Gateway {
  accept(request: IncomingMessage, carrier: Duplex, head: Buffer): void;
  /** To every bot that is connected or may still resume. */
  dispatch(event: string, data: object): void;
  /** Breaks every connection: cut, asked to come back (op 7), or told that its session is over (op 9). */
  interrupt(how: Interruption): void;
  close(): void;
}

export type Interruption = "cut" | "reconnect" | "invalid_session";

interface Session {
  id: string;
  sequence: number;
  sent: { s: number; frame: string }[];
  /** null while the bot is away and may still resume. */
  socket: WebSocket | null;
  lostAtMs: number;
}

const replayCount = 250;
const resumableMs = 2 * 60_000;

const frameForm = z.object({ op: z.int(), d: z.unknown().optional() });
const identifyForm = z.object({
  token: z.string(),
  intents: z.int().min(0),
  properties: z.record(z.string(), z.unknown()),
  shard: z.tuple([z.int(), z.int()]).optional(),
});
const resumeForm = z.object({ token: z.string(), session_id: z.string(), seq: z.int().min(0) });

export function createGateway(deps: {
  token: string;
  nowMs(): number;
  mintSessionId(): string;
  /** READY without what the session itself adds. */
  ready(hasGuilds: boolean): object;
  guild(): object;
  heartbeatMs: number;
}): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();

  function emit(session: Session, t: string, d: object): void {
    session.sequence += 1;
    const frame = JSON.stringify({ op: GatewayOpcodes.Dispatch, t, s: session.sequence, d });
    session.sent.push({ s: session.sequence, frame });
    session.sent.splice(0, session.sent.length - replayCount);
    session.socket?.send(frame);
  }

  const isOurs = (token: string) => token.replace(/^Bot /, "") === deps.token;

  function identify(socket: WebSocket, d: unknown): Session | number {
    const read = identifyForm.safeParse(d);
    if (!read.success) return GatewayCloseCodes.DecodeError;
    const { token, intents, shard } = read.data;
    if (!isOurs(token)) return GatewayCloseCodes.AuthenticationFailed;
    if (shard && (shard[0] !== 0 || shard[1] !== 1)) return GatewayCloseCodes.InvalidShard;
    const session: Session = {
      id: deps.mintSessionId(),
      sequence: 0,
      sent: [],
      socket,
      lostAtMs: 0,
    };
    sessions.set(session.id, session);
    const hasGuilds = (intents & GatewayIntentBits.Guilds) !== 0;
    emit(session, "READY", { ...deps.ready(hasGuilds), session_id: session.id });
    if (hasGuilds) emit(session, "GUILD_CREATE", deps.guild());
    return session;
  }

  function resume(socket: WebSocket, d: unknown): Session | number {
    const read = resumeForm.safeParse(d);
    if (!read.success) return GatewayCloseCodes.DecodeError;
    const { token, session_id, seq } = read.data;
    if (!isOurs(token)) return GatewayCloseCodes.AuthenticationFailed;
    const session = sessions.get(session_id);
    const missed = session?.sent.filter(({ s }) => s > seq) ?? [];
    const gone =
      !session ||
      (session.socket === null && deps.nowMs() - session.lostAtMs > resumableMs) ||
      seq > session.sequence ||
      missed.length !== session.sequence - seq;
    if (gone) {
      sessions.delete(session_id);
      return GatewayOpcodes.InvalidSession;
    }
    // The bot gave up on the old connection, so it is a zombie even if it still looks open.
    session.socket?.close(GatewayCloseCodes.SessionTimedOut);
    session.socket = socket;
    for (const { frame } of missed) socket.send(frame);
    emit(session, "RESUMED", {});
    return session;
  }

  function converse(socket: WebSocket): void {
    let session: Session | undefined;
    const say = (op: number, d: unknown) => socket.send(frameOf(op, d));
    say(GatewayOpcodes.Hello, { heartbeat_interval: deps.heartbeatMs });

    socket.on("message", (raw) => {
      const frame = readFrame(String(raw));
      if (!frame) return socket.close(GatewayCloseCodes.DecodeError);
      if (frame.op === GatewayOpcodes.Heartbeat) return say(GatewayOpcodes.HeartbeatAck, null);
      const starts = frame.op === GatewayOpcodes.Identify || frame.op === GatewayOpcodes.Resume;
      if (!starts) {
        const code = session ? GatewayCloseCodes.UnknownOpcode : GatewayCloseCodes.NotAuthenticated;
        return socket.close(code);
      }
      if (session) return socket.close(GatewayCloseCodes.AlreadyAuthenticated);
      const begin = frame.op === GatewayOpcodes.Identify ? identify : resume;
      const begun = begin(socket, frame.d);
      if (begun === GatewayOpcodes.InvalidSession) return say(GatewayOpcodes.InvalidSession, false);
      if (typeof begun === "number") return socket.close(begun);
      session = begun;
    });

    // A frame that breaks the protocol is an error event, which nobody but this socket may notice.
    socket.on("error", () => socket.terminate());
    socket.on("close", (code) => {
      if (session?.socket !== socket) return;
      session.socket = null;
      session.lostAtMs = deps.nowMs();
      // A bot that says goodbye ends its session; any other end may be resumed.
      if (code === 1000 || code === 1001) sessions.delete(session.id);
    });
  }

  return {
    accept(request, carrier, head) {
      server.handleUpgrade(request, carrier, head, (socket) => {
        // Libraries beat on real time whatever the clock of this world says, so silence is
        // measured on the wire: a simulated day must not cut off a bot that is well.
        request.socket.setTimeout(deps.heartbeatMs * 1.5, () => socket.terminate());
        converse(socket);
      });
    },
    dispatch(event, data) {
      for (const session of sessions.values()) {
        const gone = session.socket === null && deps.nowMs() - session.lostAtMs > resumableMs;
        if (gone) sessions.delete(session.id);
        else emit(session, event, data);
      }
    },
    interrupt(how) {
      for (const session of sessions.values()) {
        const { socket } = session;
        if (how === "reconnect") socket?.send(frameOf(GatewayOpcodes.Reconnect, null));
        if (how === "invalid_session") {
          sessions.delete(session.id);
          socket?.send(frameOf(GatewayOpcodes.InvalidSession, false));
        }
        if (how === "cut") socket?.terminate();
        // From now on what happens waits for whoever resumes.
        session.socket = null;
        session.lostAtMs = deps.nowMs();
      }
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

const frameOf = (op: number, d: unknown) => JSON.stringify({ op, d, s: null, t: null });

function readFrame(text: string): z.output<typeof frameForm> | undefined {
  try {
    return frameForm.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
