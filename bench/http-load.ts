/**
 * HTTP load: as many requests as a server answers, over connections that stay open, one at a time on
 * each. Plain sockets, because an HTTP client would cost more than the servers it measures.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createHistogram } from "node:perf_hooks";

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** The next request of a connection, as it is written (`requestText`); undefined ends the connection. */
  next(connection: number): string | undefined;
  /** While this says so, nothing more is asked. */
  isHeld?(): boolean;
  /** Told of every answer. What it does takes time from the load. */
  onAnswer?(connection: number, status: number, body: Buffer): void;
}

export interface Loaded {
  readonly answersPerSecond: number;
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A request as it goes over the wire. Make it once where it is always the same. */
export function requestText(request: {
  method: "GET" | "POST";
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
}): string {
  const body = request.body === undefined ? "" : JSON.stringify(request.body);
  const lines = [`${request.method} ${request.path} HTTP/1.1`, "host: 127.0.0.1"];
  for (const [name, value] of Object.entries(request.headers ?? {}))
    lines.push(`${name}: ${value}`);
  if (request.body !== undefined) {
    lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(body)}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const headEnd = Buffer.from("\r\n\r\n");
const microseconds = 1_000;
const heldMs = 10;

// A server lets only so many wait to be accepted (Node: 511).
const openedAtOnce = 256;

/**
 * Asks on all connections until the time is over or nothing is left to ask. The time begins when all
 * connections are open.
 */
export async function load(target: Load): Promise<Loaded> {
  const sockets = await openAll(target);
  const latencies = createHistogram();
  const statuses = new Map<number, number>();
  const began = performance.now();
  const endAt = began + target.durationMs;
  const onAnswer = (latencyMs: number, status: number) => {
    latencies.record(Math.max(1, Math.round(latencyMs * microseconds)));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  await Promise.all(
    sockets.map((socket, connection) => converse(target, { socket, connection }, endAt, onAnswer)),
  );
  const seconds = (performance.now() - began) / 1000;
  return {
    answersPerSecond: latencies.count / seconds,
    statuses,
    p50Ms: latencies.percentile(50) / microseconds,
    p99Ms: latencies.percentile(99) / microseconds,
  };
}

async function openAll({ port, connections }: Load): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < connections) {
    const length = Math.min(openedAtOnce, connections - sockets.length);
    const opening = Array.from({ length }, async () => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      await once(socket, "connect");
      return socket;
    });
    sockets.push(...(await Promise.all(opening)));
  }
  return sockets;
}

/** One connection: asks, waits for the whole answer, asks again. */
function converse(
  target: Load,
  { socket, connection }: { socket: Socket; connection: number },
  endAt: number,
  onAnswer: (latencyMs: number, status: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    let askedAt = 0;
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`connection ${connection}: ${why}`));
    };
    const ask = () => {
      askedAt = performance.now();
      if (askedAt < endAt && target.isHeld?.()) return setTimeout(ask, heldMs);
      const request = askedAt < endAt ? target.next(connection) : undefined;
      if (request !== undefined) return socket.write(request);
      socket.removeAllListeners("close");
      socket.destroy();
      resolve();
    };
    socket.on("error", reject);
    socket.on("close", () => fail("the server closed it"));
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const headLength = received.indexOf(headEnd);
      if (headLength < 0) return;
      const head = received.toString("latin1", 0, headLength);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
      if (!Number.isInteger(length)) return fail(`an answer without content-length: ${head}`);
      const bodyAt = headLength + headEnd.length;
      if (received.length < bodyAt + length) return;
      const status = Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
      onAnswer(performance.now() - askedAt, status);
      target.onAnswer?.(connection, status, received.subarray(bodyAt));
      received = Buffer.alloc(0);
      ask();
    });
    ask();
  });
}
