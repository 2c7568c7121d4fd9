/** Sandbox: what only a pretend store offers, its clock and, where Discord is simulated, the playground. */
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import * as z from "zod";
import type { SandboxClock } from "../platform/clock.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import { rememberClock } from "../platform/store.ts";

export interface Sandbox {
  readonly clock: SandboxClock;
  readonly playground: Playground | undefined;
}

interface Playground {
  /** The folder of the built pages. */
  readonly directory: string;
  readonly config: Readonly<Record<string, string | null>>;
}

const longestAdvanceSeconds = 7 * 24 * 3600;

/** Registers the clock and the playground. */
export async function registerSandbox(
  app: FastifyInstance,
  deps: { db: Database; sandbox: Sandbox },
) {
  const { clock, playground } = deps.sandbox;
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get("/sandbox/clock", async () => ({ now: clock.now().toISOString() }));
  api.post(
    "/sandbox/clock",
    { schema: { body: z.object({ advance_seconds: z.int().min(0).max(longestAdvanceSeconds) }) } },
    async (request) => {
      // Kept first: a crash in between must not let a restarted shop go back in time.
      const ms = request.body.advance_seconds * 1000;
      await inTransaction(deps.db, (tx) => rememberClock(tx, clock.offsetMs() + ms));
      clock.advance(ms);
      return { now: clock.now().toISOString() };
    },
  );

  if (playground === undefined) return;
  api.get("/playground/config.json", async (_request, reply) =>
    reply.header("cache-control", "no-store").send(playground.config),
  );
  await app.register(fastifyStatic, { root: playground.directory, prefix: "/playground/" });
  app.get("/", (_request, reply) => reply.redirect("/playground/"));
  app.get("/playground", (_request, reply) => reply.redirect("/playground/"));
}
