/** What stands before every Core API call: the key, the Accept header, idempotency and faults. */
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from "fastify";
import type { Books } from "../books.ts";
import type { Faults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import { answerHtml, breakConnection, neverAnswer } from "../wire.ts";
import { type Answer, describeProblem } from "./answer.ts";
import type { MidtransBooks } from "./till.ts";

/** Does one call. A fault that is not of the wire is the call's own to play. */
type Work<Route extends RouteGenericInterface> = (
  request: FastifyRequest<Route>,
  fault: string | undefined,
) => Answer;

export type Gate = <Route extends RouteGenericInterface>(
  operation: string,
  work: Work<Route>,
  /** The fault that the request itself asks for. */
  magic?: (request: FastifyRequest<Route>) => string | undefined,
) => (request: FastifyRequest<Route>, reply: FastifyReply) => FastifyReply;

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly html?: true;
}

/** Answers that say nothing of the call: it was not done. */
const unauthorized: Refusal = {
  status: 401,
  message: "Transaction cannot be authorized with the current client/server key.",
};
const refusals: Readonly<Record<string, Refusal>> = {
  http_401: unauthorized,
  http_429: { status: 429, message: "Too many requests" },
  http_500: { status: 500, message: "Internal server error" },
  http_503: { status: 503, message: "Service unavailable" },
  html_500: { status: 500, message: "Internal Server Error", html: true },
  html_502: { status: 502, message: "Bad Gateway", html: true },
  html_503: { status: 503, message: "Service Temporarily Unavailable", html: true },
};

/** The faults of every call. `lost_answer` and `hang` do the work. */
export const wireFaults: readonly string[] = [...Object.keys(refusals), "lost_answer", "hang"];

const keyLifetimeMs = 5 * 60_000;
// Its documented length was not seen; nobody needs more.
const longestKey = 36;

export function createGate(
  context: PartyContext,
  serverKey: string,
  books: Books<MidtransBooks>,
  faults: Faults,
): Gate {
  const { clock } = context;
  const { answers } = books.data;
  const runningKeys = new Set<string>();
  const authorization = `Basic ${Buffer.from(`${serverKey}:`).toString("base64")}`;
  const problem = (code: number, message: string) => describeProblem(context, code, message);

  /** Only successes are replayed, whatever the body; the keys of all calls share one space. */
  function once(key: string, work: () => Answer): Answer {
    const forgetBefore = clock.now().getTime() - keyLifetimeMs;
    for (const [known, { at }] of Object.entries(answers)) {
      if (Date.parse(at) <= forgetBefore) delete answers[known];
    }
    const earlier = answers[key];
    if (earlier !== undefined) return earlier.answer;
    const answer = work();
    if (answer.status_code === "200" || answer.status_code === "201") {
      answers[key] = { at: clock.now().toISOString(), answer };
      books.save();
    }
    return answer;
  }

  function refuse(reply: FastifyReply, { status, message, html }: Refusal): FastifyReply {
    return html
      ? answerHtml(reply, status, message)
      : reply.code(status).send(problem(status, message));
  }

  return (operation, work, magic) => (request, reply) => {
    if (request.headers.authorization !== authorization) return refuse(reply, unauthorized);
    if (!request.headers.accept?.includes("application/json")) {
      return reply.send(problem(403, "The Accept header must be application/json"));
    }
    const header = request.method === "POST" ? request.headers["idempotency-key"] : undefined;
    const key = typeof header === "string" ? header : undefined;
    if (key !== undefined && (key === "" || key.length > longestKey)) {
      return reply.send(problem(400, `Idempotency-Key must be 1-${longestKey} characters`));
    }
    if (key !== undefined && runningKeys.has(key)) {
      return reply.code(202).send(problem(202, "The first request is still being processed"));
    }
    const fault = faults.take(operation) ?? magic?.(request);
    const refusal = refusals[fault ?? ""];
    if (refusal !== undefined) return refuse(reply, refusal);

    const done = () => work(request, fault);
    const answer = key === undefined ? done() : once(key, done);
    if (fault === "lost_answer") return breakConnection(request, reply);
    if (fault === "hang") {
      if (key !== undefined) {
        runningKeys.add(key);
        request.raw.socket.once("close", () => runningKeys.delete(key));
      }
      return neverAnswer(reply);
    }
    // Business errors are HTTP 200 too: the code that counts is in the body.
    return reply.send(answer);
  };
}
