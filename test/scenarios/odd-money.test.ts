/** Money that does not fit: late, short, over, twice, after a cancellation. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { trialBalance } from "../../src/ledger/transfer.ts";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";

/** A world with an order of Rp 20.000 by GoPay that can be paid. */
async function openUnpaid(t: TestContext, seed: number, saldoIdr?: bigint) {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world, saldoIdr === undefined ? {} : { saldoIdr });
  const { code } = await reseller.orders("ML_86", "gopay");
  await world.untilQuiet();
  const charge = await world.midtrans.lastCharge();
  const order = () => reseller.order(code);
  const held = async (account: string) => (await trialBalance(world.db)).get(account) ?? 0n;
  const expires = async () => {
    await world.advance({ minutes: 18 });
    assert.equal((await order()).state, "expired");
    assert.equal(await world.available("ML_86"), 100);
  };
  return { world, reseller, code, charge, order, held, expires };
}

test("money up to an hour late still buys while price and stock hold", async (t) => {
  const { world, charge, order, expires } = await openUnpaid(t, 201);
  await expires();
  await world.advance({ minutes: 55 });
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 2 });
  const done = await order();
  assert.equal(done.state, "delivered");
  assert.equal((await world.digiflazz.purchases()).length, 1);
  assert.equal(await world.available("ML_86"), 99);
  await world.booksBalance();
});

test("money later than that becomes saldo", async (t) => {
  const { world, reseller, charge, order, expires } = await openUnpaid(t, 202);
  await expires();
  await world.advance({ minutes: 61 });
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal((await order()).state, "refunded");
  assert.equal(await reseller.saldo(), 20_000);
  assert.deepEqual(await world.digiflazz.purchases(), []);
  await world.booksBalance();
});

test("late money becomes saldo when the price has changed", async (t) => {
  const { world, reseller, charge, order, expires } = await openUnpaid(t, 203);
  await expires();
  const sku = await world.db
    .selectFrom("skus")
    .select("id")
    .where("code", "=", "ML_86")
    .executeTakeFirstOrThrow();
  await world.db
    .insertInto("prices")
    .values({ sku_id: sku.id, version: 2, price: 21_000n, cost: 18_000n, valid_from: new Date() })
    .execute();
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal((await order()).state, "refunded");
  assert.equal(await reseller.saldo(), 20_000);
  await world.booksBalance();
});

test("late money becomes saldo when the stock is gone", async (t) => {
  const { world, reseller, charge, order, expires } = await openUnpaid(t, 204);
  await expires();
  await world.db.updateTable("stock").set({ on_hand: 0 }).execute();
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal((await order()).state, "refunded");
  assert.equal(await reseller.saldo(), 20_000);
});

test("late money of somebody who was blocked meanwhile becomes saldo", async (t) => {
  const { world, reseller, charge, order, expires } = await openUnpaid(t, 205);
  await expires();
  const block = { kind: "customer", value: reseller.customerId, reason: "stolen money" };
  const id = "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a";
  await world.db
    .insertInto("risk_blocks")
    .values({ id, ...block, blocked_at: world.clock.now() })
    .execute();
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal((await order()).state, "refunded");
  assert.equal(await reseller.saldo(), 20_000);
  const decisions = await world.db.selectFrom("risk_decisions").select("decision").execute();
  assert.deepEqual(decisions.map((row) => row.decision).sort(), ["allow", "block"]);
  await world.booksBalance();
});

test("more than was asked for pays the order, and the surplus is saldo", async (t) => {
  const { world, reseller, charge, order } = await openUnpaid(t, 206);
  await world.midtrans.receives(charge, 25_000);
  await world.advance({ minutes: 2 });
  const done = await order();
  assert.equal(done.state, "delivered");
  assert.ok(done.events.some((event) => event.reason === "Rp 5.000 more than the price to saldo"));
  assert.equal(await reseller.saldo(), 5_000);
  await world.booksBalance();
});

test("short money waits in suspense, and the rest can be paid from saldo", async (t) => {
  const { world, reseller, code, charge, order, held } = await openUnpaid(t, 207, 30_000n);
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 1 });
  assert.equal((await order()).state, "awaiting_payment");
  assert.equal(await held("suspense"), 12_000n);
  const decide = (choice: string) =>
    reseller.call("POST", `/orders/${code}/short-payment`, { body: { choice } });
  assert.equal((await decide("pay_rest")).status, 200);
  await world.advance({ minutes: 2 });
  assert.equal((await order()).state, "delivered");
  assert.equal(await reseller.saldo(), 22_000);
  assert.equal(await held("suspense"), 0n);
  const items = await world.db.selectFrom("desk_items").select("closed_at").execute();
  assert.ok(items.length === 1 && items[0]?.closed_at, "it is off the desk");
  assert.equal((await decide("pay_rest")).status, 200, "said again after a lost answer");
  assert.equal(await reseller.saldo(), 22_000);
  const other = await decide("take_back");
  assert.deepEqual([other.status, other.code], [409, "order.not_short"]);
  await world.booksBalance();
});

test("the rest of short money is not paid from a saldo that does not suffice", async (t) => {
  const { world, reseller, code, charge, order } = await openUnpaid(t, 208, 7_999n);
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 1 });
  const answer = await reseller.call("POST", `/orders/${code}/short-payment`, {
    body: { choice: "pay_rest" },
  });
  assert.deepEqual([answer.status, answer.code], [402, "saldo.insufficient"]);
  assert.equal((await order()).state, "awaiting_payment");
  assert.equal(await reseller.saldo(), 7_999);
});

test("short money can be taken back, which ends the order", async (t) => {
  const { world, reseller, code, charge, order } = await openUnpaid(t, 209);
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 1 });
  const answer = await reseller.call("POST", `/orders/${code}/short-payment`, {
    body: { choice: "take_back" },
  });
  assert.equal(answer.status, 200);
  assert.equal((await order()).state, "cancelled");
  assert.equal(await reseller.saldo(), 12_000);
  assert.equal(await world.available("ML_86"), 100);
  await world.booksBalance();
});

test("short money about which nobody says a word is saldo when the order ends", async (t) => {
  const { world, reseller, charge, order, held } = await openUnpaid(t, 210);
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 20 });
  assert.equal((await order()).state, "expired");
  assert.equal(await reseller.saldo(), 12_000);
  assert.equal(await held("suspense"), 0n);
  await world.booksBalance();
});

test("short money that comes after the order ended is saldo at once", async (t) => {
  const { world, reseller, charge, expires, held } = await openUnpaid(t, 211);
  await expires();
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 1 });
  assert.equal(await reseller.saldo(), 12_000);
  assert.equal(await held("suspense"), 0n);
  await world.booksBalance();
});

test("money for a cancelled order becomes saldo, however soon it comes", async (t) => {
  const { world, reseller, code, charge, order } = await openUnpaid(t, 212);
  assert.equal((await reseller.cancels(code)).status, 200);
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal((await order()).state, "refunded");
  assert.equal(await reseller.saldo(), 20_000);
  await world.booksBalance();
});
