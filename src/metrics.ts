/** Metrics: what Prometheus reads of a store, on a loopback port of its own. */
import { createServer } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { followTransitions } from "./orders/transitions.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database } from "./platform/db.ts";
import type { PartyCall } from "./platform/http.ts";
import { countJobs } from "./platform/job-counts.ts";
import { finishWithin } from "./platform/stop.ts";

export interface Metrics {
  /** Told of every call to a party. */
  onCall(call: PartyCall): void;
  /** Answers `GET /metrics` until the returned function is called. */
  serve(deps: MetricsDeps & { port: number }): Promise<() => Promise<void>>;
}

export interface MetricsDeps {
  readonly db: Database;
  readonly clock: Clock;
  discordConnected(): boolean;
}

const prefix = "konter_";
// A scrape must answer while the database does not.
const longestReadMs = 2_000;

/** Makes the metrics of one store; a second store in the process has its own. */
export function createMetrics(partyUrls: Readonly<Record<string, string>>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const callSeconds = new Histogram({
    name: `${prefix}party_call_seconds`,
    help: "How long a call to a party took, by what came of it: an HTTP class, not_sent or unknown",
    labelNames: ["party", "outcome"],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: prefix + name, help, labelNames, registers });

  return {
    onCall({ url, outcome, durationMs }) {
      const [party = "other"] =
        Object.entries(partyUrls).find(([, baseUrl]) => url.startsWith(baseUrl)) ?? [];
      callSeconds.observe({ party, outcome }, durationMs / 1000);
    },

    async serve(deps) {
      const { db, clock } = deps;
      collectDefaultMetrics({ register: registry });
      const transitions = new Counter({
        name: `${prefix}order_transitions_total`,
        help: "Orders that went from one state to another since the start, ten seconds late",
        labelNames: ["from", "to"],
        registers,
      });
      const databaseUp = gauge("database_up", "1 when the database answered this scrape");
      const jobs = gauge("jobs", "Jobs that wait, run or are dead", ["state"]);
      const oldestDue = gauge("jobs_oldest_due_seconds", "For how long a due job waits, at most");
      const connections = gauge("database_connections", "Connections of the pool", ["state"]);
      const waitingForOne = gauge("database_waiting", "Queries that wait for a connection");
      const discord = gauge("discord_connected", "1 while interactions can arrive");
      const newTransitions = await followTransitions(db, deps);

      const readDatabase = async () => {
        const now = clock.now();
        const counts = await countJobs(db, now);
        for (const state of ["waiting", "running", "dead"] as const) {
          jobs.set({ state }, counts[state]);
        }
        const dueMs =
          counts.oldestDueAt === null ? 0 : now.getTime() - counts.oldestDueAt.getTime();
        oldestDue.set(dueMs / 1000);
        for (const { from, to, count } of await newTransitions()) {
          transitions.inc({ from, to }, count);
        }
      };
      let reading: Promise<boolean> | undefined;
      const refresh = async () => {
        // One at a time: two scrapes at once must not count the same events.
        reading ??= readDatabase()
          .then(
            () => true,
            () => false,
          )
          .finally(() => {
            reading = undefined;
          });
        const answered = { yes: false };
        const read = reading.then((ok) => {
          answered.yes = ok;
        });
        await finishWithin(read, longestReadMs);
        databaseUp.set(answered.yes ? 1 : 0);
        if (!answered.yes) {
          // An old figure would look like a quiet shop.
          jobs.reset();
          oldestDue.remove();
        }
        const use = db.connections();
        connections.set({ state: "in_use" }, use.open - use.idle);
        connections.set({ state: "idle" }, use.idle);
        waitingForOne.set(use.waiting);
        discord.set(deps.discordConnected() ? 1 : 0);
      };

      const server = createServer(async (request, response) => {
        if (request.url !== "/metrics" || request.method !== "GET") {
          response.writeHead(404).end("There is only GET /metrics here.\n");
          return;
        }
        await refresh();
        response.setHeader("content-type", registry.contentType);
        response.end(await registry.metrics());
      });
      await new Promise<void>((listening, failed) => {
        server.once("error", failed);
        server.listen(deps.port, "127.0.0.1", listening);
      });
      return async () => {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
        registry.clear();
      };
    },
  };
}
