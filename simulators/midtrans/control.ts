/** What only this world has: Midtrans' own books, and money that comes, goes or fails by command. */
import type { FastifyInstance } from "fastify";
import type { Books } from "../books.ts";
import { isRecord, readJson } from "../wire.ts";
import { leftIn } from "./refund.ts";
import type { MidtransBooks, Till } from "./till.ts";

const dashboardConfirmsMs = 10_000;

export function registerControl(
  app: FastifyInstance,
  books: Books<MidtransBooks>,
  till: Till,
): void {
  app.get("/_books", (_request, reply) => {
    const charges = books.data.charges.map((charge) => ({
      order_id: charge.order_id,
      transaction_id: charge.transaction_id,
      gross_amount: charge.gross_amount,
      transaction_status: till.status(charge),
      paid_idr: charge.paid_idr,
      payment_count: charge.payment_count,
      refunded_idr: charge.refunds.reduce((sum, refund) => sum + refund.amount, 0),
      refunds: charge.refunds.map(
        ({ refund_key, kind, amount, created_at, bank_confirmed_at }) => ({
          refund_key,
          kind,
          amount,
          created_at,
          bank_confirmed_at,
        }),
      ),
      created_at: charge.created_at,
      settled_at: charge.settled_at,
      webhooks: charge.webhooks,
    }));
    return reply.send({ charges });
  });

  app.post("/_control/settle", (request, reply) => {
    const { order_id, gross_amount } = read(request.body);
    const charge = typeof order_id === "string" ? till.find(order_id) : undefined;
    if (charge === undefined) return reply.code(404).send({ error: "no such charge" });
    const amountIdr = gross_amount ?? charge.gross_amount;
    if (!isRupiah(amountIdr)) {
      return reply.code(400).send({ error: "gross_amount must be whole rupiah" });
    }
    till.settle(charge, amountIdr);
    return reply.send({ status: "settlement" });
  });

  app.post("/_control/move", (request, reply) => {
    const { order_id, to, amount } = read(request.body);
    const charge = typeof order_id === "string" ? till.find(order_id) : undefined;
    if (charge === undefined) return reply.code(404).send({ error: "no such charge" });
    switch (to) {
      case "expire":
      case "deny":
        // A wallet denies what waits; a bank takes back what it had confirmed a minute ago.
        till.end(charge, to);
        break;
      case "refund":
      case "chargeback": {
        const left = leftIn(charge);
        const amountIdr = amount ?? left;
        if (charge.settled_at === null || !isRupiah(amountIdr) || amountIdr > left) {
          return reply.code(400).send({ error: `there are ${left} rupiah to take back` });
        }
        const wish = { refund_key: undefined, amount: amountIdr, reason: "from the dashboard" };
        till.giveBack(charge, wish, { kind: to, confirmsAfterMs: dashboardConfirmsMs });
        break;
      }
      default:
        return reply.code(400).send({ error: "to is expire, deny, refund or chargeback" });
    }
    return reply.send({ status: charge.transaction_status });
  });
}

function read(body: unknown): Record<string, unknown> {
  const parsed = readJson(body);
  return isRecord(parsed) ? parsed : {};
}

function isRupiah(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}
