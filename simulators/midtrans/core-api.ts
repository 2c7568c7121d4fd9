/** The Core API as the merchant sees it: charge, status, cancel, expire, refund and the QR image. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import QRCode from "qrcode";
import type { Faults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import { answerHtml, isRecord, readJson } from "../wire.ts";
import { type Answer, describeProblem } from "./answer.ts";
import {
  type Charge,
  type ChargeStatus,
  describeCharge,
  type Notify,
  readChargeRequest,
  rupiah,
} from "./charge.ts";
import type { Gate } from "./gate.ts";
import { magicFault } from "./magic.ts";
import { qrText } from "./qr.ts";
import { readRefund } from "./refund.ts";
import type { Till } from "./till.ts";

type ById = { Params: { id: string } };

const statusCodes: Partial<Record<ChargeStatus, number>> = { pending: 201, expire: 407, deny: 202 };

/** What can go wrong in a call beside the wire. */
export const chargeFaults = ["channel_off", "sparse"];
export const refundFaults = ["denied", "balance_short", "in_progress"];

const refundConfirmsMs = 10_000;
const slowRefundConfirmsMs = 2 * 3_600_000;
// A smaller picture takes four times as long.
const pngSettings = { filterType: 0, deflateLevel: 1, deflateStrategy: 0 } as const;

export function registerCoreApi(
  app: FastifyInstance,
  context: PartyContext,
  merchant: { id: string; name: string },
  till: Till,
  gate: Gate,
  faults: Faults,
): void {
  const { clock } = context;
  const problem = (code: number, message: string, more?: object) =>
    describeProblem(context, code, message, more);
  const malformed = () =>
    problem(413, "The request cannot be processed due to malformed syntax in the request body");
  const unchangeable = () => problem(412, "Merchant cannot modify the status of the transaction");
  const unknown = () => problem(404, "Transaction doesn't exist.");

  function describe(charge: Charge, code: number, message: string): Answer {
    return {
      status_code: String(code),
      status_message: message,
      merchant_id: merchant.id,
      ...describeCharge(charge, clock.now()),
    };
  }

  function charge(request: FastifyRequest, fault?: string): Answer {
    const isJson = request.headers["content-type"]?.startsWith("application/json") ?? false;
    const body = isJson ? readJson(request.body) : undefined;
    if (body === undefined) return malformed();
    const read = readChargeRequest(body, clock.now());
    if (read.reading === "channel_off" || fault === "channel_off") {
      return problem(402, "Payment channel is not activated.");
    }
    const notify = readNotify(request);
    if (read.reading === "invalid" || notify === undefined) {
      const addresses = ["notification headers take 1-3 http(s) addresses"];
      const more = { validation_messages: read.reading === "invalid" ? read.problems : addresses };
      return problem(400, "One or more parameters in the payload is invalid.", more);
    }
    if (till.find(read.request.order_id) !== undefined) {
      return problem(406, "The request could not be completed: order_id has already been used");
    }
    const opened = till.open(read.request, notify);
    const answer = describe(opened, 201, "GO-PAY billing created");
    const actions = listActions(context.baseUrl(), opened.transaction_id);
    if (fault !== "sparse") return { ...answer, actions };
    // The documents show charges without a time of expiry and without the newer picture.
    const { expiry_time, ...rest } = answer;
    return { ...rest, actions: actions.filter(({ name }) => name !== "generate-qr-code-v2") };
  }

  function status(request: FastifyRequest<ById>): Answer {
    const found = till.find(request.params.id);
    if (found === undefined) return unknown();
    const code = statusCodes[till.status(found)] ?? 200;
    return describe(found, code, "Success, transaction is found");
  }

  function end(request: FastifyRequest<ById>, to: "cancel" | "expire"): Answer {
    // Clients send nothing, `null` or `{}`; all three mean "no body".
    if (request.body && readJson(request.body) === undefined) return malformed();
    const found = till.find(request.params.id);
    if (found === undefined) return unknown();
    if (till.status(found) !== "pending") return unchangeable();
    till.end(found, to);
    return to === "cancel"
      ? describe(found, 200, "Success, transaction is canceled")
      : describe(found, 407, "Success, transaction is expired");
  }

  function refund(request: FastifyRequest<ById>, fault?: string): Answer {
    const body = request.body ? readJson(request.body) : null;
    if (body === undefined) return malformed();
    const found = till.find(request.params.id);
    if (found === undefined) return unknown();
    const read = readRefund(body, found, till.usedRefundKeys(), clock.now());
    if (read.reading === "refused") return problem(read.code, read.problem);
    if (fault === "denied") return describe(found, 202, "Refund request is denied");
    if (fault === "balance_short") {
      return problem(414, "Refund request is rejected due to insufficient merchant balance");
    }
    const confirmsAfterMs = fault === "in_progress" ? slowRefundConfirmsMs : refundConfirmsMs;
    const given = till.giveBack(found, read.wish, { kind: "refund", confirmsAfterMs });
    // Of the refunds only this one is told; the status lists all.
    const { refunds, ...answer } = describe(found, 200, "Success, refund request is approved");
    return {
      ...answer,
      refund_chargeback_id: given.refund_chargeback_id,
      refund_amount: rupiah(given.amount),
      refund_key: given.refund_key,
    };
  }

  // Whether the image asks for a key is undocumented; it is made for <img>, so it asks for none.
  async function qrImage(request: FastifyRequest<ById>, reply: FastifyReply) {
    if (faults.take("qr-code") === "html_502") return answerHtml(reply, 502, "Bad Gateway");
    const found = till.find(request.params.id);
    if (found === undefined) return reply.code(404).send(unknown());
    const size = { width: 420, margin: 4, errorCorrectionLevel: "M" } as const;
    const picture = { ...size, rendererOpts: pngSettings };
    return reply.type("image/png").send(await QRCode.toBuffer(qrText(found, merchant), picture));
  }

  const magicOfNew = (request: FastifyRequest) => {
    const body = readJson(request.body);
    const details = isRecord(body) ? body.transaction_details : undefined;
    return magicFault("charge", isRecord(details) ? details.gross_amount : undefined);
  };
  const magicOfOld = (operation: string) => (request: FastifyRequest<ById>) =>
    magicFault(operation, till.find(request.params.id)?.asked_idr);

  app.post("/v2/charge", gate("charge", charge, magicOfNew));
  app.get("/v2/:id/status", gate("status", status));
  app.post(
    "/v2/:id/cancel",
    gate<ById>("cancel", (request) => end(request, "cancel")),
  );
  app.post(
    "/v2/:id/expire",
    gate<ById>("expire", (request) => end(request, "expire")),
  );
  app.post("/v2/:id/refund", gate("refund", refund, magicOfOld("refund")));
  app.get("/v2/gopay/:id/qr-code", qrImage);
  app.get("/v4/qris/gopay/:id/qr-code", qrImage);

  const known = /\/v2\/(?:charge|[^/]+\/(?:status|cancel|expire|refund))$/;
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    if (known.test(path)) return reply.send(problem(405, "The request method is not allowed"));
    return reply.code(404).send(problem(404, "The requested resource is not found"));
  });
}

/** Undefined when an address is malformed or there are too many. */
function readNotify(request: FastifyRequest): Notify | undefined {
  const read = (name: string) => {
    const header = request.headers[name];
    return header === undefined
      ? []
      : String(header)
          .split(",")
          .map((url) => url.trim());
  };
  const override = read("x-override-notification");
  const append = read("x-append-notification");
  const valid = [...override, ...append].every((url) =>
    /^https?:$/.test(URL.parse(url)?.protocol ?? ""),
  );
  return valid && override.length <= 3 && append.length <= 3 ? { override, append } : undefined;
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
