/** The knob of a party: the next calls of an operation go wrong in a chosen way. */
import type { FastifyInstance } from "fastify";
import { isRecord, readJson } from "./wire.ts";

export interface Faults {
  /** Takes the next fault of the operation; with `among`, the next one of those. */
  take(operation: string, among?: readonly string[]): string | undefined;
}

export function registerFaults(
  app: FastifyInstance,
  known: Record<string, readonly string[]>,
): Faults {
  const waiting: { operation: string; fault: string; count: number }[] = [];

  app.post("/_control/faults", (request, reply) => {
    const order = readJson(request.body);
    const { operation, fault, count = 1 } = isRecord(order) ? order : {};
    if (typeof operation !== "string" || typeof fault !== "string" || !isCount(count)) {
      return reply.code(400).send({ error: 'expected {"operation", "fault", "count"?}' });
    }
    if (!known[operation]?.includes(fault)) {
      return reply.code(400).send({ error: "no such operation or fault", known });
    }
    waiting.push({ operation, fault, count });
    return reply.send({ operation, fault, count });
  });

  return {
    take(operation, among) {
      const next = waiting.find(
        (order) => order.operation === operation && (among?.includes(order.fault) ?? true),
      );
      if (next === undefined) return undefined;
      next.count -= 1;
      if (next.count === 0) waiting.splice(waiting.indexOf(next), 1);
      return next.fault;
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}
