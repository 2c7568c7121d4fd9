/** Midtrans, sandbox account with GoPay only: composes the API, the wallet, books and knobs. */
import type { FastifyInstance } from "fastify";
import { openBooks } from "../books.ts";
import { registerFaults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import { keepRawBodies } from "../wire.ts";
import type { Charge } from "./charge.ts";
import { registerControl } from "./control.ts";
import { chargeFaults, refundFaults, registerCoreApi } from "./core-api.ts";
import { createGate, wireFaults } from "./gate.ts";
import { createNotifier, webhookFaults } from "./notifications.ts";
import { createTill, type MidtransBooks } from "./till.ts";
import { payFaults, registerWallet } from "./wallet.ts";

const merchant = {
  id: "G000000001",
  name: "Konter",
  serverKey: "SB-Mid-server-SIMULATEDnotarealkey0001",
} as const;

export function registerMidtrans(app: FastifyInstance, context: PartyContext) {
  keepRawBodies(app);
  const books = openBooks<MidtransBooks>(context.booksFile, () => ({
    charges: [],
    outbox: [],
    answers: {},
  }));
  // Books that an earlier version wrote know of no refunds.
  for (const charge of books.data.charges) {
    const news: Partial<Charge> = {
      asked_idr: charge.gross_amount,
      refunds: [],
      notify: { override: [], append: [] },
    };
    Object.assign(charge, { ...news, ...charge });
  }
  const faults = registerFaults(app, {
    charge: [...wireFaults, ...chargeFaults],
    status: wireFaults,
    cancel: wireFaults,
    expire: wireFaults,
    refund: [...wireFaults, ...refundFaults],
    "qr-code": ["html_502"],
    pay: payFaults,
    webhook: webhookFaults,
  });
  const notifier = createNotifier(context, faults, merchant, books);
  const till = createTill(context, books, notifier);
  const gate = createGate(context, merchant.serverKey, books, faults);
  registerCoreApi(app, context, merchant, till, gate, faults);
  registerWallet(app, till, merchant.name, faults);
  registerControl(app, books, till);

  return {
    credentials: { server_key: merchant.serverKey, merchant_id: merchant.id },
    resume() {
      notifier.resume();
      till.resume();
    },
  };
}
