/** Digiflazz' own record: forms purchases, moves the balance and ends what is pending. */
import type { Books } from "../books.ts";
import type { PartyContext } from "../party.ts";
import type { Hook } from "./hook.ts";
import type { Course, Purchase, PurchaseRequest, State, Turn, WebhookWay } from "./purchase.ts";
import { type DigiflazzBooks, describePurchase } from "./record.ts";
import { dayInJakarta } from "./shelf.ts";

export interface Counter {
  /** A record older than 90 days is gone, as theirs is: the same ref_id then buys again. */
  recall(request: PurchaseRequest): Purchase | undefined;
  /** True when this number has bought this product today. */
  soldToday(request: PurchaseRequest): boolean;
  form(
    request: PurchaseRequest,
    price: number,
    course: Course,
    webhook: WebhookWay,
  ): Promise<Purchase>;
  inquire(purchase: Purchase): void;
  resume(): void;
}

const minuteMs = 60_000;
const memoryMs = 90 * 24 * 60 * minuteMs;

export function createCounter(
  context: PartyContext,
  books: Books<DigiflazzBooks>,
  hook: Hook,
): Counter {
  const { clock, steps } = context;
  const { data } = books;
  const ageMs = (iso: string) => clock.now().getTime() - Date.parse(iso);
  const nameOf = ({ ref_id, testing }: { ref_id: string; testing: boolean }) =>
    `${testing}:${ref_id}`;
  const newest = new Map(data.purchases.map((purchase) => [nameOf(purchase), purchase]));
  const describe = (purchase: Purchase) => describePurchase(purchase, data.balance);

  /** Whatever has not failed is debited, and what fails after all is paid back. */
  function move(purchase: Purchase, state: State): void {
    const paid = purchase.status !== "Gagal";
    const pays = state.status !== "Gagal";
    if (!purchase.testing && paid !== pays) {
      data.balance += pays ? -purchase.price : purchase.price;
      if (pays) purchase.debit_count += 1;
    }
    purchase.status = state.status;
    purchase.rc = state.rc;
    if (state.status === "Sukses") purchase.sn = createSerial(purchase, context);
  }

  function finish(purchase: Purchase, turn: Turn): void {
    move(purchase, turn);
    purchase.turns = purchase.turns.slice(1);
    books.save();
  }

  function watch(purchase: Purchase): void {
    // Books that an earlier version wrote know of no turns.
    const turn = purchase.turns?.[0];
    if (turn?.told !== "by_webhook") return;
    steps.at(new Date(Date.parse(purchase.created_at) + turn.after_ms), async (signal) => {
      finish(purchase, turn);
      watch(purchase);
      await hook.announce(purchase, () => describe(purchase), signal);
    });
  }

  return {
    recall(request) {
      const purchase = newest.get(nameOf(request));
      return purchase && ageMs(purchase.created_at) <= memoryMs ? purchase : undefined;
    },
    soldToday(request) {
      const today = dayInJakarta(clock.now());
      return data.purchases.some(
        (purchase) =>
          purchase.buyer_sku_code === request.buyer_sku_code &&
          purchase.customer_no === request.customer_no &&
          purchase.status !== "Gagal" &&
          dayInJakarta(new Date(purchase.created_at)) === today,
      );
    },
    async form(request, price, course, webhook) {
      const now = clock.now().toISOString();
      const purchase: Purchase = {
        ref_id: request.ref_id,
        trx_id: Buffer.from(context.randomBytes(4)).toString("hex"),
        buyer_sku_code: request.buyer_sku_code,
        customer_no: request.customer_no,
        testing: request.testing,
        price,
        ...{ status: "Gagal", rc: course.first.rc, sn: "", turns: course.turns },
        webhook,
        webhook_url: request.cb_url,
        ...{ debit_count: 0, request_count: 1, hasty_inquiries: 0 },
        created_at: now,
        asked_at: now,
      };
      move(purchase, course.first);
      if (request.testing && purchase.status === "Sukses") purchase.sn = "1234567890";
      data.purchases.push(purchase);
      newest.set(nameOf(purchase), purchase);
      books.save();
      const [turn] = purchase.turns;
      if (webhook === "webhook_first" && turn?.told === "by_webhook") {
        const told = describe(purchase);
        finish(purchase, turn);
        await hook.announce(purchase, () => describe(purchase));
        watch(purchase);
        // The answer was written before the webhook, and arrives after it.
        return { ...purchase, status: told.status, rc: told.rc, sn: told.sn };
      }
      await hook.create(purchase, describe(purchase));
      watch(purchase);
      return purchase;
    },
    inquire(purchase) {
      purchase.request_count += 1;
      if (ageMs(purchase.asked_at) < minuteMs) purchase.hasty_inquiries += 1;
      purchase.asked_at = clock.now().toISOString();
      const turn = purchase.turns?.[0];
      const ripe = turn !== undefined && ageMs(purchase.created_at) >= turn.after_ms;
      if (ripe && turn.told === "when_asked") finish(purchase, turn);
      books.save();
    },
    resume() {
      for (const purchase of data.purchases) watch(purchase);
    },
  };
}

/** Free text of the seller: a serial and the number, as game sellers like to write it. */
function createSerial(purchase: Purchase, context: PartyContext): string {
  const digits = Buffer.from(context.randomBytes(6)).readUIntBE(0, 6) % 1e12;
  return `S${String(digits).padStart(12, "0")} / ${purchase.customer_no}`;
}
