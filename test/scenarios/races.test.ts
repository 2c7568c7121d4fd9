/** Races: what comes at the same moment from different sides ends as one of them, never as both. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { refundOrder } from "../../src/orders/refund-order.ts";
import { findOrder } from "../../src/orders/story.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { enqueue } from "../../src/platform/jobs.ts";
import { createSeededRandom } from "../../src/platform/random.ts";
import { Refusal } from "../../src/platform/refusal.ts";
import { scale } from "../database.ts";
import { postJson } from "../json.ts";
import { operatorDeps, stockUp } from "../operator.ts";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_131);
const roundCount = scale({ short: 1, long: 20 });
const raceCount = scale({ short: 20, long: 50 });
const priceIdr = 20_000;
const zoneId = "2001";
const timeout = scale({ short: 120_000, long: 60 * 60_000 });

/** A shop with enough of everything, and an operator who gives money back. */
async function openTrack(t: TestContext) {
  const world = await openWorld(t, { seed });
  const { db } = world;
  const random = createSeededRandom(seed);
  const sku = await stockUp(world, "ML_86");
  const deps = operatorDeps(world);
  let playerCount = 0;

  return {
    ...world,
    sku,
    /** Some milliseconds, by the seed. */
    soon: (longestMs: number) => delay((random.bytes(1)[0] ?? 0) % longestMs),
    /** Resellers with an order each, for players of their own. */
    async orders(method: "saldo" | "gopay", prefix: string) {
      const quoted = await Promise.all(
        Array.from({ length: raceCount }, async () => {
          const reseller = await createReseller(world, { saldoIdr: BigInt(priceIdr) });
          const playerId = prefix + String(playerCount++).padStart(9 - prefix.length, "0");
          const account = { user_id: playerId, server_id: zoneId };
          const quote = await reseller.quotes("ML_86", account);
          return { reseller, customerNo: playerId + zoneId, quoteId: quote.id };
        }),
      );
      return quoted.map(({ reseller, customerNo, quoteId }) => ({
        reseller,
        customerNo,
        async places() {
          const { status, data, text } = await reseller.places(quoteId, quoteId, method);
          assert.equal(status, 201, text);
          const { id } = await findOrder(db, { orderCode: data.code });
          return { orderId: id, code: data.code };
        },
      }));
    },
    /** The operator says that the supplier did not deliver. Resolves to "refunded", or why not. */
    async refunds(orderId: string): Promise<string> {
      const wish = { to: "saldo", saysPurchaseFailed: true, reason: "it never came" } as const;
      try {
        await inTransaction(db, (tx) =>
          refundOrder(tx, deps, { ...wish, orderId, actor: "operator" }),
        );
        return "refunded";
      } catch (error) {
        if (error instanceof Refusal) return error.code;
        throw error;
      }
    },
    /** How often an order's money went back to saldo, by the ledger. */
    async refundsOf(orderId: string) {
      const rows = await db
        .selectFrom("transfers")
        .select("amount")
        .where("order_id", "=", orderId)
        .where("debit_account", "=", "escrow")
        .where("credit_account", "like", "customer:%")
        .execute();
      return rows.map(({ amount }) => Number(amount));
    },
  };
}

const tally = (outcomes: readonly string[]) =>
  [...new Set(outcomes)]
    .sort()
    .map((one) => `${outcomes.filter((other) => other === one).length} ${one}`)
    .join(", ");

test("a refund that an operator, a job and a webhook want at once is one refund", {
  timeout,
}, async (t) => {
  const track = await openTrack(t);
  const { clock, db, simulators } = track;
  const outcomes: string[] = [];
  for (let round = 0; round < roundCount; round++) {
    // The supplier refuses a moment later, and its webhook is lost.
    await track.breaks("digiflazz", "transaction", "webhook_drop", raceCount);
    const placed = await Promise.all(
      (await track.orders("saldo", "99902")).map(async (one) => ({
        ...one,
        ...(await one.places()),
      })),
    );
    await track.untilQuiet();
    await track.advance({ seconds: 50 });
    const open = await db
      .selectFrom("purchases")
      .select(["id", "ref", "order_id"])
      .where("state", "=", "open")
      .execute();
    assert.equal(open.length, raceCount, "each was sent, and nobody knows how it ended");
    // A third of the operators come at once, a third when the supplier's first failure is told, and a
    // third when the shop has begun to give back by itself what they have not.
    const operatorsTurn = async (place: number) => {
      if (place % 3 === 0) return;
      const last = open.filter((_, index) => index % 3 === 2).map(({ order_id }) => order_id);
      const begun = () =>
        db
          .selectFrom("purchases")
          .innerJoin("orders", "orders.id", "purchases.order_id")
          .select("orders.id")
          .where("orders.id", "in", last)
          .where(place % 3 === 1 ? "purchases.state" : "orders.state", "in", ["failed", "refunded"])
          .executeTakeFirst();
      while ((await begun()) === undefined) await delay(5);
    };
    // The inquiry is due now.
    clock.advance(15_000);
    await Promise.all(
      open.flatMap(({ id, ref, order_id }, place) => [
        ...[1, 2].map(async () => {
          await operatorsTurn(place);
          await track.soon(200);
          outcomes.push(await track.refunds(order_id));
        }),
        track.soon(200).then(() =>
          postJson(`${simulators.url}/digiflazz/_control/webhook`, {
            ...{ ref_id: ref, status: "Gagal", rc: "02" },
          }),
        ),
        track.soon(200).then(() => {
          const job = { name: "orders.applyPurchase", key: id, payload: { purchaseId: id } };
          return inTransaction(db, (tx) => enqueue(tx, { clock }, job));
        }),
      ]),
    );
    await track.untilQuiet();
    await track.advance({ minutes: 3 });
    for (const { reseller, orderId, code } of placed) {
      const { state, refunded } = await reseller.order(code);
      const about = `seed ${seed}, round ${round}, ${code}`;
      assert.deepEqual([state, refunded], ["refunded", priceIdr], about);
      assert.deepEqual(await track.refundsOf(orderId), [priceIdr], about);
      assert.equal(await reseller.saldo(), priceIdr, about);
    }
  }
  t.diagnostic(`seed ${seed}: the operator's: ${tally(outcomes)}`);
  await track.booksBalance();
});

test("money that comes in the moment in which its order expires buys, once", {
  timeout,
}, async (t) => {
  const track = await openTrack(t);
  const { clock, simulators, midtrans } = track;
  let expiredCount = 0;
  for (let round = 0; round < roundCount; round++) {
    const placed = await Promise.all(
      (await track.orders("gopay", "2")).map(async (one) => ({ ...one, ...(await one.places()) })),
    );
    await track.untilQuiet();
    await track.advance({ minutes: 16, seconds: 58 });
    const charges = (await midtrans.charges()).slice(-raceCount);
    assert.ok(charges.every(({ paid_idr }) => paid_idr === 0));
    const paying = charges.map(async ({ order_id, gross_amount }) => {
      await track.soon(200);
      await postJson(`${simulators.url}/midtrans/_control/settle`, { order_id, gross_amount });
    });
    await delay(150);
    clock.advance(3_000);
    await Promise.all(paying);
    await track.untilQuiet();
    await track.advance({ minutes: 3 });
    const purchases = await track.digiflazz.purchases();
    for (const { reseller, customerNo, code } of placed) {
      const about = `seed ${seed}, round ${round}, ${code}`;
      const { state, paid, refunded, events } = await reseller.order(code);
      assert.deepEqual([state, paid, refunded], ["delivered", priceIdr, 0], about);
      const bought = purchases.filter((one) => one.customer_no === customerNo);
      assert.deepEqual(
        bought.map(({ status, debit_count }) => [status, debit_count]),
        [["Sukses", 1]],
        about,
      );
      assert.equal(await reseller.saldo(), priceIdr, about);
      if (events.some((event) => event.state === "expired")) expiredCount++;
    }
  }
  t.diagnostic(`seed ${seed}: ${expiredCount} of ${roundCount * raceCount} had expired before`);
  await track.booksBalance();
});

test("a person's refund and a purchase that are under way at once end as goods or as money", {
  timeout,
}, async (t) => {
  const track = await openTrack(t);
  const { clock } = track;
  const outcomes: string[] = [];
  for (let round = 0; round < roundCount; round++) {
    const orders = await track.orders("saldo", "3");
    const tries = async (orderId: string, times: number, longestMs: number) => {
      for (let count = 0; count < times; count++) {
        await track.soon(longestMs);
        outcomes.push(await track.refunds(orderId));
      }
    };
    const placed = await Promise.all(
      orders.map(async (one, place) => {
        const order = await one.places();
        await delay((place % 4) * 250);
        await tries(order.orderId, 3, 250);
        return { ...one, ...order };
      }),
    );
    await track.untilQuiet();
    // The supplier delivers now.
    clock.advance(5_000);
    await Promise.all(placed.map(({ orderId }) => tries(orderId, 3, 60)));
    await track.untilQuiet();
    await track.advance({ minutes: 2 });
    await Promise.all(placed.map(({ orderId }) => tries(orderId, 1, 10)));
    const purchases = await track.digiflazz.purchases();
    for (const { reseller, customerNo, code } of placed) {
      const about = `seed ${seed}, round ${round}, ${code}`;
      const { state, refunded } = await reseller.order(code);
      const bought = purchases.some((one) => one.customer_no === customerNo);
      assert.deepEqual(
        [state, refunded],
        bought ? ["delivered", 0] : ["refunded", priceIdr],
        about,
      );
      assert.equal(await reseller.saldo(), bought ? 0 : priceIdr, about);
    }
  }
  t.diagnostic(`seed ${seed}: ${tally(outcomes)}`);
  await track.booksBalance();
});
