/** The Core API as the merchant sees it: charge, status, cancel and the QR image. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import QRCode from "qrcode";
import type { PartyContext } from "../party.ts";
import { readJson } from "../wire.ts";
import { type Answer, describeProblem } from "./answer.ts";
import { type Charge, describeCharge, readChargeRequest } from "./charge.ts";
import type { Gate } from "./gate.ts";
import { qrText } from "./qr.ts";
import type { Till } from "./till.ts";

type ById = { Params: { id: string } };

const statusCodes = { pending: 201, settlement: 200, cancel: 200, expire: 407 } as const;

export function registerCoreApi(
  app: FastifyInstance,
  context: PartyContext,
  merchant: { id: string; name: string },
  till: Till,
  gate: Gate,
): void {
  const { clock } = context;
  const problem = (code: number, message: string, more?: object) =>
    describeProblem(context, code, message, more);
  const malformed = () =>
    problem(413, "The request cannot be processed due to malformed syntax in the request body");
  const unknown = () => problem(404, "Transaction doesn't exist.");

  function describe(charge: Charge, code: number, message: string): Answer {
    return {
      status_code: String(code),
      status_message: message,
      merchant_id: merchant.id,
      ...describeCharge(charge, clock.now()),
    };
  }

  function charge(request: FastifyRequest): Answer {
    const isJson = request.headers["content-type"]?.startsWith("application/json") ?? false;
    const body = isJson ? readJson(request.body) : undefined;
    if (body === undefined) return malformed();
    const read = readChargeRequest(body, clock.now());
    if (read.reading === "channel_off") return problem(402, "Payment channel is not activated.");
    if (read.reading === "invalid") {
      const more = { validation_messages: read.problems };
      return problem(400, "One or more parameters in the payload is invalid.", more);
    }
    if (till.find(read.request.order_id) !== undefined) {
      return problem(406, "The request could not be completed: order_id has already been used");
    }
    const opened = till.open(read.request);
    const answer = describe(opened, 201, "GO-PAY billing created");
    return { ...answer, actions: listActions(context.baseUrl(), opened.transaction_id) };
  }

  function status(request: FastifyRequest<ById>): Answer {
    const found = till.find(request.params.id);
    if (found === undefined) return unknown();
    return describe(found, statusCodes[till.status(found)], "Success, transaction is found");
  }

  function cancel(request: FastifyRequest<ById>): Answer {
    // Clients send nothing, `null` or `{}`; all three mean "no body".
    if (request.body && readJson(request.body) === undefined) return malformed();
    const found = till.find(request.params.id);
    if (found === undefined) return unknown();
    if (till.status(found) !== "pending") {
      return problem(412, "Merchant cannot modify the status of the transaction");
    }
    till.cancel(found);
    return describe(found, 200, "Success, transaction is canceled");
  }

  // Whether the image asks for a key is undocumented; it is made for <img>, so it asks for none.
  async function qrImage(request: FastifyRequest<ById>, reply: FastifyReply) {
    const found = till.find(request.params.id);
    if (found === undefined) return reply.code(404).send(unknown());
    const options = { width: 420, margin: 4, errorCorrectionLevel: "M" } as const;
    return reply.type("image/png").send(await QRCode.toBuffer(qrText(found, merchant), options));
  }

  app.post("/v2/charge", gate("charge", charge));
  app.get("/v2/:id/status", gate("status", status));
  app.post("/v2/:id/cancel", gate("cancel", cancel));
  app.get("/v2/gopay/:id/qr-code", qrImage);
  app.get("/v4/qris/gopay/:id/qr-code", qrImage);
}

function listActions(base: string, id: string) {
  const link = `${base}/gopay/ui/checkout?referenceid=${id}`;
  return [
    { name: "generate-qr-code", method: "GET", url: `${base}/v2/gopay/${id}/qr-code` },
    { name: "generate-qr-code-v2", method: "GET", url: `${base}/v4/qris/gopay/${id}/qr-code` },
    { name: "deeplink-redirect", method: "GET", url: link },
    { name: "get-status", method: "GET", url: `${base}/v2/${id}/status` },
    { name: "cancel", method: "POST", url: `${base}/v2/${id}/cancel` },
  ];
}
