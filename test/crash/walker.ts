/** Walker: a reseller with a key of its own whose calls are repeated for as long as the store is dead. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { OrderState } from "../../src/orders/order.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { Database } from "../../src/platform/db.ts";
import { postJson } from "../json.ts";
import { type Answer, createReseller, type Order, type Quote } from "../reseller.ts";

/** Those who walk at once buy different ones, so that none waits for the stock that another holds. */
export const sold = [
  { sku: "ML_86", priceIdr: 20_000 },
  { sku: "ML_172", priceIdr: 40_000 },
  { sku: "ML_257", priceIdr: 60_000 },
  { sku: "ML_344", priceIdr: 80_000 },
  { sku: "ML_429", priceIdr: 100_000 },
] as const;
export const saldoIdr = 300_000;
const zoneId = "2001";
const againMs = 20;
const patienceMs = 60_000;
/** How much time may pass at once while something is waited for. */
const [soonS, laterS] = [5, 60];

export interface Road {
  readonly name: string;
  /** The first digits of the player id: what the supplier does (simulators/README.md, magic inputs). */
  readonly prefix: string;
  /** A charge of it shall go wrong, so no other road may charge meanwhile. */
  readonly breaksCharge?: true;
  readonly charges: boolean;
  readonly ends: OrderState;
  walk(walker: Walker): Promise<void>;
}

export interface WalkedShop {
  readonly db: Database;
  readonly clock: Clock;
  readonly url: string;
  readonly simulatorUrl: string;
  /** Lets time pass, `stepS` seconds at once, until `done` holds. */
  until(what: string, stepS: number, done: () => Promise<boolean>): Promise<void>;
}

export type Walker = Awaited<ReturnType<typeof createWalker>>;

/** Makes a reseller with a saldo who orders for one player. */
export async function createWalker(
  shop: WalkedShop,
  road: Road,
  { number, sku, priceIdr }: { number: number } & (typeof sold)[number],
) {
  const { db, simulatorUrl } = shop;
  const reseller = await createReseller(shop, { saldoIdr: BigInt(saldoIdr) });
  const playerId = road.prefix + String(number).padStart(5, "0");
  const key = `order-${number}`;
  const placement = { quoteId: "", method: "saldo" as "saldo" | "gopay" };
  let acknowledged: { code: string; text: string } | undefined;

  const code = () => {
    assert.ok(acknowledged, "an order was acknowledged");
    return acknowledged.code;
  };
  /** Repeats a call until the store says something: dead and gone, and 5xx, are no answer. */
  const insists = async <T>(call: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    let said = "nothing";
    for (const byMs = performance.now() + patienceMs; performance.now() < byMs; ) {
      const answer = await call().catch(() => undefined);
      if (answer !== undefined && answer.status < 500) return answer;
      said = answer?.text ?? said;
      await delay(againMs);
    }
    return assert.fail(`the store never answered; it said ${said}`);
  };
  /** Reads again while the database is away. */
  const payments = async () => {
    const read = () =>
      db
        .selectFrom("payments")
        .innerJoin("orders", "orders.id", "payments.order_id")
        .select(["payments.ref", "payments.state"])
        .where("orders.code", "=", code())
        .execute();
    for (const byMs = performance.now() + patienceMs; performance.now() < byMs; ) {
      const found = await read().catch(() => undefined);
      if (found !== undefined) return found;
      await delay(againMs);
    }
    return read();
  };
  const state = async () => {
    const order = await db
      .selectFrom("orders")
      .select("state")
      .where("code", "=", code())
      .executeTakeFirstOrThrow();
    return order.state;
  };
  const wallet = (what: string, body: object) =>
    postJson<{ transaction_id: string }>(`${simulatorUrl}/midtrans/_wallet/${what}`, body);

  const walker = {
    road,
    priceIdr,
    customerId: reseller.customerId,
    customerNo: playerId + zoneId,
    code: () => acknowledged?.code,
    saldo: async () =>
      (await insists(() => reseller.call<{ available: number }>("GET", "/saldo"))).data.available,
    payments,

    async orders(method: "saldo" | "gopay") {
      if (road.breaksCharge) {
        const fault = { operation: "charge", fault: "lost_answer" };
        await postJson(`${simulatorUrl}/midtrans/_control/faults`, fault);
      }
      const body = { sku, user_id: playerId, server_id: zoneId };
      const quote = await insists(() => reseller.call<Quote>("POST", "/quotes", { body }));
      assert.equal(quote.status, 201, quote.text);
      Object.assign(placement, { quoteId: quote.data.id, method });
      const placed = await insists(() => reseller.places(quote.data.id, key, method));
      assert.equal(placed.status, 201, placed.text);
      acknowledged = { code: placed.data.code, text: placed.text };
    },
    /** Asks for the order once more, with the same key. Resolves to both answers. */
    async ordersAgain() {
      const { quoteId, method } = placement;
      const again = await insists(() => reseller.places(quoteId, key, method));
      return { first: acknowledged?.text, again: again.text };
    },
    /** Resolves to the link of a payment that the buyer can open in the wallet. */
    async isPayable(): Promise<string> {
      let link: string | undefined;
      await shop.until("the order can be paid", soonS, async () => {
        const { data } = await reseller.call<Order>("GET", `/orders/${code()}`);
        link = data.payment?.deep_link;
        return link !== undefined;
      });
      assert.ok(link);
      return link;
    },
    /** Opens the link and pays; one that ended under the finger is looked up again. */
    async pays() {
      for (;;) {
        const link = await this.isPayable();
        const { transaction_id } = await wallet("open", { url: link });
        const paid = await wallet("pay", { transaction_id }).catch(() => undefined);
        if (paid !== undefined) return;
      }
    },
    /** Money for each charge of the order, whatever became of it: the price, or a part or more of it. */
    async moneyComes(times = 1) {
      for (const { ref } of await payments()) {
        const money = { order_id: ref, gross_amount: priceIdr * times };
        // A charge that was lost on the way is not known to Midtrans.
        await postJson(`${simulatorUrl}/midtrans/_control/settle`, money).catch(() => {});
      }
    },
    async paysTheRest() {
      await shop.until("the short money is noticed", soonS, async () =>
        (await payments()).some((payment) => payment.state === "short"),
      );
      const body = { choice: "pay_rest" };
      const path = `/orders/${code()}/short-payment`;
      const decided = await insists(() => reseller.call("POST", path, { body }));
      // The answer to the first time may have died with the store.
      assert.ok(decided.status === 200 || decided.code === "order.not_short", decided.text);
    },
    async cancels() {
      await shop.until("it is cancelled", soonS, async () => {
        const answer = await reseller.cancels(code());
        assert.notEqual(answer.code, "order.paid");
        return answer.status === 200;
      });
    },
    comesTo(wanted: OrderState) {
      const stepS = ["expired", "refunded"].includes(wanted) ? laterS : soonS;
      return shop.until(`${road.name}: ${wanted}`, stepS, async () => (await state()) === wanted);
    },
  };
  return walker;
}
