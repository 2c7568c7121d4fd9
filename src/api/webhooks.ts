/** Webhooks: what parties tell us, verified on the raw bytes before anything is believed. */
import type { FastifyInstance } from "fastify";
import type { PaymentGateway } from "../payments/gateway.ts";
import { acceptWebhook } from "../payments/reconcile.ts";
import type { Database } from "../platform/db.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import { acceptPurchaseWebhook, type WebhookDeps } from "../suppliers/webhook.ts";

const largestBodyBytes = 256 * 1024;

/** Registers the webhook of every party. A forged one gets 401 and leaves no trace but a log line. */
export async function registerWebhooks(
  app: FastifyInstance,
  deps: ReportDeps & WebhookDeps & { db: Database; gateway: PaymentGateway },
) {
  const { db, log } = deps;
  await app.register(async (scope) => {
    // Signatures are over bytes: parsed and written again, a genuine message would not verify.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "*",
      { parseAs: "buffer", bodyLimit: largestBodyBytes },
      (_request, body, done) => done(null, body),
    );

    scope.post("/webhooks/midtrans", async (request, reply) => {
      const read = deps.gateway.readWebhook(rawBody(request.body));
      if (read.outcome === "forged") {
        log.warn({ from: request.ip }, "a forged Midtrans notification was refused");
        return reply.code(401).send();
      }
      const known = await acceptWebhook(db, deps, read);
      if (!known) log.warn({ ref: read.ref }, "an authentic notification of an unknown payment");
      return reply.code(200).send();
    });

    scope.post("/webhooks/digiflazz", async (request, reply) => {
      const raw = rawBody(request.body);
      const outcome = await acceptPurchaseWebhook(db, deps, { raw, headers: request.headers });
      if (outcome === "forged") {
        log.warn({ from: request.ip }, "a forged Digiflazz webhook was refused");
        return reply.code(401).send();
      }
      return reply.code(200).send();
    });
  });
}

function rawBody(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
