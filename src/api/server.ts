/** Server: the HTTP side of a store. */
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { sql } from "kysely";
import type { NicknameChecker } from "../game-accounts/checker.ts";
import type { PaymentGateway } from "../payments/gateway.ts";
import type { SandboxClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import { registerGames } from "./games.ts";
import { registerPayPage } from "./pay-page.ts";
import { sendProblem } from "./problem.ts";
import { registerSandbox } from "./sandbox.ts";
import { registerWebhooks } from "./webhooks.ts";

const largestBodyBytes = 64 * 1024;

export interface ApiDeps extends ReportDeps {
  readonly db: Database;
  readonly clock: SandboxClock;
  readonly checker: NicknameChecker;
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
    loggerInstance: logger,
    bodyLimit: largestBodyBytes,
    genReqId: () => deps.ids.uuid(),
    forceCloseConnections: true,
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
    const waiting = deps.notReady();
    const database = await sql`select 1`.execute(deps.db).then(
      () => true,
      () => false,
    );
    if (!database) waiting.push("database");
    return waiting.length === 0
      ? { status: "ready" }
      : reply.code(503).send({ status: "not ready", waiting_for: waiting });
  });
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
