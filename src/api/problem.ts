/** Problem: the one translator from refusals and faults to RFC 9457 problem documents. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { isDatabaseGone, isUnstorable, mayTryAgain } from "../platform/database-problem.ts";
import { Refusal, type RefusalCode } from "../platform/refusal.ts";

const statuses: Readonly<Record<RefusalCode, number>> = {
  "game.unknown": 404,
  "sku.unknown": 404,
  "order.unknown": 404,
  "page.unknown": 404,
  "quote.unknown": 404,
  "input.invalid": 400,
  "game_account.invalid": 422,
  "check.too_many": 429,
  "interaction.stale": 410,
  "purchase.too_old": 409,
  "staff.unknown": 404,
  "key.unknown": 404,
  "key.missing": 401,
  "key.invalid": 401,
  "key.scope": 403,
  "idempotency_key.missing": 400,
  "idempotency_key.reused": 422,
  "game_account.not_found": 422,
  "game_account.unchecked": 409,
  "quote.expired": 410,
  "quote.used": 409,
  "sku.sold_out": 409,
  "saldo.insufficient": 402,
  "order.too_many_unpaid": 409,
  "order.blocked": 403,
  "order.not_short": 409,
  "order.not_refundable": 409,
  "refund.too_much": 422,
  "refund.again": 409,
  "refund.none_under_way": 409,
  "refund.in_flight": 409,
  "refund.not_in_part": 422,
  "refund.no_source": 422,
  "purchase.in_flight": 409,
  "purchase.may_have_worked": 409,
  "sku.unavailable": 409,
  "order.not_cancellable": 409,
  "purchase.worked": 409,
  "order.paid": 409,
  "order.may_be_paid": 409,
  "deposit.unknown": 404,
  "deposit.amount": 422,
  "deposit.too_many_unpaid": 409,
  "deposit.over": 409,
  "deposit.may_be_paid": 409,
  "desk.unknown": 404,
  "desk.taken": 409,
  "desk.closed": 409,
  "block.exists": 409,
  "block.unknown": 404,
  "staff.role": 403,
  "customer.unknown": 404,
  "money.too_little": 422,
  "money.ref_reused": 409,
  "saldo.too_little": 422,
  "payment.unknown": 404,
  "payment.several": 409,
  "payment.counted": 409,
  "chargeback.no_money": 409,
  "chargeback.from_saldo": 409,
  "chargeback.again": 409,
  "chargeback.not_applied": 409,
  "chargeback.refund_under_way": 409,
  "chargeback.not_in_part": 422,
  "order.charged_back": 409,
  "suspense.empty": 404,
  "suspense.whose": 409,
  "adjustment.again": 409,
  "cashback.limit": 422,
  "proposal.unknown": 404,
  "proposal.ended": 409,
  "proposal.own": 403,
};

function sentence(refusal: Refusal): string {
  const { details } = refusal;
  switch (refusal.code) {
    case "game.unknown":
      return `There is no game "${details.game}". Known games: ${details.known}.`;
    case "sku.unknown":
      return `There is no SKU "${details.sku}" on sale: GET /api/v1/game/products/{code} lists them.`;
    case "order.unknown":
      return "There is no such order of yours: GET /api/v1/orders lists them.";
    case "quote.unknown":
      return "There is no such quote of yours: ask for one with POST /api/v1/quotes.";
    case "quote.expired":
      return "The quote is older than five minutes, so its price no longer holds: ask for another one.";
    case "quote.used":
      return `The quote is an order already: ${details.order}. Ask for another quote to buy once more.`;
    case "key.missing":
      return "Send your API key: Authorization: Bearer konter_…";
    case "key.invalid":
      return "This API key is unknown or was revoked: ask the shop for one that works.";
    case "key.scope":
      return `This API key may not do that; it needs the scope ${details.scope}.`;
    case "idempotency_key.missing":
      return "Send an Idempotency-Key of 1 to 200 visible characters, a new one for each order; repeat it to repeat a request safely.";
    case "idempotency_key.reused":
      return "This Idempotency-Key was used for another request. Nothing was done; use a new key.";
    case "game_account.unchecked":
      return "Nobody can say now whose account that is. Try again later, or send confirm_unchecked: true if you are sure; what goes to a wrong account cannot be taken back.";
    case "sku.sold_out":
      return "This SKU is sold out. No money was taken.";
    case "saldo.insufficient":
      return `The saldo of Rp ${details.saldo} does not cover Rp ${details.price}. Top it up with POST /api/v1/deposits.`;
    case "order.too_many_unpaid":
      return "Three orders wait for their payment already: pay or cancel one first.";
    case "order.blocked":
      return `The shop refused order ${details.order}. No money was taken. To appeal, name the order to the shop's staff.`;
    case "order.not_short":
      return "No money came short for this order, or it is over and the money is in the saldo.";
    case "sku.unavailable":
      return "This SKU cannot be bought now; it is back in GET /api/v1/game/products/{code} when it can.";
    case "order.not_cancellable":
      return `The order is ${details.state}: only one that waits for its payment can be cancelled.`;
    case "order.paid":
      return "The order is paid, so it cannot be cancelled any more.";
    case "order.may_be_paid":
      return "The gateway could not confirm that no money is on its way. Ask again in a moment; unpaid, the order ends by itself.";
    case "deposit.unknown":
      return "There is no such deposit of yours: GET /api/v1/deposits lists them.";
    case "deposit.amount":
      return `amount is a whole number of rupiah, from ${details.least} to ${details.most}.`;
    case "deposit.too_many_unpaid":
      return "Three deposits wait for their payment already: pay or cancel one first.";
    case "deposit.over":
      return `The deposit is ${details.state}, so it cannot be cancelled any more.`;
    case "deposit.may_be_paid":
      return "The gateway could not confirm that no money is on its way. Ask again in a moment; unpaid, the deposit ends by itself.";
    case "input.invalid":
    case "check.too_many":
    case "game_account.invalid":
    case "game_account.not_found":
      return details.message ?? "The request is not valid.";
    default:
      return `Refused: ${refusal.code}.`;
  }
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly param?: string;
}

function toProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Refusal) {
    const param = error.details.field;
    return {
      status: statuses[error.code],
      code: error.code,
      detail: sentence(error),
      ...(param === undefined ? {} : { param }),
    };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const param =
      first?.instancePath.split("/").filter(Boolean).join(".") || error.validationContext;
    const detail = `${param}: ${first?.message ?? "not valid"}`;
    return { status: 400, code: "input.invalid", detail, ...(param ? { param } : {}) };
  }
  const { statusCode = 500, message, code } = error as FastifyError;
  if (statusCode < 500) {
    return { status: statusCode, code: (code ?? "request.invalid").toLowerCase(), detail: message };
  }
  if (isUnstorable(error)) {
    const detail = "The request holds a character that no text can hold, such as U+0000.";
    return { status: 400, code: "input.invalid", detail };
  }
  if (isDatabaseGone(error) || mayTryAgain(error)) {
    const detail =
      "The database does not answer. Try again in a moment, with the same Idempotency-Key where you sent one: what was done already is not done twice.";
    return { status: 503, code: "database.unavailable", detail };
  }
  const detail = `Something broke on our side. Reference: ${request.id}`;
  return { status: 500, code: "internal", detail };
}

/** Fastify's error handler: every failure as a problem document, faults logged with a reference. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error, request);
  if (problem.status >= 500)
    request.log.error({ reqId: request.id, err: error }, "a request failed");
  // A repeated request is answered as it was the first time, to the byte.
  const requestId = (error instanceof Refusal && error.details.request_id) || request.id;
  const retryAfterS = error instanceof Refusal ? error.details.retry_after_s : undefined;
  if (retryAfterS !== undefined) reply.header("retry-after", retryAfterS);
  return reply
    .code(problem.status)
    .type("application/problem+json")
    .send({ type: "about:blank", title: problem.code, ...problem, request_id: requestId });
}
