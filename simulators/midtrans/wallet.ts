/** The customer's side: the phone that scans and pays, and the page behind the deep link. */
import type { FastifyInstance } from "fastify";
import type { Faults } from "../faults.ts";
import { isRecord, readJson } from "../wire.ts";
import type { Charge, ChargeStatus } from "./charge.ts";
import { type BillStatus, renderCheckoutPage, renderUnknownPage } from "./checkout-page.ts";
import { magicFault } from "./magic.ts";
import { readQr } from "./qr.ts";
import type { Till } from "./till.ts";

const checkoutPath = "/gopay/ui/checkout";
const differencesIdr: Readonly<Record<string, number>> = { short: -1_000, over: 1_000 };

export const payFaults = [...Object.keys(differencesIdr), "deny"];

function billStatus(status: ChargeStatus): BillStatus {
  switch (status) {
    case "pending":
    case "settlement":
    case "expire":
    case "cancel":
      return status;
    case "deny":
      return "cancel";
    case "refund":
    case "partial_refund":
    case "chargeback":
    case "partial_chargeback":
      return "settlement";
  }
}

export function registerWallet(
  app: FastifyInstance,
  till: Till,
  merchantName: string,
  faults: Faults,
): void {
  const statusOf = (charge: Charge) => billStatus(till.status(charge));

  /** The customer confirms; the wallet itself may still refuse, or pay something else. */
  function pay(charge: Charge): void {
    const fault = faults.take("pay") ?? magicFault("pay", charge.asked_idr);
    if (fault === "deny") till.end(charge, "deny");
    else till.settle(charge, Math.max(1, charge.gross_amount + (differencesIdr[fault ?? ""] ?? 0)));
  }

  app.post("/_wallet/open", (request, reply) => {
    const id = readTarget(readJson(request.body));
    const charge = id === undefined ? undefined : till.find(id);
    if (charge === undefined) {
      return reply.code(404).send({ error: "this code is not known to the wallet" });
    }
    return reply.send({
      transaction_id: charge.transaction_id,
      merchant_name: merchantName,
      amount: charge.gross_amount,
      status: statusOf(charge),
      expires_at: charge.expires_at,
    });
  });

  app.post("/_wallet/pay", (request, reply) => {
    const charge = findCharge(request.body);
    if (charge === undefined) return reply.code(404).send({ error: "no such payment" });
    if (statusOf(charge) === "pending") {
      pay(charge);
      if (statusOf(charge) === "settlement") return reply.send({ status: "settlement" });
    }
    return reply.code(409).send({ error: `this payment is ${statusOf(charge)}` });
  });

  app.post("/_wallet/decline", (request, reply) => {
    const charge = findCharge(request.body);
    if (charge === undefined) return reply.code(404).send({ error: "no such payment" });
    if (statusOf(charge) !== "pending") {
      return reply.code(409).send({ error: `this payment is ${statusOf(charge)}` });
    }
    till.end(charge, "deny");
    return reply.send({ status: "cancel" });
  });

  function findCharge(requestBody: unknown): Charge | undefined {
    const body = readJson(requestBody);
    const id = isRecord(body) ? body.transaction_id : undefined;
    return typeof id === "string" ? till.find(id) : undefined;
  }

  type Page = { Querystring: { referenceid?: string; decline?: string } };

  app.get<Page>(checkoutPath, (request, reply) => {
    const charge = till.find(request.query.referenceid ?? "");
    reply.type("text/html; charset=utf-8");
    if (charge === undefined) return reply.code(404).send(renderUnknownPage());
    const status = statusOf(charge);
    return reply.send(
      renderCheckoutPage({ charge, status, merchantName, returnUrl: returnUrl(charge, status) }),
    );
  });

  app.post<Page>(checkoutPath, (request, reply) => {
    const charge = till.find(request.query.referenceid ?? "");
    if (charge === undefined) {
      return reply.code(404).type("text/html; charset=utf-8").send(renderUnknownPage());
    }
    if (statusOf(charge) === "pending") {
      if (request.query.decline === undefined) pay(charge);
      else till.end(charge, "deny");
    }
    const here = `checkout?referenceid=${charge.transaction_id}`;
    return reply.redirect(returnUrl(charge, statusOf(charge)) ?? here, 303);
  });
}

function readTarget(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  if (typeof body.qr === "string") return readQr(body.qr);
  if (typeof body.url !== "string" || !URL.canParse(body.url)) return undefined;
  const url = new URL(body.url);
  if (!url.pathname.endsWith(checkoutPath)) return undefined;
  return url.searchParams.get("referenceid") ?? undefined;
}

/** Where the wallet goes afterwards, when the merchant asked for it and there is a result to tell. */
function returnUrl(charge: Charge, status: BillStatus): string | undefined {
  if (charge.callback_url === null || status === "pending") return undefined;
  const url = new URL(charge.callback_url);
  url.searchParams.set("order_id", charge.order_id);
  url.searchParams.set("result", status === "settlement" ? "success" : "failure");
  return url.href;
}
