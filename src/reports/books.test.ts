/** Where a Jakarta day begins and ends, how old is old, and what a shop reads that has sold nothing. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { fillBooks } from "../../bench/fill-books.ts";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { type LedgerAccount, saldoOf } from "../ledger/chart.ts";
import { post, type Transfer } from "../ledger/transfer.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { ageOf, sumByAge } from "./age.ts";
import * as books from "./books.ts";
import { dayOf, daysFrom, problemOfDay, spanOf } from "./day.ts";

async function openBooks(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const random = createSeededRandom(1);
  const ids = createIds(createSandboxClock({}), random);
  const postAt = (at: string, transfer: Omit<Transfer, "reason">) => {
    const clock = createSandboxClock({ frozenAt: new Date(at) });
    const whole = { ...transfer, reason: "a test" };
    return inTransaction(db, (tx) => post(tx, { clock, ids: createIds(clock, random) }, [whole]));
  };
  return { connectionString, db, ids, postAt };
}

test("a day is Jakarta's: 16:59:59.999Z is its last instant and 17:00:00Z is tomorrow's first", async (t) => {
  const { db, ids, postAt } = await openBooks(t);
  const sale = { debit: "escrow", credit: "sales" } as const;
  const moments = [
    ["2027-03-09T17:00:00.000Z", 1n],
    ["2027-03-10T16:59:59.999Z", 20n],
    ["2027-03-10T17:00:00.000Z", 300n],
    ["2027-03-11T16:59:59.999Z", 4_000n],
  ] as const;
  for (const [at, amountIdr] of moments) await postAt(at, { ...sale, amountIdr, key: at });
  const refund = { debit: "escrow", credit: saldoOf(ids.uuid()), amountIdr: 7n } as const;
  const orderId = ids.uuid();
  await postAt("2027-03-10T16:59:59Z", { ...refund, key: `refund_part:${orderId}:0`, orderId });
  await postAt("2027-03-10T17:00:00Z", { ...refund, key: `refund_part:${orderId}:7`, orderId });

  const profit = await books.readProfit(db, { firstDay: "2027-03-10", lastDay: "2027-03-11" });
  assert.deepEqual(
    profit.lines.map((line) => [line.day, line.skuCode, line.salesIdr]),
    [
      ["2027-03-10", null, 21n],
      ["2027-03-11", null, 4_300n],
    ],
  );
  assert.equal(profit.total.profitIdr, 4_321n);
  const clock = createSandboxClock({ frozenAt: new Date("2027-03-11T16:59:59Z") });
  for (const [day, opening, closing, soFar] of [
    ["2027-03-09", 0n, 0n, false],
    ["2027-03-10", 0n, 21n, false],
    ["2027-03-11", 21n, 4_321n, true],
  ] as const) {
    const close = await books.readDay(db, { clock }, { day });
    const sales = close.lines.find((line) => line.ledgerGroup === "sales");
    assert.deepEqual([sales?.openingIdr ?? 0n, sales?.closingIdr ?? 0n], [opening, closing], day);
    assert.equal(close.soFar, soFar, day);
    assert.equal(close.refunded.amountIdr, day === "2027-03-09" ? 0n : 7n, day);
  }
});

test("every instant lies in exactly one day, the one that is named after it", () => {
  const instants = fc.date({
    ...{ min: new Date("2026-01-01Z"), max: new Date("2099-01-01Z") },
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instants, (at) => {
      const day = dayOf(at);
      const { from, to } = spanOf(day, day);
      assert.ok(from <= at && at < to, `${at.toISOString()} in ${day}`);
      assert.equal(to.getTime() - from.getTime(), 24 * 3600_000);
    }),
  );
  assert.deepEqual(spanOf("2026-11-23", "2026-11-24"), {
    from: new Date("2026-11-22T17:00:00Z"),
    to: new Date("2026-11-24T17:00:00Z"),
  });
  assert.equal(daysFrom("2026-02-28", "2026-03-01"), 2);
});

test("only a day of the calendar that has begun in Jakarta is a day to tell of", () => {
  const now = new Date("2026-11-23T16:59:59Z");
  for (const day of ["2026-11-23", "2024-02-29", "2026-01-01"]) {
    assert.equal(problemOfDay(day, now), undefined, day);
  }
  for (const text of ["", "today", "2026-02-30", "2025-02-29", "2026-13-01", "23-11-2026"]) {
    assert.match(problemOfDay(text, now) ?? "", /is no day: write it as 2026-11-23/, text);
  }
  for (const text of ["2026-11-23T00:00", "0000-01-01", "+002026-11-23", "２０２６-11-23"]) {
    assert.match(problemOfDay(text, now) ?? "", /is no day/, text);
  }
  const tomorrow = "2026-11-24 has not begun: it is 2026-11-23 in Jakarta";
  assert.equal(problemOfDay("2026-11-24", now), tomorrow);
  assert.equal(problemOfDay("2026-11-24", new Date("2026-11-23T17:00:00Z")), undefined);
});

test("money is old after 15 minutes, an hour and a day, to the millisecond", () => {
  const now = new Date("2026-11-23T03:00:00Z");
  const before = (ms: number) => new Date(now.getTime() - ms);
  const minuteMs = 60_000;
  for (const [ms, younger, older] of [
    [15 * minuteMs, "under_15_min", "15_min_to_1_h"],
    [60 * minuteMs, "15_min_to_1_h", "1_h_to_24_h"],
    [24 * 60 * minuteMs, "1_h_to_24_h", "over_24_h"],
  ] as const) {
    assert.equal(ageOf(before(ms - 1), now), younger);
    assert.equal(ageOf(before(ms), now), older);
  }
  const rows = [1, 20, 20, 5_000].map((minutes) => ({
    since: before(minutes * minuteMs),
    amountIdr: BigInt(minutes),
  }));
  assert.deepEqual(
    sumByAge(rows, now).map(({ count, amountIdr }) => [count, amountIdr]),
    [
      [1, 1n],
      [2, 40n],
      [0, 0n],
      [1, 5_000n],
    ],
  );
});

test("suspense is told by what brought it, and nets to what the account holds", async (t) => {
  const { db, ids, postAt } = await openBooks(t);
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-25T03:00:00Z") });
  const [one, other] = [ids.uuid(), ids.uuid()];
  const arrives = { debit: "gateway:midtrans", credit: "suspense" } as const;
  await postAt("2026-11-23T03:00:00Z", { ...arrives, amountIdr: 500n, key: `payment:${one}` });
  await postAt("2026-11-24T03:00:00Z", { ...arrives, amountIdr: 70n, key: `payment:${other}` });
  await postAt("2026-11-24T09:00:00Z", { ...arrives, amountIdr: 3n, key: "bank_line:7" });
  const goes = { debit: "suspense", credit: saldoOf(ids.uuid()), amountIdr: 500n } as const;
  await postAt("2026-11-24T04:00:00Z", { ...goes, key: `short:${one}` });
  const { rows, totalIdr, ages } = await books.readSuspense(db, { clock });
  assert.deepEqual(
    rows.map((row) => [row.subject, row.amountIdr]),
    [
      [`payment:${other}`, 70n],
      ["bank_line:7", 3n],
    ],
  );
  assert.equal(totalIdr, 73n);
  assert.deepEqual(ages.at(-1), { age: "over_24_h", count: 1, amountIdr: 70n });
});

test("a shop that has sold nothing is told so in words", async (t) => {
  const { connectionString } = await openBooks(t);
  const run = (...args: string[]) =>
    konter(["report", ...args], { DATABASE_URL: connectionString });
  const today = await run("money");
  assert.equal(today.code, 0, today.stderr);
  for (const words of [
    /^Money of \d{4}-\d\d-\d\d so far: it is \d\d:\d\d in Jakarta$/m,
    /^Nothing was delivered, refunded or charged that day\.$/m,
    /^Escrow, paid for orders that have not ended: nothing\.$/m,
    /^Suspense, money that nothing explains: nothing\.$/m,
    /^In transit, taken from a float by open purchases: nothing\.$/m,
    /^Debits equal credits: Rp 20\.000\.000 each\.$/m,
  ]) {
    assert.match(today.stdout, words);
  }
  assert.match((await run("money", "--day", "2020-01-01")).stdout, /Nothing was posted before/);
  const csv = await run("money", "--csv", "escrow");
  assert.equal(csv.stdout, "order,state,amount,since,age\n");
});

test("a wrong call names what is wrong and shows how, with exit code 2", async (t) => {
  const { connectionString } = await openBooks(t);
  for (const [args, says] of [
    [[], /say which report: money/],
    [["stock"], /say which report: money/],
    [["money", "please"], /please is too much/],
    [["money", "--day", "2026-02-30"], /--day "2026-02-30" is no day: write it as \d{4}-/],
    [["money", "--day", "2999-01-01"], /--day 2999-01-01 has not begun/],
    [["money", "--csv", "sales"], /--csv is one of trial-balance, escrow, .*, day, not sales/],
    [["money", "--csv", "day", "--json"], /--csv or --json, not both/],
  ] as const) {
    const { code, stderr } = await konter(["report", ...args], { DATABASE_URL: connectionString });
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, says);
    assert.match(stderr, /konter report money \[--day/);
  }
});

test("what the reports say of many orders is what their transfers add up to", async (t) => {
  const { connectionString, db } = await openBooks(t);
  await fillBooks(connectionString, 2_000);
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const { lines, balanced } = await books.readTrialBalance(db, { customers: "together" });
  const held = new Map(lines.map((line) => [line.ledgerAccount, line.balanceIdr]));
  assert.equal(balanced, true);
  const [escrow, transit] = [
    await books.readEscrow(db, { clock }),
    await books.readInTransit(db, { clock }),
  ];
  assert.deepEqual([escrow.rows.length, escrow.totalIdr], [100, held.get("escrow")]);
  assert.deepEqual(
    [transit.rows.length, transit.totalIdr],
    [100, held.get("in_transit:digiflazz")],
  );
  const each = await books.readTrialBalance(db, { customers: "each" });
  const owed = each.lines.filter((line) => line.ledgerAccount.startsWith("customer:"));
  assert.equal(owed.length, 101);
  assert.equal(
    owed.reduce((sum, line) => sum + line.balanceIdr, 0n),
    held.get("customer:*"),
  );
  const { total } = await books.readProfit(db, { firstDay: "2026-11-01", lastDay: "2026-11-02" });
  assert.equal(total.profitIdr, (held.get("sales") ?? 0n) - (held.get("cost_of_sales") ?? 0n));
  assert.equal(total.orderCount, 1_600);
});

test("whatever moves an account of income or expense, in either direction, is profit or loss once", async (t) => {
  const { db, postAt } = await openBooks(t);
  const moved: (readonly [LedgerAccount, LedgerAccount])[] = [
    ["escrow", "sales"],
    ["escrow", "fee_income"],
    ["cost_of_sales", "in_transit:digiflazz"],
    ["gateway_fees", "gateway:midtrans"],
    ["supplier_fees", "float:digiflazz"],
    ["promotions", "escrow"],
    ["adjustments", "inventory"],
    ["chargebacks", "gateway:midtrans"],
  ];
  for (const [index, [debit, credit]] of moved.entries()) {
    const at = "2027-03-10T03:00:00Z";
    const amountIdr = 10n ** BigInt(index + 1);
    await postAt(at, { debit, credit, amountIdr: amountIdr * 3n, key: `there:${index}` });
    await postAt(at, { debit: credit, credit: debit, amountIdr, key: `back:${index}` });
  }
  // Between two of them: nothing is earned and nothing lost.
  const between = { debit: "sales", credit: "fee_income", amountIdr: 5n, key: "between" } as const;
  await postAt("2027-03-10T04:00:00Z", between);
  const { total } = await books.readProfit(db, { firstDay: "2027-03-10", lastDay: "2027-03-10" });
  const { lines } = await books.readTrialBalance(db, { customers: "together" });
  const held = (name: string) =>
    lines.find((line) => line.ledgerAccount === name)?.balanceIdr ?? 0n;
  const expenses = moved.slice(2).map(([name]) => held(name));
  const earned = held("sales") + held("fee_income") - expenses.reduce((sum, cost) => sum + cost);
  assert.equal(total.profitIdr, earned);
  assert.equal(earned, 2n * (10n + 100n - 111_111_000n));
  assert.deepEqual(
    [total.salesIdr, total.refundsIdr, total.costsIdr, total.reversalsIdr, total.gatewayFeesIdr],
    [30n, 15n, 3_000n, 1_000n, 20_000n],
  );
  const { salesIdr, refundsIdr, costsIdr, reversalsIdr, gatewayFeesIdr, otherIdr } = total;
  const parts = salesIdr - refundsIdr - costsIdr + reversalsIdr - gatewayFeesIdr + otherIdr;
  assert.equal(parts, total.profitIdr);
});
