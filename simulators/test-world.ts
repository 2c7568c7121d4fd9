/** For the simulators' tests: a world on a clock moved by hand, and a store that collects webhooks. */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { TestContext } from "node:test";
import { type SimulatedClock, startSimulators } from "./world.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function createManualClock(start = "2026-01-01T03:00:00.000Z") {
  let nowMs = Date.parse(start);
  const sleepers = new Set<{ wakeAt: number; wake(): void }>();
  const clock: SimulatedClock & { advance(seconds: number): void } = {
    now: () => new Date(nowMs),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { wakeAt: nowMs + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
    advance(seconds) {
      nowMs += seconds * 1_000;
      for (const sleeper of sleepers) {
        if (sleeper.wakeAt > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
  return clock;
}

/** The store's side of the wire: keeps every webhook and answers as it is told (200 by default). */
async function openStore(t: TestContext) {
  const received: Received[] = [];
  const replies: number[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(replies.shift() ?? 200, { location: "/moved" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the store has no port");
  return { url: `http://127.0.0.1:${address.port}`, received, replies };
}

export async function openWorld(t: TestContext, options: { booksDirectory?: string } = {}) {
  const store = await openStore(t);
  const clock = createManualClock();
  const start = () =>
    startSimulators({ port: 0, clock, randomBytes, storeUrl: store.url, ...options });
  let running = await start();
  t.after(() => running.close());

  return {
    store,
    parties: () => running.parties,
    url: () => running.url,
    idle: () => running.idle(),
    async advance(seconds: number) {
      await running.idle();
      clock.advance(seconds);
      await running.idle();
    },
    async restart() {
      await running.close();
      running = await start();
    },
    faults: (party: string, operation: string, fault: string, count?: number) =>
      post(`${running.url}/${party}/_control/faults`, { operation, fault, count }),
    books: (party: string) => get(`${running.url}/${party}/_books`),
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came and asserts on it
  readonly body: any;
  readonly text: string;
}

export async function read(reply: Response): Promise<Reply> {
  const text = await reply.text();
  const isJson = reply.headers.get("content-type")?.includes("json") ?? false;
  return { status: reply.status, body: isJson ? JSON.parse(text) : undefined, text };
}

export async function get(url: string, headers: Record<string, string> = {}): Promise<Reply> {
  return read(await fetch(url, { headers }));
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Reply> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
  return read(await fetch(url, signal === undefined ? init : { ...init, signal }));
}

/** The digests of the documents' vectors are made by the same calls as the simulators' are checked. */
export function digest(algorithm: "md5" | "sha512", text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}
