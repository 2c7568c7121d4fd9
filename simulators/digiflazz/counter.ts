/** Digiflazz' own record: forms purchases, moves the balance, ends what is pending, sends webhooks. */
import { createHmac } from "node:crypto";
import type { Books } from "../books.ts";
import { createUuid, type PartyContext } from "../party.ts";
import { postWebhook } from "../wire.ts";
import type { Course, Purchase, PurchaseRequest } from "./purchase.ts";

export interface DigiflazzBooks {
  balance: number;
  readonly purchases: Purchase[];
}

export interface Counter {
  /** A record older than 90 days is gone, as theirs is: the same ref_id then buys again. */
  recall(request: PurchaseRequest): Purchase | undefined;
  form(
    request: PurchaseRequest,
    price: number,
    course: Course,
    webhook: Purchase["webhook"],
  ): Purchase;
  inquire(purchase: Purchase): void;
  resume(): void;
}

const minuteMs = 60_000;
const memoryMs = 90 * 24 * 60 * minuteMs;
const deliveryTimeMs = 1_000;
/** Test mode has money of its own, always this much after the sale. */
const testBalance = 990_000;

const messages: Record<string, string> = {
  "00": "Transaksi Sukses",
  "02": "Transaksi Gagal",
  "03": "Transaksi Pending",
  "53": "Produk Seller Sedang Tidak Tersedia",
  "54": "Nomor Tujuan Salah",
};

export function createCounter(
  context: PartyContext,
  books: Books<DigiflazzBooks>,
  webhookSecret: string,
): Counter {
  const { clock, steps } = context;
  const ageMs = (iso: string) => clock.now().getTime() - Date.parse(iso);

  function finish(purchase: Purchase, state: NonNullable<Course["later"]>): void {
    purchase.status = state.status;
    purchase.rc = state.rc;
    if (state.status === "Sukses") purchase.sn = createSerial(purchase, context);
    if (state.status === "Gagal" && !purchase.testing) books.data.balance += purchase.price;
    books.save();
  }

  function watch(purchase: Purchase): void {
    const { later } = purchase;
    if (purchase.status !== "Pending" || later?.told !== "by_webhook") return;
    const due = new Date(Date.parse(purchase.created_at) + deliveryTimeMs);
    steps.at(due, async (signal) => {
      finish(purchase, later);
      await announce(purchase, signal);
    });
  }

  async function announce(purchase: Purchase, signal: AbortSignal): Promise<void> {
    if (purchase.webhook === "webhook_drop") return;
    const data = { trx_id: purchase.trx_id, ...describePurchase(purchase, books.data.balance) };
    // Escaped as PHP does it: whoever verifies a re-serialised body instead of the raw one fails.
    const body = JSON.stringify({ data }).replaceAll("/", "\\/");
    const secret = purchase.webhook === "webhook_forged" ? "not-the-secret" : webhookSecret;
    const signature = createHmac("sha1", secret).update(body).digest("hex");
    const send = async () => {
      const headers = {
        "user-agent": "DigiFlazz-Hookshot",
        "x-digiflazz-event": "update",
        "x-digiflazz-delivery": createUuid(context.randomBytes),
        "x-hub-signature": `sha1=${signature}`,
      };
      const url = purchase.webhook_url ?? `${context.storeUrl()}/webhooks/digiflazz`;
      const replyStatus = await postWebhook({ url, headers, body }, signal);
      const { ref_id, status } = purchase;
      context.log({ party: "digiflazz", webhook: status, ref_id, replyStatus });
    };
    const copies = purchase.webhook === "webhook_thrice" ? 3 : 1;
    await Promise.all(Array.from({ length: copies }, send));
  }

  return {
    recall(request) {
      return books.data.purchases.find(
        (purchase) =>
          purchase.ref_id === request.ref_id &&
          purchase.testing === request.testing &&
          ageMs(purchase.created_at) <= memoryMs,
      );
    },
    form(request, price, course, webhook) {
      const now = clock.now().toISOString();
      const debited = course.first.status !== "Gagal" && !request.testing;
      const purchase: Purchase = {
        ref_id: request.ref_id,
        trx_id: Buffer.from(context.randomBytes(4)).toString("hex"),
        buyer_sku_code: request.buyer_sku_code,
        customer_no: request.customer_no,
        testing: request.testing,
        price,
        ...course.first,
        sn: course.first.status === "Sukses" ? "1234567890" : "",
        later: course.later,
        webhook,
        webhook_url: request.cb_url,
        debit_count: debited ? 1 : 0,
        request_count: 1,
        hasty_inquiries: 0,
        created_at: now,
        asked_at: now,
      };
      if (debited) books.data.balance -= price;
      books.data.purchases.push(purchase);
      books.save();
      watch(purchase);
      return purchase;
    },
    inquire(purchase) {
      purchase.request_count += 1;
      if (ageMs(purchase.asked_at) < minuteMs) purchase.hasty_inquiries += 1;
      purchase.asked_at = clock.now().toISOString();
      const { later } = purchase;
      const ripe = purchase.status === "Pending" && ageMs(purchase.created_at) >= minuteMs;
      if (ripe && later?.told === "when_asked") finish(purchase, later);
      books.save();
    },
    resume() {
      for (const purchase of books.data.purchases) watch(purchase);
    },
  };
}

export function describePurchase(purchase: Purchase, balance: number) {
  return {
    ref_id: purchase.ref_id,
    customer_no: purchase.customer_no,
    buyer_sku_code: purchase.buyer_sku_code,
    message: messages[purchase.rc] ?? "Transaksi Gagal",
    status: purchase.status,
    rc: purchase.rc,
    sn: purchase.sn,
    buyer_last_saldo: purchase.testing ? testBalance : balance,
    price: purchase.price,
    tele: "@simulasi",
    wa: "081200000000",
  };
}

/** Free text of the seller: a serial and the number, as game sellers like to write it. */
function createSerial(purchase: Purchase, context: PartyContext): string {
  const digits = Buffer.from(context.randomBytes(6)).readUIntBE(0, 6) % 1e12;
  return `S${String(digits).padStart(12, "0")} / ${purchase.customer_no}`;
}
