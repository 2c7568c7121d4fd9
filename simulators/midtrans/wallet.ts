/** The customer's side: the phone that scans and pays, and the page behind the deep link. */
import type { FastifyInstance } from "fastify";
import { isRecord, readJson } from "../wire.ts";
import type { Charge } from "./charge.ts";
import { renderCheckoutPage, renderUnknownPage } from "./checkout-page.ts";
import { readQr } from "./qr.ts";
import type { Till } from "./till.ts";

const checkoutPath = "/gopay/ui/checkout";

export function registerWallet(app: FastifyInstance, till: Till, merchantName: string): void {
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
      status: till.status(charge),
      expires_at: charge.expires_at,
    });
  });

  app.post("/_wallet/pay", (request, reply) => {
    const body = readJson(request.body);
    const id = isRecord(body) ? body.transaction_id : undefined;
    const charge = typeof id === "string" ? till.find(id) : undefined;
    if (charge === undefined) return reply.code(404).send({ error: "no such payment" });
    if (till.status(charge) !== "pending") {
      return reply.code(409).send({ error: `this payment is ${till.status(charge)}` });
    }
    till.settle(charge, charge.gross_amount);
    return reply.send({ status: "settlement" });
  });

  app.get<{ Querystring: { referenceid?: string } }>(checkoutPath, (request, reply) => {
    const charge = till.find(request.query.referenceid ?? "");
    reply.type("text/html; charset=utf-8");
    if (charge === undefined) return reply.code(404).send(renderUnknownPage());
    const status = till.status(charge);
    return reply.send(
      renderCheckoutPage({ charge, status, merchantName, returnUrl: returnUrl(charge, status) }),
    );
  });

  app.post<{ Querystring: { referenceid?: string } }>(checkoutPath, (request, reply) => {
    const charge = till.find(request.query.referenceid ?? "");
    if (charge === undefined) {
      return reply.code(404).type("text/html; charset=utf-8").send(renderUnknownPage());
    }
    if (till.status(charge) === "pending") till.settle(charge, charge.gross_amount);
    const here = `checkout?referenceid=${charge.transaction_id}`;
    return reply.redirect(returnUrl(charge, till.status(charge)) ?? here, 303);
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
function returnUrl(charge: Charge, status: Charge["transaction_status"]): string | undefined {
  if (charge.callback_url === null || status === "pending") return undefined;
  const url = new URL(charge.callback_url);
  url.searchParams.set("order_id", charge.order_id);
  url.searchParams.set("result", status === "settlement" ? "success" : "failure");
  return url.href;
}
