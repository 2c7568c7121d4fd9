/** Problem: the one translator from refusals and faults to RFC 9457 problem documents. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { isDatabaseGone, isUnstorable } from "../platform/database-problem.ts";
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
  "desk.unknown": 404,
  "desk.taken": 409,
  "desk.closed": 409,
};

function sentence(refusal: Refusal): string {
  const { details } = refusal;
  switch (refusal.code) {
    case "game.unknown":
      return `There is no game "${details.game}". Known games: ${details.known}.`;
    case "input.invalid":
    case "check.too_many":
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
  if (isDatabaseGone(error)) {
    const detail = "The database does not answer. Nothing was changed; try again in a moment.";
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
  const retryAfterS = error instanceof Refusal ? error.details.retry_after_s : undefined;
  if (retryAfterS !== undefined) reply.header("retry-after", retryAfterS);
  return reply
    .code(problem.status)
    .type("application/problem+json")
    .send({ type: "about:blank", title: problem.code, ...problem, request_id: request.id });
}
