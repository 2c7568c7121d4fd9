import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { listOpenItems } from "../../src/desk/item.ts";
import { trialBalance } from "../../src/ledger/transfer.ts";
import { openWorld, type World } from "../world.ts";

const account = { id: "123456789", server: "2001" };

async function saldoOf(world: World): Promise<bigint> {
  const rows = await world.db.selectFrom("balances").select("posted").execute();
  return rows.reduce((total, row) => total + row.posted, 0n);
}

async function orderStates(world: World): Promise<string[]> {
  const rows = await world.db.selectFrom("orders").select("state").orderBy("placed_at").execute();
  return rows.map((row) => row.state);
}

/** Posts a notification as Midtrans would, signed with the given key. */
async function notify(world: World, key: string, change: Record<string, string> = {}) {
  const charge = await world.midtrans.lastCharge();
  const body = {
    order_id: charge.order_id,
    status_code: "200",
    gross_amount: `${charge.gross_amount}.00`,
    transaction_status: "settlement",
    transaction_id: charge.transaction_id,
    currency: "IDR",
    ...change,
  };
  const { order_id, status_code, gross_amount } = body;
  const signature_key = createHash("sha512")
    .update(order_id + status_code + gross_amount + key)
    .digest("hex");
  const response = await fetch(`${world.url}/webhooks/midtrans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, signature_key }),
  });
  await world.untilQuiet();
  return response.status;
}

test("a forged webhook moves nothing", async (t) => {
  const world = await openWorld(t, { seed: 21 });
  await world.buyer.orders("ML_86", account);
  assert.equal(await notify(world, "a key that is not ours"), 401);
  assert.deepEqual(await orderStates(world), ["awaiting_payment"]);
  assert.equal((await trialBalance(world.db)).get("escrow"), undefined);
  await world.booksBalance();
});

test("an authentic webhook alone moves nothing: the gateway is asked", async (t) => {
  const world = await openWorld(t, { seed: 22 });
  await world.buyer.orders("ML_86", account);
  // A captured signature fits a body with another status, so the status is not believed.
  const { server_key } = world.simulators.parties.midtrans;
  assert.equal(await notify(world, server_key), 200);
  assert.deepEqual(await orderStates(world), ["awaiting_payment"]);
  await world.booksBalance();
});

test("the same webhook three times at once has one effect", async (t) => {
  const world = await openWorld(t, { seed: 23 });
  await world.breaks("midtrans", "webhook", "thrice");
  await world.buyer.orders("ML_86", account);
  await world.midtrans.isPaid();
  await world.advance({ minutes: 2 });
  assert.deepEqual(await orderStates(world), ["delivered"]);
  assert.equal((await world.digiflazz.purchases()).length, 1);
  await world.booksBalance();
});

test("an authentic webhook of an unknown payment is answered and changes nothing", async (t) => {
  const world = await openWorld(t, { seed: 24 });
  await world.buyer.orders("ML_86", account);
  const { server_key } = world.simulators.parties.midtrans;
  assert.equal(await notify(world, server_key, { order_id: "SOMEBODY-ELSES" }), 200);
  assert.deepEqual(await orderStates(world), ["awaiting_payment"]);
});

test("no webhook comes: the gateway is asked and the order goes on", async (t) => {
  const world = await openWorld(t, { seed: 25 });
  await world.breaks("midtrans", "webhook", "drop");
  await world.buyer.orders("ML_86", account);
  await world.midtrans.isPaid();
  assert.deepEqual(await orderStates(world), ["awaiting_payment"]);
  await world.advance({ minutes: 2 });
  assert.deepEqual(await orderStates(world), ["delivered"]);
  await world.booksBalance();
});

test("short money waits in suspense, buys nothing and the buyer is told what came", async (t) => {
  const world = await openWorld(t, { seed: 26 });
  await world.buyer.orders("ML_86", account);
  await world.midtrans.receives(await world.midtrans.lastCharge(), 1_000);
  await world.advance({ minutes: 1 });
  assert.deepEqual(await orderStates(world), ["awaiting_payment"], "untouched until its time");
  const accounts = await trialBalance(world.db);
  assert.equal(accounts.get("suspense"), 1_000n);
  assert.equal(accounts.get("gateway:midtrans"), 1_000n);
  assert.match(await world.buyer.reads(), /Yang datang Rp 1\.000 dari Rp 20\.000/);
  const [item, ...others] = await listOpenItems(world.db);
  assert.equal(item?.kind, "payment_short");
  assert.deepEqual(item?.details, { asked: "Rp 20.000", came: "Rp 1.000" });
  assert.deepEqual(others, []);
  await world.advance({ minutes: 30 });
  assert.deepEqual(
    await orderStates(world),
    ["expired"],
    "and it does not hold the order for ever",
  );
  assert.match(await world.buyer.reads(), /Yang datang Rp 1\.000 dari Rp 20\.000/);
  assert.equal(await world.available("ML_86"), 100);
  await world.booksBalance();
});

test("a second payment of an order is in the saldo, and card and /history say why", async (t) => {
  const world = await openWorld(t, { seed: 33 });
  await world.breaks("midtrans", "charge", "lost_answer");
  await world.buyer.orders("ML_86", account);
  await world.advance({ minutes: 1 });
  const [first, second] = await world.midtrans.charges();
  assert.ok(first && second);
  // Money for the attempt that nobody could see pays the order; the open one is closed.
  await world.midtrans.receives(first);
  await world.advance({ minutes: 2 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  assert.match(await world.buyer.reads(), /Pembayaran: ✅/);
  assert.equal((await world.midtrans.lastCharge()).transaction_status, "cancel");
  await world.midtrans.receives(second);
  await world.advance({ minutes: 1 });
  assert.match(await world.buyer.reads(), /pembayaran kedua masuk ke saldo/);
  await world.buyer.command("history");
  assert.match(await world.buyer.reads(), /Pembayaran kedua untuk pesanan ini masuk ke saldo/);
  assert.equal(await saldoOf(world), 20_000n);
  await world.booksBalance();
});

test("a new attempt never promises more time than the order has", async (t) => {
  const world = await openWorld(t, { seed: 34 });
  await world.breaks("midtrans", "charge", "lost_answer");
  await world.breaks("midtrans", "cancel", "http_500", 8);
  await world.buyer.orders("ML_86", account);
  await world.advance({ minutes: 12 });
  const rows = await world.db
    .selectFrom("payments")
    .innerJoin("orders", "orders.id", "payments.order_id")
    .select(["attempt", "expires_at", "pay_by"])
    .execute();
  for (const row of rows) assert.ok(row.expires_at <= row.pay_by, `attempt ${row.attempt}`);
  assert.ok(rows.length > 1);
});

test("money that comes more than an hour after expiry goes to the saldo, once", async (t) => {
  const world = await openWorld(t, { seed: 27 });
  await world.buyer.orders("ML_86", account);
  const charge = await world.midtrans.lastCharge();
  await world.advance({ minutes: 20 });
  assert.deepEqual(await orderStates(world), ["expired"]);
  await world.advance({ minutes: 60 });
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.deepEqual(await orderStates(world), ["refunded"]);
  assert.equal(await saldoOf(world), 20_000n);
  assert.match(await world.buyer.reads(), /Uang datang setelah pesanan berakhir/);
  assert.deepEqual(await world.digiflazz.purchases(), []);
  await world.booksBalance();
});

test("a cancelled order that is paid all the same goes to the saldo", async (t) => {
  const world = await openWorld(t, { seed: 28 });
  await world.buyer.orders("ML_86", account);
  const charge = await world.midtrans.lastCharge();
  await world.buyer.press("Batal");
  assert.deepEqual(await orderStates(world), ["cancelled"]);
  assert.equal((await world.midtrans.lastCharge()).transaction_status, "cancel");
  assert.equal(await world.available("ML_86"), 100);
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 1 });
  assert.equal(await saldoOf(world), 20_000n);
  await world.booksBalance();
});

test("cancelling loses against a payment that was faster", async (t) => {
  const world = await openWorld(t, { seed: 29 });
  await world.breaks("midtrans", "webhook", "drop");
  await world.buyer.orders("ML_86", account);
  await world.midtrans.isPaid();
  await world.buyer.press("Batal");
  await world.advance({ minutes: 1 });
  assert.deepEqual(await orderStates(world), ["delivered"]);
  await world.booksBalance();
});

test("expiry loses against a payment whose webhook never came", async (t) => {
  const world = await openWorld(t, { seed: 30 });
  await world.breaks("midtrans", "webhook", "drop", 5);
  await world.buyer.orders("ML_86", account);
  await world.breaks("midtrans", "status", "http_500", 8);
  await world.midtrans.isPaid();
  await world.advance({ minutes: 30 });
  assert.deepEqual(await orderStates(world), ["delivered"]);
  await world.booksBalance();
});

test("the answer to a charge is lost: that attempt is closed and another one is shown", async (t) => {
  const world = await openWorld(t, { seed: 31 });
  await world.breaks("midtrans", "charge", "lost_answer");
  await world.buyer.orders("ML_86", account);
  await world.advance({ minutes: 1 });
  assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
  const [lost, shown] = await world.midtrans.charges();
  assert.equal(lost?.transaction_status, "cancel", "nobody can pay what nobody can see");
  assert.ok(shown && lost);
  await world.midtrans.isPaid();
  // A gateway is asked at most once in ten seconds; the supplier's webhook takes another one.
  await world.advance({ seconds: 10 });
  await world.advance({ seconds: 5 });
  assert.deepEqual(await orderStates(world), ["delivered"]);
  // Money for the closed attempt all the same: a second payment of the order.
  await world.midtrans.receives(lost);
  await world.advance({ minutes: 1 });
  assert.equal(await saldoOf(world), 20_000n);
  assert.equal((await world.digiflazz.purchases()).length, 1);
  await world.booksBalance();
});

test("the gateway cannot open a payment: the order is cancelled and says so", async (t) => {
  const world = await openWorld(t, { seed: 32 });
  await world.breaks("midtrans", "charge", "html_502", 20);
  await world.buyer.orders("ML_86", account);
  await world.advance({ minutes: 10 });
  assert.deepEqual(await orderStates(world), ["cancelled"]);
  assert.match(await world.buyer.reads(), /Pembayaran GoPay tidak bisa dibuat sekarang/);
  assert.equal(await world.available("ML_86"), 100);
  await world.booksBalance();
});
