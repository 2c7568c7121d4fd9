/** Stream: `…/<token>/events`, server-sent events that tell an open page when to look again. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { pageLifeMs as depositPageLifeMs } from "../../deposits/deposit.ts";
import { pageLifeMs } from "../../orders/order.ts";
import type { PaidFor } from "../../payments/payment.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import type { Log } from "../../platform/log.ts";
import { Refusal } from "../../platform/refusal.ts";
import { sendProblem } from "../problem.ts";
import { markerOf } from "./markers.ts";
import { depositOfToken, orderOfToken } from "./token.ts";
import { createWatch, type Watch } from "./watch.ts";

// Far above one family's phones and tabs, and what one process should hold open.
const limits = { perOrder: 8, total: 2_000 };
const comeBackMs = 3_000;
const comeBackWhenFullSeconds = 15;
// Whoever does not read is let go before it costs memory.
const mostUnreadBytes = 16 * 1024;

type Deps = { db: Db; clock: Clock; log: Log };
type Route = { Params: { token: string } };

/**
 * Registers the streams of orders and of deposits. An event named for what the page is of carries its
 * marker as it is now, first at once and then at every change; `over` says that the page's 30 days
 * have ended.
 */
export function registerStream(app: FastifyInstance, deps: Deps) {
  const { db, clock } = deps;
  const watch = createWatch(deps, limits);
  app.addHook("preClose", async () => watch.close());
  const notHead = { exposeHeadRoute: false };

  app.get<Route>("/order/:token/events", notHead, async (request, reply) => {
    const { order } = await orderOfToken(db, request.params.token, clock.now());
    const endsAt = new Date(order.placed_at.getTime() + pageLifeMs);
    const marker = await markerOf(db, { orderId: order.id });
    return stream(watch, request, reply, {
      of: { orderId: order.id },
      name: "order",
      marker,
      endsAt,
    });
  });

  app.get<Route>("/pay/:token/events", notHead, async (request, reply) => {
    const view = await depositOfToken(db, request.params.token, clock.now());
    if (view === undefined) throw new Refusal("page.unknown");
    const { id, opened_at: openedAt } = view.deposit;
    const endsAt = new Date(openedAt.getTime() + depositPageLifeMs);
    const marker = await markerOf(db, { depositId: id });
    return stream(watch, request, reply, {
      of: { depositId: id },
      name: "deposit",
      marker,
      endsAt,
    });
  });
}

/** Opens the stream of a page and keeps it open. */
function stream(
  watch: Watch,
  request: FastifyRequest<Route>,
  reply: FastifyReply,
  page: { of: PaidFor; name: "order" | "deposit"; marker: string; endsAt: Date },
) {
  const { of, name, marker, endsAt } = page;
  const { raw } = reply;
  const write = (text: string) => {
    if (raw.writableLength > mostUnreadBytes) raw.destroy();
    else raw.write(text);
  };
  const leave = watch.add({
    ...of,
    marker,
    endsAt,
    changed: (changed) => write(`event: ${name}\ndata: ${changed}\n\n`),
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
  write(`retry: ${comeBackMs}\nevent: ${name}\ndata: ${marker}\n\n`);
  return reply;
}
