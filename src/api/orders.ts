/** Orders: quotes and orders over REST, each key's own. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { findSku } from "../catalog/product.ts";
import { checkGameAccount } from "../game-accounts/check.ts";
import { accountFormats, isGameCode } from "../game-accounts/game.ts";
import type { NicknameLookup } from "../game-accounts/look-up.ts";
import { parseGameAccount } from "../game-accounts/parse.ts";
import { describeAccountProblem, describeWrongRegion } from "../notifications/account-problem.ts";
import { textsFor } from "../notifications/texts/texts.ts";
import { cancelOrder } from "../orders/expire.ts";
import { type Fact, factsOf } from "../orders/facts.ts";
import { listOrders, type OrderView, viewOwnOrder } from "../orders/find.ts";
import { type Placed, placeOrder } from "../orders/place.ts";
import type { Placer } from "../orders/placer.ts";
import { confirmAccount, quoteOrder } from "../orders/quote.ts";
import { decideShort } from "../orders/short.ts";
import type { ReconcileDeps } from "../payments/reconcile.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import { toJsonRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { suppliedSkus } from "../suppliers/find.ts";
import type { Supplier } from "../suppliers/supplier.ts";
import type { Gate } from "./auth.ts";
import * as contract from "./order-contract.ts";

export interface OrderApiDeps extends ReconcileDeps {
  readonly db: Database;
  readonly lookup: NicknameLookup;
  readonly placer: Placer;
  readonly supplier: Supplier;
  /** Where buyers reach us. */
  publicUrl(): string;
}

/** Registers quotes and orders below `/api/v1`. */
export function registerOrders(app: FastifyInstance, gate: Gate, deps: OrderApiDeps) {
  const { db } = deps;
  const api = app.withTypeProvider<ZodTypeProvider>();
  const sells = { onRequest: gate("sell") };
  const reads = { onRequest: gate("read", "sell") };

  api.post("/api/v1/quotes", { schema: contract.createQuote, ...sells }, async (request, reply) => {
    const { customerId } = request.caller;
    const data = await quote(deps, customerId, request.body);
    return reply.code(201).send({ success: true as const, data });
  });

  api.post("/api/v1/orders", { schema: contract.createOrder, ...sells }, async (request, reply) => {
    const { keyId, customerId } = request.caller;
    const placed = await placeOrder(deps, {
      key: `key:${keyId}:${idempotencyKey(request.headers["idempotency-key"])}`,
      requestId: request.id,
      customerId,
      quoteId: request.body.quote_id,
      method: request.body.method,
      gateway: deps.gateway.name,
    });
    if (placed.outcome !== "placed") throw refusalOf(placed);
    const data = {
      code: placed.order_code,
      state: placed.state,
      sku: placed.sku,
      total: toJsonRupiah(placed.price),
      method: placed.method,
      placed_at: placed.placed_at.toISOString(),
      pay_by: placed.pay_by?.toISOString() ?? null,
      page_url: pageUrl(deps, placed.page_token),
    };
    return reply.code(201).send({ success: true as const, data });
  });

  api.get("/api/v1/orders/:code", { schema: contract.readOrder, ...reads }, async (request) => {
    const { customerId } = request.caller;
    const view = await viewOwnOrder(db, { orderCode: request.params.code, customerId });
    return { success: true as const, data: detailed(deps, view) };
  });

  api.get("/api/v1/orders", { schema: contract.readOrders, ...reads }, async (request) => {
    const { customerId } = request.caller;
    const { orders, next } = await listOrders(db, { customerId, ...request.query });
    return { success: true as const, data: orders.map((view) => shown(deps, view)), next };
  });

  api.post(
    "/api/v1/orders/:code/short-payment",
    { schema: contract.decideShort, ...sells },
    async (request) => {
      const own = { orderCode: request.params.code, customerId: request.caller.customerId };
      await decideShort(db, deps, { ...own, choice: request.body.choice });
      return { success: true as const, data: shown(deps, await viewOwnOrder(db, own)) };
    },
  );

  api.post(
    "/api/v1/orders/:code/cancel",
    { schema: contract.cancelOrder, ...sells },
    async (request) => {
      const own = { orderCode: request.params.code, customerId: request.caller.customerId };
      const before = await viewOwnOrder(db, own);
      const ended = await cancelOrder(db, deps, own);
      if (ended === "unknown") throw new Refusal("order.may_be_paid", { retry_after_s: "10" });
      const view = ended === "ended" ? await viewOwnOrder(db, own) : before;
      const { state, paid, refunded } = view.order;
      if (ended === "paid" || paid > refunded) throw new Refusal("order.paid");
      if (state !== "cancelled") throw new Refusal("order.not_cancellable", { state });
      return { success: true as const, data: shown(deps, view) };
    },
  );
}

/** Checks the account and quotes. Refuses an account that is wrong, or that nobody can check now. */
async function quote(
  deps: OrderApiDeps,
  customerId: string,
  input: {
    sku: string;
    user_id: string;
    server_id?: string | null | undefined;
    confirm_unchecked: boolean;
  },
) {
  const { db } = deps;
  const texts = textsFor("en");
  const sku = await findSku(db, input.sku);
  const supplied = await suppliedSkus(db, deps, [sku]);
  if (!supplied.has(sku.id)) throw new Refusal("sku.unavailable");
  if (!isGameCode(sku.gameCode)) throw new Refusal("sku.unknown", { sku: input.sku });
  const parsed = parseGameAccount(sku.gameCode, {
    playerId: input.user_id,
    zoneId: input.server_id ?? undefined,
  });
  if (parsed.outcome !== "parsed") {
    const message = describeAccountProblem(texts, accountFormats[sku.gameCode], parsed);
    throw new Refusal("game_account.invalid", { field: "user_id", message });
  }
  const checked = await checkGameAccount(db, deps, { customerId, gameAccount: parsed.gameAccount });
  switch (checked.outcome) {
    case "found":
      break;
    case "unavailable":
      if (!input.confirm_unchecked) throw new Refusal("game_account.unchecked");
      break;
    case "not_found":
      throw new Refusal("game_account.not_found", {
        field: "user_id",
        message: texts.validate.notFound,
      });
    case "wrong_region":
      throw new Refusal("game_account.not_found", {
        field: "user_id",
        message: describeWrongRegion(texts, checked),
      });
    case "too_many": {
      const retryAfterS = String(checked.retryAfterS);
      const message = texts.check.tooMany(retryAfterS);
      throw new Refusal("check.too_many", { message, retry_after_s: retryAfterS });
    }
    default:
      return checked satisfies never;
  }
  const { checkToken } = checked;
  const made = await quoteOrder(db, deps, { customerId, skuCode: sku.code, checkToken });
  if (checked.outcome === "unavailable") {
    await inTransaction(db, (tx) => confirmAccount(tx, deps, { customerId, quoteId: made.id }));
  }
  const { playerId, zoneId } = parsed.gameAccount;
  return {
    id: made.id,
    sku: sku.code,
    price: toJsonRupiah(made.priceIdr),
    user_id: playerId,
    ...(zoneId === undefined ? {} : { server_id: zoneId }),
    ...(checked.outcome === "found" ? { nickname: checked.nickname } : {}),
    expires_at: made.expiresAt.toISOString(),
  };
}

/** An `Idempotency-Key` as it was sent. Refuses one that is missing, too long or not visible. */
export function idempotencyKey(header: string | undefined): string {
  if (header === undefined || !/^[\x21-\x7e]{1,200}$/.test(header)) {
    throw new Refusal("idempotency_key.missing", { field: "idempotency-key" });
  }
  return header;
}

function refusalOf(placed: Exclude<Placed, { outcome: "placed" }>): Refusal {
  if (placed.outcome === "key_reused") return new Refusal("idempotency_key.reused");
  const repeated = { request_id: placed.request_id };
  switch (placed.outcome) {
    case "duplicate":
      return new Refusal("quote.used", { ...repeated, order: placed.order_code });
    case "blocked":
      return new Refusal("order.blocked", { ...repeated, order: placed.order_code });
    case "insufficient_saldo": {
      const [saldo, price] = [String(placed.saldo), String(placed.price)];
      return new Refusal("saldo.insufficient", { ...repeated, saldo, price });
    }
    case "quote_unknown":
      return new Refusal("quote.unknown", repeated);
    case "quote_expired":
      return new Refusal("quote.expired", repeated);
    case "unconfirmed":
      return new Refusal("game_account.unchecked", repeated);
    case "too_many_unpaid":
      return new Refusal("order.too_many_unpaid", repeated);
    case "sold_out":
      return new Refusal("sku.sold_out", repeated);
    default:
      return placed satisfies never;
  }
}

const pageUrl = (deps: OrderApiDeps, token: string) => `${deps.publicUrl()}/order/${token}`;

function shown(deps: OrderApiDeps, view: OrderView) {
  const { order, purchase } = view;
  return {
    code: order.code,
    state: order.state,
    sku: view.skuCode,
    item: `${view.gameName} ${view.skuName}`,
    game: order.game_code,
    user_id: order.player_id,
    ...(order.zone_id === null ? {} : { server_id: order.zone_id }),
    ...(order.nickname === null ? {} : { nickname: order.nickname }),
    total: toJsonRupiah(order.price),
    paid: toJsonRupiah(order.paid),
    refunded: toJsonRupiah(order.refunded),
    method: order.method,
    placed_at: order.placed_at.toISOString(),
    changed_at: order.changed_at.toISOString(),
    pay_by: order.state === "awaiting_payment" ? order.pay_by.toISOString() : null,
    ...(purchase?.serial_number ? { serial_number: purchase.serial_number } : {}),
    page_url: pageUrl(deps, order.page_token),
  };
}

function detailed(deps: OrderApiDeps, view: OrderView) {
  const { order, payment, events } = view;
  const payable = order.state === "awaiting_payment" && payment?.state === "pending";
  const fact = ({ state, at }: Fact<string>) => ({ state, at: at?.toISOString() ?? null });
  const known = factsOf(view);
  return {
    ...shown(deps, view),
    facts: {
      payment: fact(known.payment),
      purchase: fact(known.purchase),
      delivery: fact(known.delivery),
      notice: fact(known.notice),
    },
    ...(payable
      ? {
          payment: {
            state: payment.state,
            expires_at: payment.expires_at.toISOString(),
            ...(payment.deep_link ? { deep_link: payment.deep_link } : {}),
            ...(payment.qr_image
              ? { qr_url: `${deps.publicUrl()}/pay/${order.page_token}/qr.png` }
              : {}),
          },
        }
      : {}),
    events: events.map(({ at, ...event }) => ({ ...event, at: at.toISOString() })),
  };
}
