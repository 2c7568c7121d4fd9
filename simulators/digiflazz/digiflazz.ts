/** Digiflazz, buyer API: balance, price list and prepaid purchases, with its rules and rejections. */
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
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
import { type Answer, codes, messageOf, reject } from "./codes.ts";
import { createCounter } from "./counter.ts";
import { createHook } from "./hook.ts";
import {
  courseOf,
  failedCourse,
  type PurchaseRequest,
  readPurchaseRequest,
  rejectionOf,
  testPrice,
  testSku,
  type WebhookWay,
  webhookWays,
} from "./purchase.ts";
import { type DigiflazzBooks, describePurchase, type Product } from "./record.ts";
import { createShelf, isClosed } from "./shelf.ts";

const credentials = {
  username: "konterSimulasi",
  api_key: "00000000-aaaa-bbbb-cccc-000000000001",
  development_key: "dev-00000000-aaaa-bbbb-cccc-000000000002",
  webhook_secret: "simulated-webhook-secret",
} as const;

const startingBalance = 10_000_000;
// The work is not done.
const refusedCodes = Object.keys(codes).filter((rc) => !["00", "03", "99"].includes(rc));
const refusals = ["http_500", "html_502", "http_429", ...refusedCodes.map((rc) => `rc_${rc}`)];
// The work is done, and what comes back is wrong.
const callFaults = [...refusals, "lost_answer", "hang", "empty_body", "invalid_json"];
const riddles = ["price_string", "rc_absent", "rc_unknown", "status_disagrees"];
const purchaseFaults = ["refuse", ...webhookWays];
const faultsOf = {
  transaction: [...callFaults, ...riddles],
  price_list: [...callFaults, "price_string"],
  balance: callFaults,
};

export function registerDigiflazz(app: FastifyInstance, context: PartyContext) {
  keepRawBodies(app);
  const kept = openBooks<Partial<DigiflazzBooks>>(context.booksFile, () => ({}));
  const data: DigiflazzBooks = Object.assign(kept.data, {
    balance: kept.data.balance ?? startingBalance,
    purchases: kept.data.purchases ?? [],
    changes: kept.data.changes ?? {},
    lists: kept.data.lists ?? { count: 0, limited_count: 0, asked_at: {} },
    webhooks: kept.data.webhooks ?? [],
  });
  const books = { data, save: () => kept.save() };
  const faults = registerFaults(app, {
    ...faultsOf,
    transaction: [...faultsOf.transaction, ...purchaseFaults],
  });
  const hook = createHook(context, books, credentials.webhook_secret);
  const shelf = createShelf(books, () => context.clock.now());
  const counter = createCounter(context, books, hook);

  /** A call of the API: its faults, and the checks that come before every other. */
  function call(
    path: string,
    operation: keyof typeof faultsOf,
    work: (body: Record<string, unknown>) => Promise<Answer & { isLost?: boolean }>,
  ): void {
    app.post(path, async (request, reply) => {
      const fault = faults.take(operation, faultsOf[operation]);
      if (fault !== undefined && refusals.includes(fault)) return refuse(request, reply, fault);
      const body = readBody(request);
      const answer = body === undefined ? reject("40") : await work(body);
      if (("isLost" in answer && answer.isLost) || fault === "lost_answer") {
        return breakConnection(request, reply);
      }
      if (fault === "hang") return neverAnswer(reply);
      if (fault === "empty_body") return reply.code(200).send();
      if (fault === "invalid_json") return reply.type("application/json").send('{"data":{"rc":');
      return reply.code(answer.status).send({ data: garble(answer.data, fault) });
    });
  }

  /** What every other call checks alike; both keys may ask. */
  function refuseStranger(body: Record<string, unknown>, cmd: string, word: string) {
    if (body.cmd !== cmd) return reject("40", invalid({ cmd: [`The cmd must be ${cmd}.`] }));
    if (body.username !== credentials.username) return reject("42");
    const keys = [credentials.api_key, credentials.development_key];
    return keys.some((key) => body.sign === signed(key, word)) ? undefined : reject("41");
  }

  call("/v1/cek-saldo", "balance", async (body) => {
    const stranger = refuseStranger(body, "deposit", "depo");
    return stranger ?? { status: 200, data: { deposit: data.balance } };
  });

  call("/v1/price-list", "price_list", async (body) => {
    const isPostpaid = body.cmd === "pasca";
    const stranger = refuseStranger(body, isPostpaid ? "pasca" : "prepaid", "pricelist");
    if (stranger !== undefined) return stranger;
    const text = (name: string) => {
      const value = body[name];
      return typeof value === "string" && value !== "" ? { [name]: value } : {};
    };
    const filter = { ...text("code"), ...text("category"), ...text("brand"), ...text("type") };
    const list = shelf.list(filter);
    if (list === undefined) return reject("83");
    // This shop has no postpaid products.
    return { status: 200, data: isPostpaid ? [] : list };
  });

  call("/v1/transaction", "transaction", async (body) => {
    const read = readPurchaseRequest(body);
    if (read.reading === "invalid") return reject("40", invalid(read.validation));
    const wanted = read.request;
    if (wanted.username !== credentials.username) return reject("42");
    // The development key works in test mode alone and there for test products only: else 41.
    const key = wanted.testing ? credentials.development_key : credentials.api_key;
    const isSigned = wanted.sign === signed(key, wanted.ref_id);
    if (!isSigned || (wanted.testing && wanted.buyer_sku_code !== testSku)) return reject("41");
    const known = counter.recall(wanted);
    if (known === undefined) return sell(wanted);
    if (
      known.buyer_sku_code !== wanted.buyer_sku_code ||
      known.customer_no !== wanted.customer_no
    ) {
      return reject("49", echo(wanted));
    }
    counter.inquire(known);
    return { status: 200, data: describePurchase(known, data.balance) };
  });

  async function sell(wanted: PurchaseRequest): Promise<Answer & { isLost?: boolean }> {
    const product = wanted.testing ? undefined : shelf.find(wanted.buyer_sku_code);
    if (!wanted.testing && !product?.buyer_product_status) return reject("43", echo(wanted));
    const price = product?.price ?? testPrice;
    const obstacle = obstacleTo(wanted, product, price);
    if (obstacle !== undefined) return reject(obstacle, echo(wanted));
    const turn = faults.take("transaction", purchaseFaults);
    const closed = product !== undefined && isClosed(product, context.clock.now());
    const course =
      turn === "refuse" || product?.seller_product_status === false
        ? failedCourse("53")
        : closed
          ? failedCourse("58")
          : courseOf(wanted.customer_no, wanted.testing);
    const way: WebhookWay = webhookWays.find((one) => one === turn) ?? "once";
    const purchase = await counter.form(wanted, price, course, way);
    if (product !== undefined && purchase.status !== "Gagal") shelf.take(product);
    const isLost = course.answerLost;
    return { status: 200, data: describePurchase(purchase, data.balance), isLost };
  }

  /** Why nothing can be formed. Test mode knows no stock and no balance. */
  function obstacleTo(wanted: PurchaseRequest, product: Product | undefined, price: number) {
    if (wanted.max_price !== undefined && price > wanted.max_price) return "69";
    if (product === undefined) return undefined;
    if (!product.unlimited_stock && product.stock <= 0) return "68";
    if (!product.multi && counter.soldToday(wanted)) return "63";
    if (data.balance < price) return "44";
    return rejectionOf(wanted.customer_no);
  }

  function echo({ ref_id, customer_no, buyer_sku_code }: PurchaseRequest): object {
    return { ref_id, customer_no, buyer_sku_code, buyer_last_saldo: data.balance };
  }

  // The documented way to have a ping sent.
  app.post("/v1/report/hooks/:id/pings", async (_request, reply) => {
    await hook.ping();
    return reply.code(204).send();
  });

  app.post("/_control/balance", (request, reply) => {
    const { balance } = readBody(request) ?? {};
    if (!Number.isSafeInteger(balance) || Number(balance) < 0) {
      return reply.code(400).send({ error: 'expected {"balance"}, whole rupiah' });
    }
    data.balance = Number(balance);
    books.save();
    return reply.send({ balance });
  });

  app.post("/_control/products", (request, reply) => {
    const product = shelf.change(readBody(request) ?? {});
    return product === undefined
      ? reply.code(400).send({ error: "no such product, or a field that it does not have" })
      : reply.send(product);
  });

  app.post("/_control/webhook", async (request, reply) => {
    return reply.send({ reply_status: await hook.tell(readBody(request) ?? {}) });
  });

  app.get("/_books", (_request, reply) => {
    const purchases = data.purchases.map((purchase) => ({
      ref_id: purchase.ref_id,
      buyer_sku_code: purchase.buyer_sku_code,
      customer_no: purchase.customer_no,
      testing: purchase.testing,
      status: purchase.status,
      rc: purchase.rc,
      sn: purchase.sn,
      price: purchase.price,
      debit_count: purchase.debit_count,
      request_count: purchase.request_count,
      hasty_inquiries: purchase.hasty_inquiries,
      created_at: purchase.created_at,
    }));
    const { count, limited_count } = data.lists;
    const { balance, webhooks } = data;
    return reply.send({ balance, purchases, lists: { count, limited_count }, webhooks });
  });

  return { credentials, resume: counter.resume };
}

function signed(key: string, word: string): string {
  return createHash("md5")
    .update(credentials.username + key + word)
    .digest("hex");
}

function readBody(request: FastifyRequest): Record<string, unknown> | undefined {
  const isJson = request.headers["content-type"]?.startsWith("application/json") ?? false;
  const body = isJson ? readJson(request.body) : undefined;
  return isRecord(body) ? body : undefined;
}

function invalid(validation: Record<string, string[]>): object {
  return { additional_data: { validation } };
}

/** Refuses before anything is done. */
function refuse(request: FastifyRequest, reply: FastifyReply, fault: string): FastifyReply {
  if (fault === "http_500") return reply.code(500).send({ message: "Server Error" });
  if (fault === "html_502") return answerHtml(reply, 502, "Bad Gateway");
  if (fault === "http_429") return reply.code(429).send();
  const rc = fault.slice("rc_".length);
  const { ref_id, customer_no, buyer_sku_code } = readBody(request) ?? {};
  const more = rc === "45" ? { message: `${messageOf(rc)} ${request.ip}` } : {};
  const { status, data } = reject(rc, { ref_id, customer_no, buyer_sku_code, ...more });
  return reply.code(codes[rc]?.formed ? 200 : status).send({ data });
}

/** What is answered when the answer is not as documented. */
function garble(data: object, fault: string | undefined): object {
  switch (fault) {
    case "price_string": {
      const asText = (item: object) =>
        "price" in item ? { ...item, price: String(item.price) } : item;
      return Array.isArray(data) ? data.map(asText) : asText(data);
    }
    case "rc_absent":
      return { ...data, rc: undefined };
    case "rc_unknown":
      return { ...data, rc: "77" };
    case "status_disagrees":
      return { ...data, status: "status" in data && data.status === "Gagal" ? "Sukses" : "Gagal" };
    default:
      return data;
  }
}
