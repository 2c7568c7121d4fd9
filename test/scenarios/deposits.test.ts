/** Deposits: money put into a saldo by GoPay, in every way in which money comes or does not. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { trialBalance } from "../../src/ledger/transfer.ts";
import { createReseller, type Deposit } from "../reseller.ts";
import { openWorld } from "../world.ts";

const askedIdr = 50_000;

/** A world with a deposit of Rp 50.000 that can be paid. */
async function openUnpaid(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world);
  const { code } = (await reseller.opens(askedIdr)).data;
  await world.untilQuiet();
  const charge = await world.midtrans.lastCharge();
  return {
    ...{ world, reseller, code, charge },
    deposit: () => reseller.deposit(code),
    /** Exactly this is saldo, from Midtrans alone, and the books agree. */
    async hasSaldo(amount: number) {
      assert.equal(await reseller.saldo(), amount);
      const accounts = await trialBalance(world.db);
      const held = (name: string) => accounts.get(name) ?? 0n;
      assert.deepEqual([held("suspense"), held("escrow")], [0n, 0n]);
      assert.equal(held("gateway:midtrans"), BigInt(amount));
      await world.booksBalance();
    },
    deskItems: () => world.db.selectFrom("desk_items").select("kind").execute(),
  };
}

test("a deposit says how to pay, and what was paid is saldo that buys", async (t) => {
  const { world, reseller, code, deposit, hasSaldo } = await openUnpaid(t, 301);
  const open = await deposit();
  assert.deepEqual([open.state, open.amount, open.paid], ["awaiting_payment", askedIdr, 0]);
  assert.equal(open.pay_by, "2026-11-23T03:15:00.000Z");
  assert.ok(open.payment?.deep_link);
  const picture = await fetch(open.payment?.qr_url ?? "");
  assert.equal(picture.headers.get("content-type"), "image/png");
  await world.midtrans.isPaid();
  const done = await deposit();
  assert.deepEqual([done.state, done.paid, done.pay_by], ["paid", askedIdr, null]);
  assert.equal(done.payment, undefined);
  assert.deepEqual(
    done.events.map((event) => event.state),
    ["awaiting_payment", "paid"],
  );
  await hasSaldo(askedIdr);
  assert.equal((await reseller.orders("ML_86", "saldo")).state, "paid");
  const refused = await reseller.cancelsDeposit(code);
  assert.deepEqual([refused.status, refused.code], [409, "deposit.over"]);
});

test("less than was asked for is saldo too: nobody has to look at it", async (t) => {
  const { world, charge, deposit, hasSaldo, deskItems } = await openUnpaid(t, 302);
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 20 });
  const done = await deposit();
  assert.deepEqual([done.state, done.paid], ["paid", 12_000]);
  await hasSaldo(12_000);
  assert.deepEqual(await deskItems(), []);
});

test("more than was asked for is saldo too", async (t) => {
  const { world, charge, deposit, hasSaldo, deskItems } = await openUnpaid(t, 303);
  await world.midtrans.receives(charge, 75_000);
  const done = await deposit();
  assert.deepEqual([done.state, done.paid], ["paid", 75_000]);
  await hasSaldo(75_000);
  assert.deepEqual(await deskItems(), []);
});

test("a deposit that nobody pays expires, and money that comes days later is saldo all the same", async (t) => {
  const { world, reseller, code, charge, deposit, hasSaldo } = await openUnpaid(t, 304);
  await world.advance({ minutes: 16 });
  assert.equal((await deposit()).state, "awaiting_payment");
  await world.advance({ minutes: 2 });
  assert.equal((await deposit()).state, "expired");
  const refused = await reseller.cancelsDeposit(code);
  assert.deepEqual([refused.status, refused.code], [409, "deposit.over"]);
  await hasSaldo(0);
  world.clock.advance(3 * 24 * 3600_000);
  await world.midtrans.receives(charge);
  const done = await deposit();
  assert.deepEqual([done.state, done.paid], ["paid", askedIdr]);
  await hasSaldo(askedIdr);
});

test("a deposit expires only after the gateway said that nobody paid", async (t) => {
  const { world, deposit } = await openUnpaid(t, 305);
  await world.breaks("midtrans", "webhook", "drop", 9);
  await world.breaks("midtrans", "status", "http_500", 12);
  await world.breaks("midtrans", "cancel", "http_500", 4);
  await world.advance({ minutes: 18 });
  assert.equal((await deposit()).state, "awaiting_payment");
  await world.advance({ minutes: 15 });
  assert.equal((await deposit()).state, "expired");
});

test("a cancelled deposit cannot be paid; money that comes all the same is saldo", async (t) => {
  const { world, reseller, code, charge, deposit, hasSaldo } = await openUnpaid(t, 306);
  for (const time of ["first", "again"]) {
    const cancelled = await reseller.cancelsDeposit(code);
    assert.deepEqual([cancelled.status, cancelled.data.state], [200, "cancelled"], time);
  }
  assert.equal((await world.midtrans.lastCharge()).transaction_status, "cancel");
  await world.midtrans.receives(charge);
  await world.advance({ seconds: 10 });
  const done = await deposit();
  assert.deepEqual([done.state, done.paid], ["paid", askedIdr]);
  assert.deepEqual(
    done.events.map((event) => event.state),
    ["awaiting_payment", "cancelled", "paid"],
  );
  await hasSaldo(askedIdr);
});

test("money is faster than a cancellation", async (t) => {
  const { world, reseller, code, deposit, hasSaldo } = await openUnpaid(t, 307);
  await world.breaks("midtrans", "webhook", "drop", 9);
  await world.midtrans.isPaid();
  const refused = await reseller.cancelsDeposit(code);
  assert.deepEqual([refused.status, refused.code], [409, "deposit.over"]);
  await world.untilQuiet();
  assert.equal((await deposit()).state, "paid");
  await hasSaldo(askedIdr);
});

test("a lost charge is replaced; who pays both attempts has both in the saldo", async (t) => {
  const world = await openWorld(t, { seed: 308 });
  const reseller = await createReseller(world);
  await world.breaks("midtrans", "charge", "lost_answer", 1);
  const { code } = (await reseller.opens(askedIdr)).data;
  await world.untilQuiet();
  await world.advance({ minutes: 2 });
  const charges = await world.midtrans.charges();
  assert.equal(charges.length, 2);
  const [lost, shown] = charges;
  assert.ok(lost && shown);
  assert.equal(lost.transaction_status, "cancel", "nobody can pay what nobody can see");
  assert.ok((await reseller.deposit(code)).payment?.deep_link);
  await world.midtrans.receives(shown);
  await world.midtrans.receives(lost, 30_000);
  await world.advance({ minutes: 1 });
  const done = await reseller.deposit(code);
  assert.deepEqual([done.state, done.paid], ["paid", askedIdr + 30_000]);
  assert.equal(done.events.length, 3);
  assert.equal(await reseller.saldo(), askedIdr + 30_000);
  const { length } = await world.db
    .selectFrom("transfers")
    .select("id")
    .where("reason", "=", "deposit")
    .execute();
  assert.equal(length, 2);
});

test("a payment that cannot be opened three times over ends the deposit, and says so", async (t) => {
  const world = await openWorld(t, { seed: 309 });
  const reseller = await createReseller(world);
  await world.breaks("midtrans", "charge", "lost_answer", 3);
  const { code } = (await reseller.opens(askedIdr)).data;
  await world.untilQuiet();
  await world.advance({ minutes: 5 });
  const done = await reseller.deposit(code);
  assert.equal(done.state, "cancelled");
  assert.match(done.events.at(-1)?.reason ?? "", /^payment could not be opened: /);
  assert.equal((await world.midtrans.charges()).length, 3);
});

test("however often the gateway tells of it, money is saldo once", async (t) => {
  const { world, deposit, hasSaldo } = await openUnpaid(t, 310);
  await world.breaks("midtrans", "webhook", "thrice", 9);
  await world.midtrans.isPaid();
  await world.advance({ minutes: 2 });
  assert.equal((await deposit()).paid, askedIdr);
  await hasSaldo(askedIdr);
});

test("the same key and body are one deposit, answered the same to the byte, also 20 at once", async (t) => {
  const world = await openWorld(t, { seed: 312 });
  const reseller = await createReseller(world);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => reseller.opens(askedIdr, "key-1")),
  );
  await world.untilQuiet();
  await world.midtrans.isPaid();
  answers.push(await reseller.opens(askedIdr, "key-1"));
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  assert.equal((await world.midtrans.charges()).length, 1);
  const other = await reseller.opens(askedIdr + 1, "key-1");
  assert.deepEqual([other.status, other.code], [422, "idempotency_key.reused"]);
  const stranger = await createReseller(world);
  const theirs = await stranger.opens(askedIdr + 1, "key-1");
  assert.equal(theirs.status, 201, "keys of two resellers never meet");
  const foreign = await stranger.call("GET", `/deposits/${answers[0]?.data.code}`);
  assert.deepEqual([foreign.status, foreign.code], [404, "deposit.unknown"]);
  const stolen = await stranger.cancelsDeposit(answers[0]?.data.code ?? "");
  assert.deepEqual([stolen.status, stolen.code], [404, "deposit.unknown"]);
});

test("an amount is a whole number of rupiah from Rp 10.000 to Rp 10.000.000", async (t) => {
  const world = await openWorld(t, { seed: 313 });
  const reseller = await createReseller(world);
  const told = async (amount: unknown) => {
    const { status, code, body } = await reseller.opens(amount);
    return [status, code, body.param];
  };
  for (const amount of [10_000, 10_000_000]) assert.equal((await told(amount))[0], 201);
  for (const amount of [9_999, 10_000_001, 0, -50_000, Number.MAX_SAFE_INTEGER]) {
    assert.deepEqual(await told(amount), [422, "deposit.amount", "amount"], String(amount));
  }
  for (const amount of [50_000.5, "50000", null, 1e300, undefined]) {
    assert.deepEqual(await told(amount), [400, "input.invalid", "amount"], String(amount));
  }
  const { detail } = (await reseller.opens(1)).body;
  assert.equal(detail, "amount is a whole number of rupiah, from Rp 10.000 to Rp 10.000.000.");
  const keyless = await reseller.call("POST", "/deposits", {
    body: { amount: askedIdr, method: "gopay" },
  });
  assert.deepEqual([keyless.status, keyless.code], [400, "idempotency_key.missing"]);
  const byGold = await reseller.call("POST", "/deposits", {
    body: { amount: askedIdr, method: "gold" },
    headers: { "idempotency-key": "k" },
  });
  assert.deepEqual([byGold.status, byGold.body.param], [400, "method"]);
});

test("three deposits may wait at once; the fourth waits for one of them to end", async (t) => {
  const world = await openWorld(t, { seed: 314 });
  const reseller = await createReseller(world);
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) => reseller.opens(askedIdr, `key-${index}`)),
  );
  const refused = answers.filter((answer) => answer.code === "deposit.too_many_unpaid");
  assert.equal(refused.length, 2);
  await world.untilQuiet();
  await world.midtrans.isPaid();
  assert.equal((await reseller.opens(askedIdr)).status, 201);
});

test("the list of deposits is paged, newest first, and can be narrowed to a state", async (t) => {
  const world = await openWorld(t, { seed: 315 });
  const reseller = await createReseller(world);
  const codes: string[] = [];
  for (let count = 0; count < 5; count++) {
    codes.unshift((await reseller.opens(askedIdr)).data.code);
    await world.advance({ seconds: 11 });
    if (count < 3) await world.midtrans.isPaid();
  }
  const seen: string[] = [];
  let cursor: unknown = "";
  do {
    const page = await reseller.call<Deposit[]>("GET", `/deposits?limit=2${cursor}`);
    seen.push(...page.data.map((deposit) => deposit.code));
    cursor = page.body.next === null ? undefined : `&cursor=${page.body.next}`;
  } while (cursor !== undefined);
  assert.deepEqual(seen, codes);
  const paid = await reseller.call<Deposit[]>("GET", "/deposits?state=paid");
  assert.deepEqual(
    paid.data.map((deposit) => deposit.code),
    codes.slice(2),
  );
  const list = await reseller.call("GET", "/deposits?cursor=none");
  assert.deepEqual([list.status, list.code, list.body.param], [400, "input.invalid", "cursor"]);
  const other = await createReseller(world);
  assert.deepEqual((await other.call("GET", "/deposits")).data, []);
});

test("a key that may only read opens and cancels nothing", async (t) => {
  const world = await openWorld(t, { seed: 316 });
  const reader = await createReseller(world, { scopes: ["read"] });
  const refused = [await reader.opens(askedIdr), await reader.cancelsDeposit("0123456789")];
  assert.deepEqual(
    refused.map((answer) => answer.code),
    ["key.scope", "key.scope"],
  );
  assert.deepEqual((await reader.call("GET", "/deposits")).data, []);
  const unknown = await reader.call("GET", "/deposits/0123456789");
  assert.deepEqual([unknown.status, unknown.code], [404, "deposit.unknown"]);
});
