/** Stream: `/order/<token>/events`, server-sent events that tell an open page when to look again. */
import type { FastifyInstance } from "fastify";
import { orderMarkers } from "../../orders/markers.ts";
import { pageLifeMs } from "../../orders/order.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import type { Log } from "../../platform/log.ts";
import { sendProblem } from "../problem.ts";
import { orderOfToken } from "./token.ts";
import { createWatch } from "./watch.ts";

// Far above one family's phones and tabs, and what one process should hold open.
const limits = { perOrder: 8, total: 2_000 };
const comeBackMs = 3_000;
const comeBackWhenFullSeconds = 15;
// Whoever does not read is let go before it costs memory.
const mostUnreadBytes = 16 * 1024;

/**
 * Registers the stream. `order` carries the marker of the order as it is now, first at once and then
 * at every change; `over` says that the page's 30 days have ended.
 */
export function registerStream(app: FastifyInstance, deps: { db: Db; clock: Clock; log: Log }) {
  const { db, clock } = deps;
  const watch = createWatch(deps, limits);
  app.addHook("preClose", async () => watch.close());

  app.get<{ Params: { token: string } }>(
    "/order/:token/events",
    { exposeHeadRoute: false },
    async (request, reply) => {
      const { order } = await orderOfToken(db, request.params.token, clock.now());
      const marker = (await orderMarkers(db, [order.id])).get(order.id) ?? "";
      const { raw } = reply;
      const write = (text: string) => {
        if (raw.writableLength > mostUnreadBytes) raw.destroy();
        else raw.write(text);
      };
      const leave = watch.add({
        orderId: order.id,
        marker,
        endsAt: new Date(order.placed_at.getTime() + pageLifeMs),
        changed: (changed) => write(`event: order\ndata: ${changed}\n\n`),
        beat: () => write(":\n\n"),
        over: () => raw.end("event: over\ndata:\n\n"),
        end: () => raw.end(),
      });
      if (leave === undefined) {
        const message = "Too many pages are open; ask for the page itself now and then.";
        reply.header("retry-after", comeBackWhenFullSeconds);
        return sendProblem({ statusCode: 429, code: "streams.too_many", message }, request, reply);
      }
      raw.on("close", leave);
      // It may have gone while we asked the database, and then says so no more.
      if (raw.destroyed) leave();
      reply.hijack();
      raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-accel-buffering": "no",
        // The connection ends with the stream, so that a store that stops need not wait for it.
        connection: "close",
      });
      write(`retry: ${comeBackMs}\nevent: order\ndata: ${marker}\n\n`);
      return reply;
    },
  );
}
