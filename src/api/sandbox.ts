/** Sandbox: what only a pretend store offers, its clock and the playground's settings. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import * as z from "zod";
import type { SandboxClock } from "../platform/clock.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import { rememberClock } from "../platform/store.ts";

const longestAdvanceSeconds = 7 * 24 * 3600;

/** Registers the clock and the playground's settings. */
export function registerSandbox(
  app: FastifyInstance,
  deps: {
    db: Database;
    clock: SandboxClock;
    playgroundConfig: Readonly<Record<string, string>>;
  },
) {
  const { clock, db } = deps;
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get("/playground/config.json", async (_request, reply) =>
    reply.header("cache-control", "no-store").send(deps.playgroundConfig),
  );
  api.get("/sandbox/clock", async () => ({ now: clock.now().toISOString() }));
  api.post(
    "/sandbox/clock",
    { schema: { body: z.object({ advance_seconds: z.int().min(0).max(longestAdvanceSeconds) }) } },
    async (request) => {
      // Kept first: a crash in between must not let a restarted shop go back in time.
      const ms = request.body.advance_seconds * 1000;
      await inTransaction(db, (tx) => rememberClock(tx, clock.offsetMs() + ms));
      clock.advance(ms);
      return { now: clock.now().toISOString() };
    },
  );
}
