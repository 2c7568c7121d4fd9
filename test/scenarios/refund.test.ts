/** A person gives money back: before and after delivery, in part, to the source, never beside the goods. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { endSourceRefund, type RefundOrder, refundOrder } from "../../src/orders/refund-order.ts";
import { findOrder } from "../../src/orders/story.ts";
import type { RefundEnd } from "../../src/payments/refund.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { enqueue } from "../../src/platform/jobs.ts";
import { operatorDeps, typeCommand } from "../operator.ts";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";

async function openShop(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world, { saldoIdr: 50_000n });
  /** `konter refund`, as a person types it. */
  const refund = (...args: string[]) => typeCommand(world, ["refund", ...args]);
  const deps = operatorDeps(world);
  /** The same at the world's own time. */
  const refundsNow = async (orderCode: string, wish: Partial<RefundOrder>) => {
    const { id: orderId } = await findOrder(world.db, { orderCode });
    const asked = { to: "saldo", saysPurchaseFailed: false, reason: "a complaint" } as const;
    await inTransaction(world.db, (tx) =>
      refundOrder(tx, deps, { ...asked, ...wish, orderId, actor: "operator" }),
    );
    await world.untilQuiet();
  };
  /** `konter refund CODE --gateway-says ENDED`, at the world's own time. */
  const saysNow = async (orderCode: string, ended: RefundEnd) => {
    const { id: orderId } = await findOrder(world.db, { orderCode });
    const said = { orderId, ended, actor: "operator", reason: "seen there" } as const;
    await inTransaction(world.db, (tx) => endSourceRefund(tx, deps, said));
    await world.untilQuiet();
  };
  const delivered = async (method: "saldo" | "gopay" = "saldo") => {
    const { code } = await reseller.orders("ML_86", method);
    await world.untilQuiet();
    if (method === "gopay") await world.midtrans.isPaid();
    await world.advance({ minutes: 1 });
    await world.advance({ minutes: 1 });
    assert.equal((await reseller.order(code)).state, "delivered");
    return code;
  };
  return { world, reseller, refund, refundsNow, saysNow, delivered };
}

test("a person refunds a delivered order to saldo, once, with a reason that is written down", async (t) => {
  const { world, reseller, refund, delivered } = await openShop(t, 301);
  const code = await delivered();
  const nameless = await refund(code);
  assert.equal(nameless.code, 2);
  assert.match(nameless.said, /--reason/);
  const mistaken = await refund(code, "--reason", "it never came", "--purchase-failed");
  assert.equal(mistaken.code, 1);
  assert.match(mistaken.said, /the supplier has delivered/);
  const done = await refund(code.toLowerCase(), "--reason", "wrong region");
  assert.match(done.said, /Rp 20\.000 of order \w+ is in the buyer's saldo/);
  const order = await reseller.order(code);
  assert.deepEqual([order.state, order.refunded], ["refunded", 20_000]);
  assert.equal(await reseller.saldo(), 50_000);
  const again = await refund(code, "--reason", "once more");
  assert.equal(again.code, 1);
  assert.match(again.said, /is refunded: there is no money of it to give back/);
  const acts = await world.db
    .selectFrom("audit_log")
    .select(["actor", "reason"])
    .where("action", "=", "order.refund")
    .execute();
  assert.deepEqual(acts, [{ actor: "operator", reason: "wrong region" }]);
  await world.booksBalance();
});

test("a part goes back after delivery, the order stays delivered, and never more than was paid", async (t) => {
  const { world, reseller, refund, delivered } = await openShop(t, 302);
  const code = await delivered();
  await refund(code, "--reason", "a late delivery", "--amount", "5000");
  const order = await reseller.order(code);
  assert.deepEqual([order.state, order.refunded], ["delivered", 5_000]);
  const tooMuch = await refund(code, "--reason", "more", "--amount", "15001");
  assert.match(tooMuch.said, /more than is left of it: Rp 15\.000/);
  await world.booksBalance();
  await refund(code, "--reason", "all of it after all");
  const end = await reseller.order(code);
  assert.deepEqual([end.state, end.refunded], ["refunded", 20_000]);
  assert.equal(await reseller.saldo(), 50_000);
  await world.booksBalance();
});

test("a part that is typed twice goes back once, unless the person says that a second part is meant", async (t) => {
  const { world, reseller, refund, delivered } = await openShop(t, 308);
  const code = await delivered();
  const part = ["--reason", "a late delivery", "--amount", "5000"];
  await refund(code, ...part);
  const twice = await refund(code, ...part);
  assert.equal(twice.code, 1);
  assert.match(twice.said, /Rp 5\.000 of it was given back before: say --again/);
  assert.equal((await reseller.order(code)).refunded, 5_000);
  await refund(code, ...part, "--again");
  assert.equal((await reseller.order(code)).refunded, 10_000);
  await world.booksBalance();
});

for (const [ended, fault, saldoIdr] of [
  ["refunded", "in_progress", 50_000],
  ["failed", "http_500", 70_000],
] as const) {
  test(`a refund that no gateway confirms is ended by who has seen there that it ${ended}`, async (t) => {
    const { world, reseller, refund, refundsNow, saysNow, delivered } = await openShop(t, 309);
    const code = await delivered("gopay");
    const before = await refund(code, "--gateway-says", ended, "--reason", "seen there");
    assert.match(before.said, /no refund to its source under way/);
    await world.breaks("midtrans", "refund", fault, 1);
    await world.breaks("midtrans", "status", "http_500", 1_000);
    await refundsNow(code, { to: "source" });
    await world.advance({ minutes: 3 });
    assert.equal((await reseller.order(code)).state, "refunding");
    await saysNow(code, ended);
    const { state, refunded } = await reseller.order(code);
    assert.deepEqual([state, refunded], ["refunded", 20_000]);
    assert.equal(await reseller.saldo(), saldoIdr);
    await world.booksBalance();
  });
}

test("money goes back to the wallet it came from, and the books say so when the gateway does", async (t) => {
  const { world, reseller, refundsNow, delivered } = await openShop(t, 303);
  const code = await delivered("gopay");
  await refundsNow(code, { to: "source" });
  assert.match((await reseller.order(code)).state, /^refund/);
  await world.advance({ minutes: 2 });
  assert.equal((await reseller.order(code)).state, "refunded");
  assert.equal(await reseller.saldo(), 50_000, "nothing of it is in the saldo");
  const [charge] = await world.midtrans.charges();
  assert.equal(charge?.transaction_status, "refund");
});

test("what a gateway will not give back to its source is in the saldo", async (t) => {
  const { world, reseller, refundsNow, delivered } = await openShop(t, 304);
  const code = await delivered("gopay");
  await world.breaks("midtrans", "refund", "denied", 5);
  await refundsNow(code, { to: "source" });
  await world.advance({ minutes: 3 });
  assert.equal((await reseller.order(code)).state, "refunded");
  assert.equal(await reseller.saldo(), 70_000);
  await world.booksBalance();
});

test("an order whose purchase may still deliver is not refunded: never both goods and money", async (t) => {
  const { world, reseller, refundsNow } = await openShop(t, 305);
  // Its supplier keeps it pending, and confirms when it is asked again.
  const { code } = await reseller.orders("ML_86", "saldo", {
    user_id: "999031234",
    server_id: "2001",
  });
  await world.untilQuiet();
  await assert.rejects(refundsNow(code, {}), /purchase\.in_flight/);
  await world.advance({ seconds: 50 });
  await assert.rejects(refundsNow(code, {}), /purchase\.may_have_worked/);
  assert.equal((await reseller.order(code)).state, "fulfilling");
  await refundsNow(code, { saysPurchaseFailed: true });
  await world.advance({ minutes: 90 });
  assert.equal((await reseller.order(code)).state, "refunded");
  const [purchase] = await world.digiflazz.purchases();
  assert.equal(purchase?.status, "Pending", "its reference was never sent again");
  await world.booksBalance();
});

test("an order whose supplier has just delivered is not refunded before it says so itself", async (t) => {
  const { world, reseller, refundsNow } = await openShop(t, 307);
  const { code } = await reseller.orders("ML_86", "saldo");
  await world.untilQuiet();
  // The supplier confirmed, and the job that tells the order waits behind others.
  await world.db
    .updateTable("purchases")
    .set({ state: "succeeded", charged: 18_000n, serial_number: "S1", ended_at: world.clock.now() })
    .execute();
  await world.db.deleteFrom("jobs").where("name", "=", "suppliers.purchase").execute();
  await assert.rejects(refundsNow(code, { saysPurchaseFailed: true }), /purchase\.worked/);
  assert.equal((await reseller.order(code)).state, "fulfilling");
  assert.equal(await reseller.saldo(), 30_000);
});

test("a refund to the source that is begun twice goes to the source once and not to saldo", async (t) => {
  const { world, reseller, refundsNow, delivered } = await openShop(t, 308);
  const code = await delivered("gopay");
  await world.breaks("midtrans", "refund", "in_progress");
  await refundsNow(code, { to: "source" });
  const { id: orderId } = await findOrder(world.db, { orderCode: code });
  // The worker died after its work was committed and before the job was gone.
  const job = { name: "orders.refundToSource", key: orderId, payload: { orderId, reason: "x" } };
  await inTransaction(world.db, (tx) => enqueue(tx, world, job));
  await world.untilQuiet();
  assert.equal((await reseller.order(code)).state, "refunding");
  assert.equal(await reseller.saldo(), 50_000);
  const refunds = await world.db.selectFrom("refunds").select("id").execute();
  assert.equal(refunds.length, 1);
});

test("an unpaid order has nothing to give back", async (t) => {
  const { world, reseller, refund } = await openShop(t, 306);
  const { code } = await reseller.orders("ML_86", "gopay");
  await world.untilQuiet();
  assert.match(
    (await refund(code, "--reason", "x")).said,
    /is awaiting_payment: there is no money/,
  );
  assert.match((await refund("NONE", "--reason", "x")).said, /there is no order/);
});
