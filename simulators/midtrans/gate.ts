/** What stands before every Core API call: the key, the Accept header, idempotency and faults. */
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from "fastify";
import type { Books } from "../books.ts";
import type { Faults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import { answerHtml, breakConnection, neverAnswer } from "../wire.ts";
import { type Answer, describeProblem } from "./answer.ts";
import type { MidtransBooks } from "./till.ts";

export type Gate = <Route extends RouteGenericInterface>(
  operation: string,
  work: (request: FastifyRequest<Route>) => Answer,
) => (request: FastifyRequest<Route>, reply: FastifyReply) => FastifyReply;

const idempotencyKeyLifetimeMs = 5 * 60_000;

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
    const forgetBefore = clock.now().getTime() - idempotencyKeyLifetimeMs;
    for (const [known, { at }] of Object.entries(answers)) {
      if (Date.parse(at) <= forgetBefore) delete answers[known];
    }
    const earlier = answers[key];
    if (earlier !== undefined) return earlier.answer;
    const answer = work();
    if (answer.status_code.startsWith("2")) {
      answers[key] = { at: clock.now().toISOString(), answer };
      books.save();
    }
    return answer;
  }

  return (operation, work) => (request, reply) => {
    if (request.headers.authorization !== authorization) {
      const message = "Transaction cannot be authorized with the current client/server key.";
      return reply.code(401).send(problem(401, message));
    }
    if (!request.headers.accept?.includes("application/json")) {
      return reply.send(problem(403, "The Accept header must be application/json"));
    }
    const header = request.method === "POST" ? request.headers["idempotency-key"] : undefined;
    const key = typeof header === "string" ? header : undefined;
    if (key !== undefined && runningKeys.has(key)) {
      return reply.code(202).send(problem(202, "The first request is still being processed"));
    }
    const fault = faults.take(operation);
    if (fault === "http_500") return reply.code(500).send(problem(500, "Internal server error"));
    if (fault === "html_502") return answerHtml(reply, 502, "Bad Gateway");
    if (fault === "http_429") return reply.code(429).send(problem(429, "Too many requests"));

    const answer = key === undefined ? work(request) : once(key, () => work(request));
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
