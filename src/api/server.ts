/** Server: the HTTP side of a store. */
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { sql } from "kysely";
import type { CatalogCache } from "../catalog/cache.ts";
import type { NicknameLookup } from "../game-accounts/look-up.ts";
import type { PaymentGateway } from "../payments/gateway.ts";
import type { SandboxClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { finishWithin } from "../platform/stop.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { compileSerializer, compileValidator } from "./compile.ts";
import { registerDocs } from "./docs.ts";
import { registerGames } from "./games.ts";
import { registerPayPage } from "./pay-page.ts";
import { sendProblem } from "./problem.ts";
import { registerSandbox } from "./sandbox.ts";
import { registerWebhooks } from "./webhooks.ts";

const largestBodyBytes = 64 * 1024;
const longestDatabaseMs = 2_000;

export interface ApiDeps extends ReportDeps {
  readonly db: Database;
  readonly catalog: CatalogCache;
  readonly clock: SandboxClock;
  readonly lookup: NicknameLookup;
  readonly gateway: PaymentGateway;
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
    // A request without a body is not a stream that must be read to its end.
    http: { optimizeEmptyRequests: true },
    bodyLimit: largestBodyBytes,
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
  registerGames(app, deps);
  registerPayPage(app, deps);
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

/** Ids that count on from a first one: few requests are ever named again, and a new id is not free. */
function countedIds(first: string): () => string {
  const fixed = first.slice(0, -12);
  let count = 0;
  return () => {
    count += 1;
    return fixed + count.toString(16).padStart(12, "0");
  };
}
