/** Pages: `/pay/<token>` and `/order/<token>`, for whoever has the token, server-rendered. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textsFor } from "../../notifications/texts/texts.ts";
import type { OrderView } from "../../orders/find.ts";
import { orderMarkers } from "../../orders/markers.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Db, inSnapshot } from "../../platform/db.ts";
import type { Log } from "../../platform/log.ts";
import { Refusal } from "../../platform/refusal.ts";
import { registerAssets } from "./assets.ts";
import { orderHeadline, renderOrderPage } from "./order.ts";
import { payHeadline, renderPay } from "./pay.ts";
import { localeOf, protect, sendPage, sendUnknown } from "./shell.ts";
import { mayChange, standingOf, wantsPayment } from "./standing.ts";
import { registerStream } from "./stream.ts";
import { orderOfToken } from "./token.ts";

interface Visit {
  Params: { token: string };
  Querystring: { lang?: unknown; result?: unknown };
}

/** Registers both pages and what they load. `walletOrigins` are where the wallet link may lead. */
export function registerPages(
  app: FastifyInstance,
  deps: { db: Db; clock: Clock; log: Log; walletOrigins: string[] },
) {
  const { db, clock } = deps;

  /** An order and its marker as of one moment, so that no change between the two is missed. */
  const find = (token: string) =>
    inSnapshot(db, async (snapshot) => {
      const view = await orderOfToken(snapshot, token, clock.now());
      const markers = await orderMarkers(snapshot, [view.order.id]);
      return { view, marker: markers.get(view.order.id) ?? "" };
    });

  /** Answers with what `show` makes of the order, or that there is no such page. */
  const visit = async (
    request: FastifyRequest<Visit>,
    reply: FastifyReply,
    show: (found: { view: OrderView; marker: string }) => FastifyReply,
  ) => {
    try {
      return show(await find(request.params.token));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const locale = localeOf(request, request.query.lang);
      return sendUnknown(reply, locale, textsFor(locale));
    }
  };

  app.get<Visit>("/pay/:token", (request, reply) =>
    visit(request, reply, ({ view, marker }) => {
      const { lang, result } = request.query;
      const locale = localeOf(request, lang);
      const texts = textsFor(locale);
      const now = clock.now();
      const standing = standingOf(view, now);
      const address = `/order/${view.order.page_token}`;
      if (!wantsPayment(standing)) {
        const chosen = lang === locale ? `?lang=${locale}` : "";
        return protect(reply).redirect(address + chosen, 303);
      }
      const page = {
        ...{ view, standing, texts, locale, now, returned: result === "success" },
        walletOrigins: deps.walletOrigins,
      };
      return sendPage(reply, {
        locale,
        title: texts.page.title(payHeadline(page), view.order.code),
        body: renderPay(page),
        live: { events: `${address}/events`, marker, shows: standing },
      });
    }),
  );

  app.get<Visit>("/order/:token", (request, reply) =>
    visit(request, reply, ({ view, marker }) => {
      const locale = localeOf(request, request.query.lang);
      const texts = textsFor(locale);
      const standing = standingOf(view, clock.now());
      const page = { view, standing, texts, locale };
      const events = `/order/${view.order.page_token}/events`;
      return sendPage(reply, {
        locale,
        title: texts.page.title(orderHeadline(page), view.order.code),
        body: renderOrderPage(page),
        ...(mayChange(view) ? { live: { events, marker, shows: standing } } : {}),
      });
    }),
  );

  app.get<{ Params: { token: string } }>("/pay/:token/qr.png", async (request, reply) => {
    const now = clock.now();
    const view = await orderOfToken(db, request.params.token, now);
    const image = view.payment?.qr_image;
    if (standingOf(view, now) !== "payable" || !image) throw new Refusal("page.unknown");
    return protect(reply).type("image/png").send(image);
  });

  registerStream(app, deps);
  registerAssets(app);
}
