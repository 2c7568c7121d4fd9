/** Digiflazz, buyer API: prepaid purchases with their signature, guards and rejections. */
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { openBooks } from "../books.ts";
import { registerFaults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import {
  answerHtml,
  breakConnection,
  isRecord,
  keepRawBodies,
  neverAnswer,
  readJson,
} from "../wire.ts";
import { createCounter, type DigiflazzBooks, describePurchase } from "./counter.ts";
import {
  courseOf,
  type Purchase,
  type PurchaseRequest,
  priceOf,
  readPurchaseRequest,
  refused,
} from "./purchase.ts";

const credentials = {
  username: "konterSimulasi",
  api_key: "00000000-aaaa-bbbb-cccc-000000000001",
  development_key: "dev-00000000-aaaa-bbbb-cccc-000000000002",
  webhook_secret: "simulated-webhook-secret",
} as const;

const startingBalance = 10_000_000;
const callFaults = ["lost_answer", "hang", "http_500", "html_502", "http_429"];
const purchaseFaults = ["refuse", "webhook_drop", "webhook_thrice", "webhook_forged"];

interface Answer {
  readonly status: 200 | 400;
  readonly data: object;
  readonly isLost: boolean;
}

export function registerDigiflazz(app: FastifyInstance, context: PartyContext) {
  keepRawBodies(app);
  const books = openBooks<DigiflazzBooks>(context.booksFile, () => ({
    balance: startingBalance,
    purchases: [],
  }));
  const faults = registerFaults(app, { transaction: [...callFaults, ...purchaseFaults] });
  const counter = createCounter(context, books, credentials.webhook_secret);

  app.post("/v1/transaction", (request, reply) => {
    const fault = faults.take("transaction", callFaults);
    if (fault === "http_500") return reply.code(500).send({ message: "Server Error" });
    if (fault === "html_502") return answerHtml(reply, 502, "Bad Gateway");
    if (fault === "http_429") return reply.code(429).send();
    const { status, data, isLost } = answer(request);
    if (isLost || fault === "lost_answer") return breakConnection(request, reply);
    if (fault === "hang") return neverAnswer(reply);
    return reply.code(status).send({ data });
  });

  function answer(request: FastifyRequest): Answer {
    const isJson = request.headers["content-type"]?.startsWith("application/json") ?? false;
    const body = isJson ? readJson(request.body) : undefined;
    if (!isRecord(body)) return reject("40", "Payload Error");
    const read = readPurchaseRequest(body);
    if (read.reading === "invalid") {
      return reject("40", "Payload Error", { additional_data: { validation: read.validation } });
    }
    const wanted = read.request;
    if (wanted.username !== credentials.username) return reject("42", "Gagal Memproses API Buyer");
    if (!isSigned(wanted)) return reject("41", "Signature tidak valid");
    const known = counter.recall(wanted);
    if (known === undefined) return sell(wanted);
    if (
      known.buyer_sku_code !== wanted.buyer_sku_code ||
      known.customer_no !== wanted.customer_no
    ) {
      return reject("49", "Ref ID tidak unik", echo(wanted));
    }
    counter.inquire(known);
    return { status: 200, data: describePurchase(known, books.data.balance), isLost: false };
  }

  function sell(wanted: PurchaseRequest): Answer {
    const price = priceOf(wanted.buyer_sku_code, wanted.testing);
    if (price === undefined) {
      return reject("43", "SKU tidak ditemukan atau Non-Aktif", echo(wanted));
    }
    if (wanted.max_price !== undefined && price > wanted.max_price) {
      const message = "Harga seller lebih besar dari ketentuan harga Buyer";
      return reject("69", message, echo(wanted));
    }
    if (!wanted.testing && books.data.balance < price) {
      return reject("44", "Saldo tidak cukup", echo(wanted));
    }
    const turn = faults.take("transaction", purchaseFaults);
    const course = turn === "refuse" ? refused : courseOf(wanted.customer_no, wanted.testing);
    const purchase = counter.form(wanted, price, course, webhookOf(turn));
    const data = describePurchase(purchase, books.data.balance);
    return { status: 200, data, isLost: course.answerLost };
  }

  function echo({ ref_id, customer_no, buyer_sku_code }: PurchaseRequest): object {
    return { ref_id, customer_no, buyer_sku_code, buyer_last_saldo: books.data.balance };
  }

  app.get("/_books", (_request, reply) => {
    const purchases = books.data.purchases.map((purchase) => ({
      ref_id: purchase.ref_id,
      buyer_sku_code: purchase.buyer_sku_code,
      customer_no: purchase.customer_no,
      status: purchase.status,
      rc: purchase.rc,
      sn: purchase.sn,
      price: purchase.price,
      debit_count: purchase.debit_count,
      request_count: purchase.request_count,
      hasty_inquiries: purchase.hasty_inquiries,
      created_at: purchase.created_at,
    }));
    return reply.send({ balance: books.data.balance, purchases });
  });

  return { credentials, resume: counter.resume };
}

/** A rejection forms nothing; it comes with HTTP 400 and the reason in `data.rc`. */
function reject(rc: string, message: string, more: object = {}): Answer {
  const data = { status: "Gagal", rc, message, sn: "", price: 0, ...more };
  return { status: 400, data, isLost: false };
}

/** The development key works in test mode alone and there only for test products: else "wrong sign". */
function isSigned(request: PurchaseRequest): boolean {
  const key = request.testing ? credentials.development_key : credentials.api_key;
  const sign = createHash("md5")
    .update(request.username + key + request.ref_id)
    .digest("hex");
  const sellable = !request.testing || priceOf(request.buyer_sku_code, true) !== undefined;
  return request.sign === sign && sellable;
}

function webhookOf(fault: string | undefined): Purchase["webhook"] {
  if (fault === "webhook_drop" || fault === "webhook_thrice") return fault;
  return fault === "webhook_forged" ? fault : "once";
}
