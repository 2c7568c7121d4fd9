/** Reports of a trading day, each sum by hand. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { post, trialBalance } from "../../src/ledger/transfer.ts";
import { refundOrder } from "../../src/orders/refund-order.ts";
import { findOrder } from "../../src/orders/story.ts";
import { createSandboxClock } from "../../src/platform/clock.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { createIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { createRandom } from "../../src/platform/random.ts";
import * as books from "../../src/reports/books.ts";
import { konter } from "../konter.ts";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";

const day = "2026-11-23";

async function openShop(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world, { saldoIdr: 500_000n });
  const deps = {
    clock: world.clock,
    ids: createIds(world.clock, createRandom()),
    log: createLog({ level: "silent", terminal: false }),
    publish: world.publish,
  };
  const refunds = async (orderCode: string, wish: { amountIdr?: bigint; to?: "source" } = {}) => {
    const { id: orderId } = await findOrder(world.db, { orderCode });
    const asked = { to: "saldo", saysPurchaseFailed: false, reason: "a complaint" } as const;
    await inTransaction(world.db, (tx) =>
      refundOrder(tx, deps, { ...asked, ...wish, orderId, actor: "operator" }),
    );
    await world.untilQuiet();
  };
  const buys = async (sku: string, account?: object) => {
    const { code } = await reseller.orders(sku, "saldo", account);
    await world.untilQuiet();
    return code;
  };
  const report = (...args: string[]) =>
    konter(["report", "money", "--day", day, ...args], { DATABASE_URL: world.databaseUrl });
  return { world, reseller, deps, refunds, buys, report };
}

/** What the ledger's income and expense accounts say, in rupiah. */
async function earned(db: Parameters<typeof trialBalance>[0]): Promise<bigint> {
  const held = await trialBalance(db);
  const of = (name: string) => held.get(name) ?? 0n;
  const income = of("sales") + of("fee_income");
  const expenses = ["cost_of_sales", "gateway_fees", "supplier_fees", "promotions", "adjustments"];
  return [...expenses, "chargebacks"].reduce((left, name) => left - of(name), income);
}

const ml = (id: string) => ({ user_id: id, server_id: "2001" });

/**
 * Delivered: A, and C which gave back a part; B, all given back; E, taken back by the supplier. D
 * failed. F came short and waits. G is being bought.
 */
async function trade(shop: Awaited<ReturnType<typeof openShop>>) {
  const { world, reseller, deps, refunds, buys } = shop;
  const [a, b, c] = [await buys("ML_86"), await buys("ML_172"), await buys("ML_86")];
  await buys("ML_86", ml("9995412345")); // D
  await buys("FF_70", { user_id: "9997412345" }); // E
  await world.advance({ seconds: 5 });
  await world.advance({ minutes: 3 });
  await refunds(b);
  await refunds(c, { amountIdr: 5_000n });
  await reseller.opens(50_000);
  await world.untilQuiet();
  await world.midtrans.isPaid();
  const { id: orderId } = await findOrder(world.db, { orderCode: a });
  const fee = { debit: "gateway_fees", credit: "gateway:midtrans", amountIdr: 140n } as const;
  const named = { key: `test:fee:${a}`, reason: "a test's fee", orderId };
  await inTransaction(world.db, (tx) => post(tx, deps, [{ ...fee, ...named }]));
  const { code: f } = await reseller.orders("ML_86", "gopay");
  await world.untilQuiet();
  await world.midtrans.receives(await world.midtrans.lastCharge(), 12_000);
  const g = await buys("ML_86", ml("9990312345"));
  return { f, g };
}

test("the profit of a day is what stayed of sales less what was charged, SKU by SKU", async (t) => {
  const shop = await openShop(t, 601);
  await trade(shop);
  const { db } = shop.world;
  const none = { refundsIdr: 0n, reversalsIdr: 0n, gatewayFeesIdr: 0n, otherIdr: 0n };
  const { lines, total } = await books.readProfit(db, { firstDay: day, lastDay: day });
  assert.deepEqual(lines, [
    {
      ...{ day, skuCode: "FF_70", orderCount: 1, ...none, salesIdr: 10_000n, costsIdr: 9_000n },
      ...{ reversalsIdr: 9_000n, profitIdr: 10_000n, marginPercent: 100 },
    },
    {
      ...{ day, skuCode: "ML_172", orderCount: 1, ...none, salesIdr: 40_000n, costsIdr: 36_000n },
      ...{ refundsIdr: 40_000n, profitIdr: -36_000n, marginPercent: null },
    },
    {
      ...{ day, skuCode: "ML_86", orderCount: 2, ...none, salesIdr: 40_000n, costsIdr: 36_000n },
      ...{ refundsIdr: 5_000n, gatewayFeesIdr: 140n, profitIdr: -1_140n, marginPercent: -3.26 },
    },
  ]);
  assert.deepEqual(total, {
    ...{ orderCount: 4, salesIdr: 90_000n, refundsIdr: 45_000n, costsIdr: 81_000n },
    ...{ reversalsIdr: 9_000n, gatewayFeesIdr: 140n, otherIdr: 0n, profitIdr: -27_140n },
    marginPercent: -60.31,
  });
});

test("profit over all days is what the ledger's income and expense accounts hold", async (t) => {
  const shop = await openShop(t, 602);
  const { world } = shop;
  await trade(shop);
  await world.advance({ minutes: 3 }); // G is delivered
  world.clock.advance(24 * 3600_000);
  await world.untilQuiet();
  const code = await shop.buys("ML_86");
  await shop.buys("FF_70", { user_id: "123456789" });
  await world.advance({ minutes: 2 });
  await shop.refunds(code);
  const profit = await books.readProfit(world.db, {
    firstDay: "2026-01-01",
    lastDay: "2026-12-31",
  });
  assert.deepEqual([...new Set(profit.lines.map((line) => line.day))], [day, "2026-11-24"]);
  assert.equal(profit.total.profitIdr, await earned(world.db));
  assert.notEqual(profit.total.profitIdr, 0n);
});

test("a day closes with what it opened with and what moved, and counts its refunds and deposits", async (t) => {
  const shop = await openShop(t, 603);
  const { db, clock } = shop.world;
  await trade(shop);
  const close = await books.readDay(db, { clock }, { day });
  assert.deepEqual(
    [close.soFar, close.refunded, close.deposited, close.profit.profitIdr],
    [true, { count: 3, amountIdr: 65_000n }, { count: 1, amountIdr: 50_000n }, -27_140n],
  );
  const held = await trialBalance(db);
  const owed = [...held].filter(([name]) => name.startsWith("customer:"));
  for (const line of close.lines) {
    const grown =
      line.side === "debit" ? line.debitsIdr - line.creditsIdr : line.creditsIdr - line.debitsIdr;
    assert.equal(line.closingIdr, line.openingIdr + grown, line.ledgerGroup);
    const expected =
      line.ledgerGroup === "customer:*"
        ? owed.reduce((sum, [, balanceIdr]) => sum + balanceIdr, 0n)
        : held.get(line.ledgerGroup);
    assert.equal(line.closingIdr, expected, line.ledgerGroup);
  }
  // 500,000 came; A, C, E and G are paid, C and the deposit came back, B and D left no trace.
  const saldo = close.lines.find((line) => line.ledgerGroup === "customer:*");
  assert.equal(saldo?.closingIdr, 500_000n - 20_000n - 15_000n - 10_000n - 20_000n + 50_000n);

  const next = await books.readDay(db, { clock }, { day: "2026-11-24" });
  assert.equal(next.soFar, false);
  assert.deepEqual(
    next.lines.map((line) => [line.ledgerGroup, line.openingIdr, line.closingIdr]),
    close.lines.map((line) => [line.ledgerGroup, line.closingIdr, line.closingIdr]),
  );
  assert.deepEqual([next.profit.orderCount, next.profit.profitIdr], [0, 0n]);
});

test("escrow, suspense and transit say of which order each rupiah is and since when", async (t) => {
  const shop = await openShop(t, 604);
  const { world } = shop;
  const { db, clock } = world;
  const { f, g } = await trade(shop);
  const since = clock.now();
  const age = { age: "under_15_min", count: 1 };
  const escrow = await books.readEscrow(db, { clock });
  assert.deepEqual(escrow.rows, [{ orderCode: g, state: "fulfilling", amountIdr: 20_000n, since }]);
  assert.deepEqual(escrow.ages[0], { ...age, amountIdr: 20_000n });
  const suspense = await books.readSuspense(db, { clock });
  const { id, ref } = await db
    .selectFrom("payments")
    .select(["id", "ref"])
    .where("state", "=", "short")
    .executeTakeFirstOrThrow();
  assert.deepEqual(suspense.rows, [
    { subject: `payment:${id}`, paymentRef: ref, orderCode: f, amountIdr: 12_000n, since },
  ]);
  const transit = await books.readInTransit(db, { clock });
  assert.deepEqual(
    transit.rows.map(({ purchaseRef, ...row }) => ({
      ...row,
      named: /^B/.test(purchaseRef ?? ""),
    })),
    [
      {
        ...{ ledgerAccount: "in_transit:digiflazz", orderCode: g, amountIdr: 18_000n, since },
        named: true,
      },
    ],
  );
  const { balanced, lines } = await books.readTrialBalance(db, { customers: "together" });
  assert.equal(balanced, true);
  for (const [name, totalIdr] of [
    ["escrow", escrow.totalIdr],
    ["suspense", suspense.totalIdr],
    ["in_transit:digiflazz", transit.totalIdr],
  ] as const) {
    assert.equal(lines.find((line) => line.ledgerAccount === name)?.balanceIdr, totalIdr, name);
  }

  await world.advance({ minutes: 20 });
  for (const read of [books.readEscrow, books.readSuspense, books.readInTransit]) {
    const { rows, totalIdr } = await read(db, { clock });
    assert.deepEqual([rows, totalIdr], [[], 0n], "F went to saldo, G was delivered");
  }
});

test("a refund that goes back to its source is in escrow since the refund, not since the payment", async (t) => {
  const { world, reseller, refunds } = await openShop(t, 605);
  const { code } = await reseller.orders("ML_86", "gopay");
  await world.untilQuiet();
  await world.midtrans.isPaid();
  await world.advance({ minutes: 5 });
  await world.breaks("midtrans", "refund", "lost_answer");
  const since = world.clock.now();
  await refunds(code, { to: "source" });
  const later = createSandboxClock({ frozenAt: new Date(since.getTime() + 16 * 60_000) });
  const { rows, ages } = await books.readEscrow(world.db, { clock: later });
  assert.deepEqual(rows, [{ orderCode: code, state: "refunding", amountIdr: 20_000n, since }]);
  assert.deepEqual(ages[1], { age: "15_min_to_1_h", count: 1, amountIdr: 20_000n });
  await world.advance({ minutes: 2 });
  assert.deepEqual((await books.readEscrow(world.db, world)).rows, [], "it is back at its source");
});

test("konter report money tells a day on one screen, and one report as CSV or all as JSON", async (t) => {
  const shop = await openShop(t, 606);
  const { f } = await trade(shop);
  const { code, stdout, stderr } = await shop.report();
  assert.equal(code, 0, stderr);
  for (const line of [
    /^Money of 2026-11-23, midnight to midnight in Jakarta$/m,
    /^Orders delivered +4$/m,
    /^Profit +-Rp 27\.140 \(-60\.31 % of sales that stayed\)$/m,
    /^Orders refunded +3, Rp 65\.000$/m,
    /^Deposits +1, Rp 50\.000$/m,
    /^customer:\* .* Rp 485\.000$/m,
    /^ML_172 +1 +Rp 40\.000 +Rp 40\.000 +Rp 36\.000 +Rp 0 +Rp 0 +Rp 0 +-Rp 36\.000 +-$/m,
    /^All +4 +Rp 90\.000 +Rp 45\.000 +Rp 81\.000 +Rp 9\.000 +Rp 140 +Rp 0 +-Rp 27\.140 +-60\.31 %$/m,
    /^Escrow, paid for orders that have not ended: Rp 20\.000\nover 24 h: 1, Rp 20\.000$/m,
    new RegExp(`^2026-11-23 10:03  P\\w{20}  ${f}  Rp 12\\.000$`, "m"),
    /^ATTENTION: 1 in suspense for over 24 h\. Find out what it is\.$/m,
    /^Debits equal credits: Rp [\d.]+ each\.$/m,
  ]) {
    assert.match(stdout, line);
  }
  const csv = await shop.report("--csv", "profit");
  assert.deepEqual(csv.stdout.trimEnd().split("\n"), [
    "day,sku,orders,sales,refunds,costs,reversals,gateway_fees,other,profit,margin_percent",
    "2026-11-23,FF_70,1,10000,0,9000,9000,0,0,10000,100",
    "2026-11-23,ML_172,1,40000,40000,36000,0,0,0,-36000,",
    "2026-11-23,ML_86,2,40000,5000,36000,0,140,0,-1140,-3.26",
  ]);
  const told = JSON.parse((await shop.report("--json")).stdout);
  assert.deepEqual(
    [told.day.profit, told.escrow.total, told.trial_balance.balanced, told.profit.rows.length],
    [-27_140, 20_000, true, 3],
  );
  const accounts = (await shop.report("--csv", "trial-balance")).stdout;
  assert.match(accounts, new RegExp(`^customer:${shop.reseller.customerId},credit,`, "m"));
});
