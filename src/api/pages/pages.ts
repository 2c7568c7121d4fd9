/** Pages: `/pay/<token>` and `/order/<token>`, for whoever has the token, server-rendered. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DepositView } from "../../deposits/find.ts";
import { depositMayChange, depositStandingOf } from "../../deposits/standing.ts";
import { textsFor } from "../../notifications/texts/texts.ts";
import type { OrderView } from "../../orders/find.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Db, inSnapshot } from "../../platform/db.ts";
import type { Log } from "../../platform/log.ts";
import { Refusal } from "../../platform/refusal.ts";
import { registerAssets } from "./assets.ts";
import { depositHeadline, renderDeposit } from "./deposit.ts";
import { markerOf } from "./markers.ts";
import { orderHeadline, renderOrderPage } from "./order.ts";
import { payHeadline, renderPay } from "./pay.ts";
import { localeOf, protect, sendPage, sendUnknown } from "./shell.ts";
import { mayChange, standingOf, wantsPayment } from "./standing.ts";
import { registerStream } from "./stream.ts";
import { depositOfToken, orderOfToken } from "./token.ts";

interface Visit {
  Params: { token: string };
  Querystring: { lang?: unknown; result?: unknown };
}

/** What a page shows and its marker, as of one moment, so that no change between the two is missed. */
interface Found<View> {
  readonly view: View;
  readonly marker: string;
}

interface PageDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the wallet link may lead. */
  readonly walletOrigins: string[];
}

/** Registers the pages and what they load. */
export function registerPages(app: FastifyInstance, deps: PageDeps) {
  const { db, clock } = deps;

  const findOrder = async (snapshot: Db, token: string): Promise<Found<OrderView>> => {
    const view = await orderOfToken(snapshot, token, clock.now());
    return { view, marker: await markerOf(snapshot, { orderId: view.order.id }) };
  };
  /** A payment page is a deposit's or an order's. */
  const findPayable = async (
    snapshot: Db,
    token: string,
  ): Promise<{ deposit: Found<DepositView> } | { order: Found<OrderView> }> => {
    const view = await depositOfToken(snapshot, token, clock.now());
    if (view === undefined) return { order: await findOrder(snapshot, token) };
    return { deposit: { view, marker: await markerOf(snapshot, { depositId: view.deposit.id }) } };
  };

  /** Answers with what `show` makes of what is found, or that there is no such page. */
  const visit = async <Of>(
    request: FastifyRequest<Visit>,
    reply: FastifyReply,
    find: (snapshot: Db, token: string) => Promise<Of>,
    show: (found: Of) => FastifyReply,
  ) => {
    try {
      return show(await inSnapshot(db, (snapshot) => find(snapshot, request.params.token)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const locale = localeOf(request, request.query.lang);
      return sendUnknown(reply, locale, textsFor(locale));
    }
  };

  app.get<Visit>("/pay/:token", (request, reply) =>
    visit(request, reply, findPayable, (found) =>
      "deposit" in found
        ? showDeposit(deps, request, reply, found.deposit)
        : showPay(deps, request, reply, found.order),
    ),
  );

  app.get<Visit>("/order/:token", (request, reply) =>
    visit(request, reply, findOrder, ({ view, marker }) => {
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
    const image = await payableQr(db, request.params.token, clock.now());
    if (!image) throw new Refusal("page.unknown");
    return protect(reply).type("image/png").send(image);
  });

  registerStream(app, deps);
  registerAssets(app);
}

/** The payment page of an order, or the way to the order when it wants no money any more. */
function showPay(
  { clock, walletOrigins }: PageDeps,
  request: FastifyRequest<Visit>,
  reply: FastifyReply,
  { view, marker }: Found<OrderView>,
): FastifyReply {
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
  const returned = result === "success";
  const page = { view, standing, texts, locale, now, returned, walletOrigins };
  return sendPage(reply, {
    locale,
    title: texts.page.title(payHeadline(page), view.order.code),
    body: renderPay(page),
    live: { events: `${address}/events`, marker, shows: standing },
  });
}

/** The page of a deposit, from how to pay it to the saldo that it became. */
function showDeposit(
  { clock, walletOrigins }: PageDeps,
  request: FastifyRequest<Visit>,
  reply: FastifyReply,
  { view, marker }: Found<DepositView>,
): FastifyReply {
  const locale = localeOf(request, request.query.lang);
  const texts = textsFor(locale);
  const now = clock.now();
  const standing = depositStandingOf(view, now);
  const returned = request.query.result === "success";
  const page = { view, standing, texts, locale, now, returned, walletOrigins };
  const events = `/pay/${view.deposit.page_token}/events`;
  return sendPage(reply, {
    locale,
    title: texts.page.deposit.title(depositHeadline(page), view.deposit.code),
    body: renderDeposit(page),
    ...(depositMayChange(view) ? { live: { events, marker, shows: standing } } : {}),
  });
}

/** The picture to scan, while it can be paid. */
async function payableQr(db: Db, token: string, now: Date): Promise<Buffer | null | undefined> {
  const deposit = await depositOfToken(db, token, now);
  if (deposit !== undefined) {
    return depositStandingOf(deposit, now) === "payable" ? deposit.payment?.qr_image : null;
  }
  const order = await orderOfToken(db, token, now);
  return standingOf(order, now) === "payable" ? order.payment?.qr_image : null;
}
