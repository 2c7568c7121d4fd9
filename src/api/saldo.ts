/** Saldo: what a key may spend, over REST. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { standing } from "../ledger/transfer.ts";
import type { Db } from "../platform/db.ts";
import { toJsonRupiah } from "../platform/money.ts";
import type { Gate } from "./auth.ts";
import * as contract from "./saldo-contract.ts";

/** Registers what concerns a key's own money below `/api/v1`. */
export function registerSaldo(app: FastifyInstance, gate: Gate, deps: { db: Db }) {
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get(
    "/api/v1/saldo",
    { schema: contract.readSaldo, onRequest: gate("read", "sell") },
    async (request) => {
      const { postedIdr, heldIdr } = await standing(deps.db, request.caller.customerId);
      const data = {
        posted: toJsonRupiah(postedIdr),
        held: toJsonRupiah(heldIdr),
        available: toJsonRupiah(postedIdr - heldIdr),
      };
      return { success: true as const, data };
    },
  );
}
