/**
 * Party fetch: `fetch` for calls to parties, over connections that stay open. It knows whether anything was
 * sent: the connection is made first, then the clock is asked, then the whole request is written.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { type Fetch, NotSent, type PartyInit, type PartyResponse, reason } from "./http.ts";

// Less than servers wait: a request that meets a connection being closed may or may not have arrived.
const idleMs = 2_000;
// However much waits here: a party that is asked by hundreds at once refuses all of them.
const mostAtOnce = 32;
const largestAnswerBytes = 2 * 1024 * 1024;
const defaultHeaders = { accept: "*/*", "accept-encoding": "identity", "user-agent": "konter" };

// Whatever the environment says.
const verified = { rejectUnauthorized: true };

/** Connections that were made: Node's `reusedSocket` is silent of those handed to a call that waited. */
const standing = new WeakSet<Socket>();

/** A connection that was used before ended without an answer: most often it had been closed meanwhile. */
class StaleConnection extends Error {}

interface Wire {
  readonly send: typeof http.request;
  readonly agent: http.Agent;
  /** The event of a socket that can be written to. */
  readonly connected: "connect" | "secureConnect";
}

/** Makes the client of one process. Certificates are verified; a redirect is an answer. */
export function createPartyFetch(deps: { clock: Clock }): Fetch {
  const options = { keepAlive: true, timeout: idleMs, maxSockets: mostAtOnce };
  const plain: Wire = {
    send: http.request,
    agent: new http.Agent(options),
    connected: "connect",
  };
  const secure: Wire = {
    send: https.request,
    agent: new https.Agent(options),
    connected: "secureConnect",
  };
  return async (url, init) => {
    const wire = url.startsWith("https:") ? secure : plain;
    const isLate = () => init.sendBy !== undefined && deps.clock.now() >= init.sendBy;
    try {
      return await attempt(wire, wire.agent, url, init, isLate);
    } catch (error) {
      // Asking twice is harmless. Anything else may have been done already.
      if (!(error instanceof StaleConnection) || init.method !== "GET") throw error;
      return attempt(wire, false, url, init, isLate).catch(() => {
        throw error;
      });
    }
  };
}

/** Sends once. `isLate` is asked when the connection stands, with nothing between it and the write. */
function attempt(
  wire: Wire,
  agent: http.Agent | false,
  url: string,
  init: PartyInit,
  isLate: () => boolean,
): Promise<PartyResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<PartyResponse>();
  const { method, signal, body } = init;
  const headers = { ...defaultHeaders, ...init.headers };
  const call = wire.send(url, { method, headers, agent, ...verified });
  let stage: "connecting" | "written" | "answering" = "connecting";
  let reused = false;

  const end = (error: unknown) => {
    reject(stage === "connecting" ? new NotSent(reason(error), { cause: error }) : error);
    call.socket?.destroy();
  };
  const onAbort = () => end(signal.reason);
  signal.addEventListener("abort", onAbort);

  call.on("error", (cause) => {
    const stale = stage === "written" && reused;
    end(stale ? new StaleConnection(reason(cause), { cause }) : cause);
  });
  call.once("socket", (socket) => {
    // Destroyed by itself: a call that is destroyed before would give it to the next one.
    if (signal.aborted) return socket.destroy();
    const write = () => {
      standing.add(socket);
      if (isLate()) return end(new Error("too late to send"));
      stage = "written";
      call.end(body);
    };
    reused = standing.has(socket);
    if (reused) write();
    else socket.once(wire.connected, write);
  });
  call.once("response", (response) => {
    stage = "answering";
    read(response).then(resolve, end);
  });
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}

function read(response: http.IncomingMessage): Promise<PartyResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestAnswerBytes) response.destroy(new Error("the answer is too large"));
      else chunks.push(chunk);
    });
    response.once("error", reject);
    response.once("end", () => {
      const bytes = new Uint8Array(Buffer.concat(chunks));
      resolve({ status: response.statusCode ?? 0, arrayBuffer: async () => bytes.buffer });
    });
  });
}
