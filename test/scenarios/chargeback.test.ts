/** The payer's side takes money back: before and after delivery, of a deposit, of what lies elsewhere. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { trialBalance } from "../../src/ledger/transfer.ts";
import { refundOrder } from "../../src/orders/refund-order.ts";
import { findOrder } from "../../src/orders/story.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { chargeBack, findMeantPayment } from "../../src/treasury/chargeback.ts";
import { verifyBooks } from "../../src/verify.ts";
import { postJson } from "../json.ts";
import { operatorDeps, typeCommand } from "../operator.ts";
import { createReseller } from "../reseller.ts";
import { type Charge, openWorld } from "../world.ts";

const why = ["--reason", "the bank says so"];

async function openShop(t: TestContext, seed: number, saldoIdr?: bigint) {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world, saldoIdr === undefined ? {} : { saldoIdr });
  const run = (...args: string[]) => typeCommand(world, args);
  const deps = operatorDeps(world);
  return {
    ...{ world, reseller, run },
    charges: (code: string, ...args: string[]) => run("money", "chargeback", code, ...why, ...args),
    /** The same at the world's own time. */
    async chargesNow(code: string, saysPurchaseFailed: boolean) {
      const { id: paymentId } = await findMeantPayment(world.db, code);
      const wish = { paymentId, saysPurchaseFailed, reason: "x", actor: "operator" } as const;
      await inTransaction(world.db, (tx) => chargeBack(tx, deps, wish));
      await world.untilQuiet();
    },
    async refundsToSourceNow(orderCode: string) {
      const { id: orderId } = await findOrder(world.db, { orderCode });
      const wish = { orderId, to: "source", saysPurchaseFailed: false, reason: "x" } as const;
      await inTransaction(world.db, (tx) => refundOrder(tx, deps, { ...wish, actor: "operator" }));
      await world.untilQuiet();
    },
    /** What the payer's bank does, as Midtrans then says. */
    async takesBack(charge: Charge, to = "chargeback") {
      const move = { order_id: charge.order_id, to };
      await postJson(`${world.simulators.url}/midtrans/_control/move`, move);
      await world.advance({ minutes: 2 });
    },
    async orders(account?: object) {
      const { code } = await reseller.orders("ML_86", "gopay", account);
      await world.untilQuiet();
      return code;
    },
    async delivered() {
      const code = await this.orders();
      await world.midtrans.isPaid();
      await world.advance({ minutes: 2 });
      assert.equal((await reseller.order(code)).state, "delivered");
      return code;
    },
    async held(...names: string[]) {
      const accounts = await trialBalance(world.db);
      return names.map((name) => Number(accounts.get(name) ?? 0n));
    },
    async reserved() {
      const rows = await world.db.selectFrom("stock").select("reserved").execute();
      return rows.reduce((sum, row) => sum + row.reserved, 0);
    },
    async desk() {
      const items = await world.db
        .selectFrom("desk_items")
        .select(["kind", "closed_at"])
        .orderBy("number")
        .execute();
      return items.map((item) => (item.closed_at === null ? item.kind : `${item.kind} closed`));
    },
    async provesItsBooks() {
      const verdicts = await verifyBooks(world.db, { clock: world.clock });
      assert.deepEqual(
        verdicts.filter((verdict) => !verdict.ok),
        [],
      );
    },
  };
}

test("money taken back before delivery leaves escrow, and the order is never delivered", async (t) => {
  const shop = await openShop(t, 401);
  const { world, reseller } = shop;
  const code = await shop.orders();
  await shop.run("supplier", "pause", "digiflazz", "--reason", "their maintenance");
  const charge = await world.midtrans.lastCharge();
  await world.midtrans.isPaid();
  assert.equal((await reseller.order(code)).state, "fulfilling");
  assert.equal(await shop.reserved(), 1);
  await shop.takesBack(charge);
  assert.deepEqual(await shop.desk(), ["payment_mismatch"], "a person learns of it");
  const part = await shop.charges(code, "--amount", "5000");
  assert.match(part.said, /holds that money and cannot be delivered for a part of it/);

  const dry = await shop.charges(code.toLowerCase(), "--dry-run");
  assert.match(dry.said, /escrow +gateway:midtrans +Rp 20\.000 +taken back by the payer's side/);
  assert.equal((await reseller.order(code)).state, "fulfilling");
  assert.deepEqual(await shop.held("escrow", "gateway:midtrans"), [20_000, 20_000]);
  const done = await shop.charges(code);
  assert.match(done.said, /escrow +Rp 20\.000 +Rp 0[\s\S]*Posted\.\n$/);
  assert.deepEqual(await shop.held("escrow", "gateway:midtrans", "chargebacks"), [0, 0, 0]);
  const order = await reseller.order(code);
  assert.deepEqual([order.state, order.refunded], ["refunded", 20_000]);
  assert.equal(await reseller.saldo(), 0);
  assert.equal(await shop.reserved(), 0, "its goods can be sold again");
  assert.deepEqual(await shop.desk(), ["payment_mismatch closed"]);

  await shop.run("supplier", "resume", "digiflazz", "--reason", "they are back");
  await world.advance({ minutes: 20 });
  assert.deepEqual(await world.digiflazz.purchases(), []);
  assert.match((await shop.charges(code)).said, /posted before: nothing was changed/);
  const other = await shop.charges(code, "--amount", "19000");
  assert.match(other.said, /Rp 20\.000 of P\w+ is recorded as taken back already/);
  await world.booksBalance();
});

test("the buyer reads that the money is back where it came from", async (t) => {
  const shop = await openShop(t, 402);
  const { world } = shop;
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  await shop.run("supplier", "pause", "digiflazz", "--reason", "their maintenance");
  await world.midtrans.isPaid();
  const order = await world.db.selectFrom("orders").select("code").executeTakeFirstOrThrow();
  await shop.chargesNow(order.code, false);
  assert.match(await world.buyer.reads(), /Uang kembali[\s\S]*Rp 20\.000[\s\S]*GoPay/);
});

test("while the purchase may still deliver nothing is recorded: never both goods and money", async (t) => {
  const shop = await openShop(t, 403);
  const { world, reseller } = shop;
  // Its supplier keeps it pending, and confirms when it is asked again.
  const code = await shop.orders({ user_id: "999031234", server_id: "2001" });
  await world.midtrans.isPaid();
  await assert.rejects(shop.chargesNow(code, false), /purchase\.in_flight/);
  await world.advance({ seconds: 50 });
  await assert.rejects(shop.chargesNow(code, false), /purchase\.may_have_worked/);
  assert.equal((await reseller.order(code)).state, "fulfilling");
  assert.deepEqual(await shop.held("escrow", "gateway:midtrans"), [20_000, 20_000]);
  await shop.chargesNow(code, true);
  await world.advance({ minutes: 90 });
  assert.equal((await reseller.order(code)).state, "refunded");
  const [purchase] = await world.digiflazz.purchases();
  assert.equal(purchase?.status, "Pending", "its reference was never sent again");
  await shop.provesItsBooks();
});

test("money taken back after delivery is the shop's loss, lies on the desk, and is not refunded too", async (t) => {
  const shop = await openShop(t, 404);
  const { world, reseller } = shop;
  const code = await shop.delivered();
  await shop.takesBack(await world.midtrans.lastCharge());
  const done = await shop.charges(code);
  assert.match(done.said, /chargebacks +gateway:midtrans +Rp 20\.000/);
  assert.match(done.said, /lost lies on the desk/);
  const names = ["chargebacks", "sales", "gateway:midtrans"];
  assert.deepEqual(await shop.held(...names), [20_000, 20_000, 0]);
  assert.equal((await reseller.order(code)).state, "delivered");
  assert.deepEqual(await shop.desk(), ["payment_mismatch closed", "chargeback_loss"]);
  for (const to of ["saldo", "source"]) {
    const refund = await shop.run("refund", code, ...why, "--to", to);
    assert.equal(refund.code, 1);
    assert.match(refund.said, /took the money of order \w+ back already/);
  }
  await world.booksBalance();
});

test("a bank that takes back what it had confirmed is noticed, and recorded in the same way", async (t) => {
  const shop = await openShop(t, 415);
  const code = await shop.delivered();
  await shop.takesBack(await shop.world.midtrans.lastCharge(), "deny");
  assert.deepEqual(await shop.desk(), ["payment_mismatch"]);
  assert.equal((await shop.charges(code)).code, 0);
  assert.deepEqual(await shop.held("chargebacks", "gateway:midtrans"), [20_000, 0]);
  assert.deepEqual(await shop.desk(), ["payment_mismatch closed", "chargeback_loss"]);
  await shop.provesItsBooks();
});

test("a part taken back after delivery is recorded once, and never more than came", async (t) => {
  const shop = await openShop(t, 405);
  const code = await shop.delivered();
  assert.match((await shop.charges(code, "--amount", "20001")).said, /more than is left of it/);
  assert.equal((await shop.charges(code, "--amount", "5000")).code, 0);
  assert.match((await shop.charges(code, "--amount", "5000")).said, /posted before/);
  assert.equal((await shop.charges(code, "--amount", "1000")).code, 1);
  assert.deepEqual(await shop.held("chargebacks"), [5_000]);
  await shop.provesItsBooks();
});

test("a deposit taken back is paid by the saldo down to what is held of it, the rest by the shop", async (t) => {
  const shop = await openShop(t, 406);
  const { world, reseller } = shop;
  const { code } = (await reseller.opens(50_000)).data;
  await world.untilQuiet();
  const charge = await world.midtrans.lastCharge();
  await world.midtrans.isPaid();
  // Rp 20.000 of it buys something, and Rp 8.000 is held for an order that waits for its PIN.
  await reseller.orders("ML_86", "saldo");
  await world.advance({ minutes: 2 });
  await world.db.updateTable("balances").set({ held: 8_000n }).execute();
  await shop.takesBack(charge);
  const done = await shop.charges(code);
  assert.match(done.said, /customer:\S+ +gateway:midtrans +Rp 22\.000/);
  assert.match(done.said, /chargebacks +gateway:midtrans +Rp 28\.000/);
  const saldo = `customer:${reseller.customerId}`;
  assert.deepEqual(await shop.held(saldo, "chargebacks", "gateway:midtrans"), [8_000, 28_000, 0]);
  assert.equal((await reseller.deposit(code)).state, "paid");
  assert.deepEqual(await shop.desk(), ["payment_mismatch closed", "chargeback_loss"]);
  assert.match((await shop.charges(code)).said, /posted before/);
  await world.db.updateTable("balances").set({ held: 0n }).execute();
  await world.booksBalance();
});

test("a deposit that is all there costs the shop nothing, and nobody has to look", async (t) => {
  const shop = await openShop(t, 407);
  const { world, reseller } = shop;
  const { code } = (await reseller.opens(50_000)).data;
  await world.untilQuiet();
  const charge = await world.midtrans.lastCharge();
  await world.midtrans.isPaid();
  const twice = await Promise.all([shop.charges(code), shop.charges(code)]);
  assert.deepEqual(
    twice.map(({ said }) => /Posted\./.test(said)).sort(),
    [false, true],
    "two people who say it at once",
  );
  assert.equal(await reseller.saldo(), 0);
  assert.deepEqual(await shop.held("chargebacks", "gateway:midtrans"), [0, 0]);
  await shop.takesBack(charge);
  assert.deepEqual(await shop.desk(), [], "what the gateway says of it later is explained");
  await world.booksBalance();
});

test("what came beyond the price, and what was refunded to saldo, is taken from the saldo", async (t) => {
  const shop = await openShop(t, 408);
  const { world, reseller } = shop;
  const over = await shop.orders();
  await world.midtrans.receives(await world.midtrans.lastCharge(), 25_000);
  await world.advance({ minutes: 2 });
  assert.equal(await reseller.saldo(), 5_000);
  await shop.charges(over);
  assert.equal(await reseller.saldo(), 0);
  assert.deepEqual(await shop.held("chargebacks"), [20_000]);

  const refunded = await shop.delivered();
  await shop.run("refund", refunded, ...why);
  assert.equal(await reseller.saldo(), 20_000);
  await shop.charges(refunded, "--amount", "15000");
  assert.equal(await reseller.saldo(), 5_000);
  assert.deepEqual(await shop.held("chargebacks", "gateway:midtrans"), [20_000, 5_000]);
  await shop.provesItsBooks();
});

test("what is on its way, unknown or not a gateway's is refused with the way out", async (t) => {
  const shop = await openShop(t, 409, 50_000n);
  const { world, reseller } = shop;
  const unpaid = await shop.orders();
  assert.match((await shop.charges(unpaid)).said, /no money came by/);
  const { code: fromSaldo } = await reseller.orders("ML_86", "saldo");
  await world.advance({ minutes: 2 });
  assert.match((await shop.charges(fromSaldo)).said, /paid from saldo: name the deposit/);
  assert.match((await shop.charges("P22222222222222222222")).said, /there is no payment P2/);
  assert.match((await shop.charges("ZZZZZZZZZZ")).said, /there is no order ZZZ/);

  const { ref } = await world.db
    .selectFrom("payments")
    .select("ref")
    .where("state", "=", "pending")
    .executeTakeFirstOrThrow();
  await world.midtrans.isPaid();
  await world.advance({ minutes: 2 });
  await world.breaks("midtrans", "refund", "in_progress");
  await shop.refundsToSourceNow(unpaid);
  assert.match((await shop.charges(ref)).said, /a refund of P\w+ to its source is under way/);
  await shop.provesItsBooks();
});

test("a refund to the source that has not begun gives way to what the payer took already", async (t) => {
  const shop = await openShop(t, 414);
  const { world, reseller } = shop;
  const code = await shop.delivered();
  // Typed at the machine's time, days after the world's: its job waits.
  await shop.run("refund", code, ...why, "--to", "source");
  assert.equal((await reseller.order(code)).state, "refunding");
  assert.equal((await shop.charges(code)).code, 0);
  assert.equal((await reseller.order(code)).state, "refunded");
  await world.db.updateTable("jobs").set({ run_at: world.clock.now() }).execute();
  await world.advance({ minutes: 2 });
  assert.deepEqual(await world.db.selectFrom("refunds").select("id").execute(), []);
  assert.deepEqual(await shop.held("escrow", "gateway:midtrans", "sales"), [0, 0, 0]);
  assert.equal(await reseller.saldo(), 0);
  await shop.provesItsBooks();
});

test("money that the order does not know of yet is not taken back before it does", async (t) => {
  const shop = await openShop(t, 410);
  const { world } = shop;
  const code = await shop.orders();
  // The money is there, and the job that tells the order waits behind others.
  const payment = await world.db.selectFrom("payments").selectAll().executeTakeFirstOrThrow();
  const paid = { state: "paid", paid_amount: 20_000n, paid_at: world.clock.now() };
  await world.db.updateTable("payments").set(paid).where("id", "=", payment.id).execute();
  const { said } = await shop.charges(code);
  assert.match(said, /does not know of it yet: try again in a moment/);
  assert.match((await shop.charges(payment.ref)).said, /does not know of it yet/);
});

async function openShort(t: TestContext, seed: number) {
  const shop = await openShop(t, seed);
  const code = await shop.orders();
  await shop.world.midtrans.receives(await shop.world.midtrans.lastCharge(), 12_000);
  await shop.world.advance({ minutes: 1 });
  assert.deepEqual(await shop.desk(), ["payment_short"]);
  assert.deepEqual(await shop.held("suspense", "gateway:midtrans"), [12_000, 12_000]);
  const { ref } = await shop.world.db
    .selectFrom("payments")
    .select("ref")
    .executeTakeFirstOrThrow();
  return { ...shop, code, ref };
}

test("short money that a person gives to its buyer is saldo, off the desk, and given once", async (t) => {
  const shop = await openShort(t, 411);
  const { world, reseller, ref } = shop;
  const to = ["--to", "customer", ...why];
  const { customerId } = await createReseller(world);
  const other = await shop.run("money", "resolve", ref, ...to, "--customer", customerId);
  assert.match(other.said, /a short payment is its own buyer's/);
  assert.equal((await shop.run("money", "resolve", ref, ...to)).code, 0);
  assert.equal(await reseller.saldo(), 12_000);
  assert.deepEqual(await shop.desk(), ["payment_short closed"]);
  assert.match((await shop.run("money", "resolve", ref, ...to)).said, /no money lies in suspense/);
  await world.advance({ minutes: 20 });
  assert.equal((await reseller.order(shop.code)).state, "expired");
  assert.equal(await reseller.saldo(), 12_000);
  await shop.provesItsBooks();
});

test("short money that went back to its payer is the buyer's choice no more", async (t) => {
  const shop = await openShort(t, 412);
  const { world, reseller, code, ref } = shop;
  const part = await shop.charges(ref, "--amount", "5000");
  assert.match(part.said, /leave --amount out/);
  const done = await shop.run("money", "resolve", ref, "--to", "gateway", ...why);
  assert.match(done.said, /suspense +gateway:midtrans +Rp 12\.000/);
  assert.deepEqual(await shop.held("suspense", "gateway:midtrans"), [0, 0]);
  assert.deepEqual(await shop.desk(), ["payment_short closed"]);
  const body = { choice: "take_back" };
  const answer = await reseller.call("POST", `/orders/${code}/short-payment`, { body });
  assert.equal(answer.code, "order.not_short");
  await world.advance({ minutes: 20 });
  assert.equal((await reseller.order(code)).state, "expired");
  assert.equal(await reseller.saldo(), 0);
  await shop.provesItsBooks();
});

test("the money of a payment that did not fit is named by its reference, and is its buyer's", async (t) => {
  const shop = await openShop(t, 413);
  const { world, reseller } = shop;
  await shop.orders();
  const { ref } = await world.db.selectFrom("payments").select("ref").executeTakeFirstOrThrow();
  const item = { id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a", kind: "payment_mismatch" };
  const about = { subject: `payment:${ref}`, details: {}, opened_at: world.clock.now() };
  await world.db
    .insertInto("desk_items")
    .values({ ...item, ...about })
    .execute();
  const found = ["unexplained", "midtrans", "15000", "--ref", ref, "--reason", "seen there"];
  assert.equal((await shop.run("money", ...found)).code, 0);
  assert.deepEqual(await shop.desk(), ["payment_mismatch closed", "payment_suspense"]);
  assert.equal((await shop.run("money", "resolve", ref, "--to", "customer", ...why)).code, 0);
  assert.equal(await reseller.saldo(), 15_000);
  assert.deepEqual(await shop.desk(), ["payment_mismatch closed", "payment_suspense closed"]);
  await shop.provesItsBooks();
});

test("money that a person called unexplained is not booked again when its payment reports at last", async (t) => {
  const shop = await openShop(t, 414);
  const { world, reseller } = shop;
  await shop.orders();
  const { gross_amount: amount, order_id, transaction_id } = await world.midtrans.lastCharge();
  const calls = (ref: string) =>
    shop.run("money", "unexplained", "midtrans", `${amount}`, "--ref", ref, "--reason", "seen");
  // What Midtrans calls it, and only then what we do.
  assert.equal((await calls(transaction_id)).code, 0);
  assert.match((await calls(order_id)).said, /are in the books already/);
  const whose = ["--to", "customer", "--customer", reseller.customerId];
  assert.equal((await shop.run("money", "resolve", transaction_id, ...whose, ...why)).code, 0);
  await world.midtrans.isPaid();
  await world.advance({ minutes: 2 });
  assert.equal(await reseller.saldo(), amount);
  assert.deepEqual(await shop.desk(), ["payment_suspense closed", "payment_mismatch"]);
  await shop.provesItsBooks();
});

test("money that has come by a payment is not called unexplained", async (t) => {
  const shop = await openShop(t, 415);
  await shop.delivered();
  const { paid_idr, order_id, transaction_id } = await shop.world.midtrans.lastCharge();
  // By our name of it and by Midtrans' own.
  for (const ref of [order_id, transaction_id]) {
    const again = ["midtrans", `${paid_idr}`, "--ref", ref, "--reason", "seen there"];
    const ran = await shop.run("money", "unexplained", ...again);
    assert.equal(ran.code, 1, ref);
    assert.match(ran.said, /the Rp 20\.000 of P\w+ are in the books already/);
  }
  await shop.provesItsBooks();
});
