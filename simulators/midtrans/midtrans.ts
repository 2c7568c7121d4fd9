/** Midtrans, sandbox account with GoPay only: composes the API, the wallet, books and knobs. */
import type { FastifyInstance } from "fastify";
import { openBooks } from "../books.ts";
import { registerFaults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import { isRecord, keepRawBodies, readJson } from "../wire.ts";
import { registerCoreApi } from "./core-api.ts";
import { createGate } from "./gate.ts";
import { createNotifier } from "./notifications.ts";
import { createTill, type MidtransBooks } from "./till.ts";
import { registerWallet } from "./wallet.ts";

const merchant = {
  id: "G000000001",
  name: "Konter",
  serverKey: "SB-Mid-server-SIMULATEDnotarealkey0001",
} as const;

const callFaults = ["lost_answer", "hang", "http_500", "html_502", "http_429"];

export function registerMidtrans(app: FastifyInstance, context: PartyContext) {
  keepRawBodies(app);
  const books = openBooks<MidtransBooks>(context.booksFile, () => ({
    charges: [],
    outbox: [],
    answers: {},
  }));
  const faults = registerFaults(app, {
    charge: callFaults,
    status: callFaults,
    cancel: callFaults,
    webhook: ["drop", "thrice", "forged"],
  });
  const notifier = createNotifier(context, faults, merchant, books);
  const till = createTill(context, books, notifier);
  const gate = createGate(context, merchant.serverKey, books, faults);
  registerCoreApi(app, context, merchant, till, gate);
  registerWallet(app, till, merchant.name);

  app.get("/_books", (_request, reply) => {
    const charges = books.data.charges.map((charge) => ({
      order_id: charge.order_id,
      transaction_id: charge.transaction_id,
      gross_amount: charge.gross_amount,
      transaction_status: till.status(charge),
      paid_idr: charge.paid_idr,
      payment_count: charge.payment_count,
      created_at: charge.created_at,
      settled_at: charge.settled_at,
      webhooks: charge.webhooks,
    }));
    return reply.send({ charges });
  });

  app.post("/_control/settle", (request, reply) => {
    const body = readJson(request.body);
    const { order_id, gross_amount } = isRecord(body) ? body : {};
    const charge = typeof order_id === "string" ? till.find(order_id) : undefined;
    if (charge === undefined) return reply.code(404).send({ error: "no such charge" });
    const amountIdr = gross_amount ?? charge.gross_amount;
    if (typeof amountIdr !== "number" || !Number.isSafeInteger(amountIdr) || amountIdr < 1) {
      return reply.code(400).send({ error: "gross_amount must be whole rupiah" });
    }
    till.settle(charge, amountIdr);
    return reply.send({ status: "settlement" });
  });

  return {
    credentials: { server_key: merchant.serverKey, merchant_id: merchant.id },
    resume() {
      notifier.resume();
      till.resume();
    },
  };
}
