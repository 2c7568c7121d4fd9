/** Server: the HTTP side of a store. */
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { sql } from "kysely";
import type { CatalogCache } from "../catalog/cache.ts";
import type { SandboxClock } from "../platform/clock.ts";
import { finishWithin } from "../platform/stop.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { createGate } from "./auth.ts";
import { registerDocs } from "./docs.ts";
import { registerGames } from "./games.ts";
import { type OrderApiDeps, registerOrders } from "./orders.ts";
import { registerPages } from "./pages/pages.ts";
import { sendProblem } from "./problem.ts";
import { registerSaldo } from "./saldo.ts";
import { registerSandbox } from "./sandbox.ts";
import { registerWebhooks } from "./webhooks.ts";

const largestBodyBytes = 64 * 1024;
const longestDatabaseMs = 2_000;

export interface ApiDeps extends OrderApiDeps {
  readonly catalog: CatalogCache;
  readonly clock: SandboxClock;
  readonly supplier: Supplier;
  readonly walletOrigins: string[];
  /** The folder of the built playground. */
  readonly playgroundDir: string;
  readonly playgroundConfig: Readonly<Record<string, string>>;
  /** What keeps the store from selling now, by name; empty when it is ready. */
  notReady(): string[];
}

/** Builds the server; the caller listens and closes. */
export async function buildServer(deps: ApiDeps): Promise<FastifyInstance> {
  const logger: FastifyBaseLogger = deps.log.child({}, { level: "warn" });
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: largestBodyBytes,
    genReqId: () => deps.ids.uuid(),
    // A logger for each request costs more than a price list; what fails is logged with its id.
    childLoggerFactory: () => logger,
    // An address that cannot be decoded never reaches a route.
    frameworkErrors: sendProblem,
    // Requests that are being answered when the store stops are answered.
    forceCloseConnections: "idle",
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
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
    const asked = sql`select 1`.execute(deps.db).then(
      () => true,
      () => false,
    );
    // A database that is cut off gives no answer at all.
    const answered = (await finishWithin(asked, longestDatabaseMs)) && (await asked);
    const waitingFor = new Set([...deps.notReady(), ...(answered ? [] : ["database"])]);
    return waitingFor.size === 0
      ? { status: "ready" }
      : reply.code(503).send({ status: "not ready", waiting_for: [...waitingFor] });
  });
  await registerDocs(app);
  const gate = createGate(app, deps);
  registerGames(app, deps);
  registerOrders(app, gate, deps);
  registerSaldo(app, gate, deps);
  registerPages(app, deps);
  await registerWebhooks(app, deps);
  registerSandbox(app, deps);
  await app.register(fastifyStatic, {
    root: join(deps.playgroundDir),
    prefix: "/playground/",
  });
  app.get("/", (_request, reply) => reply.redirect("/playground/"));
  app.get("/playground", (_request, reply) => reply.redirect("/playground/"));
  return app;
}
