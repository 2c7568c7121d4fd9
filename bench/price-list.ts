/** Price list: what a busy Discord asks most, against a bare Fastify route with the same JSON. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./benchmark.ts";
import { load, requestText } from "./http-load.ts";
import { freePort, inTemporaryDirectory, startStore } from "./store-process.ts";
import { inTurns } from "./turns.ts";

const path = "/api/v1/game/price/ml";
const connections = 32;
const warmUpMs = 4_000;
const roundMs = 300;
const rounds = 41;
const bareRoute = fileURLToPath(new URL("bare-route.ts", import.meta.url));

export const priceListBenchmarks: readonly Benchmark[] = [
  {
    name: "price_list",
    unit: "answers/s",
    budget: { at_least: 0.8 },
    async run(report) {
      return inTemporaryDirectory(async (dataDir) => {
        const store = await startStore(dataDir);
        const json = await (await fetch(`http://127.0.0.1:${store.port}${path}`)).text();
        const bare = await startBareRoute(json);
        try {
          return await compare({ port: store.port, path }, { port: bare.port, path: "/bare" });
        } finally {
          bare.process.kill();
          await store.stop();
        }
      });

      async function compare(ours: Target, bare: Target) {
        await answersPerSecond(ours, warmUpMs);
        await answersPerSecond(bare, warmUpMs);
        return inTurns(
          rounds,
          () => answersPerSecond(ours, roundMs),
          { name: "bare Fastify route", measure: () => answersPerSecond(bare, roundMs) },
          report,
        );
      }
    },
  },
];

interface Target {
  readonly port: number;
  readonly path: string;
}

/** Throws for any answer but 200. */
async function answersPerSecond({ port, path }: Target, durationMs: number): Promise<number> {
  const request = requestText({ method: "GET", path });
  const loaded = await load({ port, connections, durationMs, next: () => request });
  const others = [...loaded.statuses.keys()].filter((status) => status !== 200);
  if (others.length > 0) throw new Error(`${path} answers with ${others.join(", ")}`);
  return loaded.answersPerSecond;
}

async function startBareRoute(json: string): Promise<{ process: ChildProcess; port: number }> {
  const port = await freePort();
  const server = spawn(process.execPath, [bareRoute, String(port), json], { stdio: "inherit" });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/bare`).catch(() => undefined);
    if (answer?.ok) return { process: server, port };
    if (server.exitCode !== null) throw new Error("the bare route ended");
  }
}
