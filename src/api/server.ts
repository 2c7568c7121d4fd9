/** Server: the HTTP side of a store. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { CatalogCache } from "../catalog/cache.ts";
import type { StoreClock } from "../platform/clock.ts";
import { isInStep, measureDriftMs } from "../platform/drift.ts";
import { finishWithin } from "../platform/stop.ts";
import type { Reporter } from "../suppliers/reporter.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { createGate } from "./auth.ts";
import { compileSerializer, compileValidator } from "./compile.ts";
import { registerDeposits } from "./deposits.ts";
import { registerDocs } from "./docs.ts";
import { registerGames } from "./games.ts";
import { type OrderApiDeps, registerOrders } from "./orders.ts";
import { registerPages } from "./pages/pages.ts";
import { sendProblem } from "./problem.ts";
import { registerReports } from "./reports.ts";
import { registerSaldo } from "./saldo.ts";
import { registerSandbox, type Sandbox } from "./sandbox.ts";
import { registerWebhooks } from "./webhooks.ts";

const largestBodyBytes = 64 * 1024;
const longestDatabaseMs = 2_000;

export interface ApiDeps extends OrderApiDeps {
  readonly catalog: CatalogCache;
  readonly clock: StoreClock;
  readonly supplier: Supplier;
  readonly reporter: Reporter;
  readonly walletOrigins: string[];
  /** Who may say for whom they pass a request on; everybody else is who they are. */
  readonly trustedProxies: readonly string[];
  /** Absent in a live shop. */
  readonly sandbox: Sandbox | undefined;
  /** What keeps the store from selling now, by name; empty when it is ready. */
  notReady(): string[];
}

/** Builds the server; the caller listens and closes. */
export async function buildServer(deps: ApiDeps): Promise<FastifyInstance> {
  const level = deps.log.isLevelEnabled("warn") ? "warn" : deps.log.level;
  const logger: FastifyBaseLogger = deps.log.child({}, { level });
  const app = Fastify({
    // A request without a body is not a stream that must be read to its end.
    http: { optimizeEmptyRequests: true },
    bodyLimit: largestBodyBytes,
    trustProxy: [...deps.trustedProxies],
    genReqId: countedIds(deps.ids.uuid()),
    // What fails is logged with its id. With a logger of its own, Fastify would time every request and
    // listen for its end, for lines that nobody reads.
    childLoggerFactory: () => logger,
    // An address that cannot be decoded never reaches a route.
    frameworkErrors: sendProblem,
    // Requests that are being answered when the store stops are answered.
    forceCloseConnections: "idle",
  });
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(compileSerializer);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      {
        statusCode: 404,
        code: "route.unknown",
        message: `There is no ${request.url.split("?")[0]}`,
      },
      request,
      reply,
    ),
  );

  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    // A database that is cut off gives no answer at all.
    const measured = measureDriftMs(deps.db, deps.clock).catch(() => undefined);
    const driftMs = (await finishWithin(measured, longestDatabaseMs)) ? await measured : undefined;
    const waitingFor = new Set(deps.notReady());
    if (driftMs === undefined) waitingFor.add("database");
    else if (!isInStep(driftMs)) waitingFor.add("clock");
    return waitingFor.size === 0
      ? { status: "ready" }
      : reply.code(503).send({ status: "not ready", waiting_for: [...waitingFor] });
  });
  await registerDocs(app);
  const gate = createGate(app, deps);
  registerGames(app, deps);
  registerOrders(app, gate, deps);
  registerSaldo(app, gate, deps);
  registerDeposits(app, gate, deps);
  registerReports(app, gate, deps);
  registerPages(app, deps);
  await registerWebhooks(app, deps);
  if (deps.sandbox !== undefined) await registerSandbox(app, { ...deps, sandbox: deps.sandbox });
  return app;
}

/** Ids that count on from a first one: few requests are ever named again, and a new id is not free. */
function countedIds(first: string): () => string {
  const fixed = first.slice(0, -12);
  let count = 0;
  return () => {
    count += 1;
    return fixed + count.toString(16).padStart(12, "0");
  };
}
