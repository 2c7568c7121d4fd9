import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { fillBooks } from "../bench/fill-books.ts";
import { cleanUp, scale, temporaryKeyFile } from "../test/database.ts";
import { lendDatabase, openDatabase } from "../test/kept.ts";
import { konter } from "../test/konter.ts";
import { createSigner } from "./audit/chain.ts";
import { sealHistory } from "./audit/seals.ts";
import { createSandboxClock } from "./platform/clock.ts";
import { asApplication } from "./platform/roles.ts";
import { proofs, type Verdict, verifyBooks } from "./verify.ts";

const slowestMs = 30_000;

async function openBooks(t: TestContext, orderCount: number) {
  const atEnd = cleanUp(t);
  const owner = await lendDatabase(atEnd);
  await fillBooks(owner, orderCount);
  // The superuser, whom neither grants nor triggers stop.
  const hand = new pg.Client({ connectionString: owner });
  await hand.connect();
  atEnd(() => hand.end());
  await hand.query("set session_replication_role = replica");
  const connectionString = asApplication(owner);
  const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({});
  const key = await temporaryKeyFile(atEnd);
  const seals = { signer: createSigner(new Uint8Array(32)), sealsFile: `${key}.seals` };
  const rowCount = async () => {
    const { rows } = await hand.query<{ count: number }>(
      "select ((select count(*) from transfers) + (select count(*) from audit_log))::int as count",
    );
    return rows[0]?.count ?? 0;
  };
  const sealedCount = async () => {
    const { rows } = await hand.query(
      "select coalesce(sum(row_count), 0)::int as count from seals",
    );
    return rows[0].count;
  };
  return {
    owner,
    hand,
    rowCount,
    verify: () => verifyBooks(db, { clock, seals }),
    /** Seals everything; to the milliseconds that it took. */
    async seal(): Promise<number> {
      const startedAt = performance.now();
      // A transaction in any database of the server may hold the newest rows back.
      do await sealHistory(db, { clock, ...seals });
      while ((await sealedCount()) < (await rowCount()));
      return Math.round(performance.now() - startedAt);
    },
  };
}

const broken = (verdicts: readonly Verdict[]) => verdicts.filter((verdict) => !verdict.ok);

interface Break {
  readonly rule: string;
  readonly by: string;
  readonly mend: string;
  /** The row that verify must name, and what it says of it. */
  readonly names: RegExp;
  /** Rules that cannot hold either then. */
  readonly also?: readonly string[];
}

const idOf = (what: string) => `(select id from ${what} order by id limit 1)`;
const delivered = "orders where state = 'delivered' and method = 'gopay'";
const posted = (by: string) =>
  `update balances set posted = posted + ${by} where ledger_account = (select min(ledger_account) from balances)`;
const deposit = "key = (select min(key) from transfers where key like 'deposit:%')";

const breaks: readonly Break[] = [
  {
    rule: "every transfer goes from one account of the chart to another",
    by: `alter domain ledger_account drop constraint ledger_account_is_in_chart;
      update transfers set credit_account = 'tips' where key = 'seed:capital'`,
    mend: "update transfers set credit_account = 'capital' where key = 'seed:capital'",
    names: /^[0-9a-f-]{36}: .*, found bank → tips: 10000000$/,
  },
  {
    rule: "balance rows equal their transfers",
    by: posted("1"),
    mend: posted("-1"),
    names: /^customer:[0-9a-f-]{36}: expected (\d+)0, found \d+1$/,
  },
  {
    rule: "no customer is below zero",
    by: `update transfers set debit_account = credit_account, credit_account = 'bank' where ${deposit}`,
    mend: `update transfers set credit_account = debit_account, debit_account = 'gateway:midtrans' where ${deposit}`,
    names: /^customer:[0-9a-f-]{36}: expected 0 or more, found -\d+$/,
    also: ["balance rows equal their transfers"],
  },
  {
    rule: "held saldo equals its holds",
    by: `insert into holds (order_id, ledger_account, amount, held_at)
      select gen_random_uuid(), min(ledger_account), 5, '2026-11-23Z' from balances`,
    mend: "update holds set state = 'released', ended_at = held_at",
    names: /^customer:[0-9a-f-]{36}: expected 5, found 0$/,
  },
  {
    rule: "what went back of each payment is its refunds and chargebacks",
    by: `update payments set refund_amount = 1 where id = ${idOf("payments where state = 'paid'")}`,
    mend: "update payments set refund_amount = 0 where refund_amount = 1",
    names: /^\w+: expected 1, found 0$/,
  },
  {
    rule: "escrow holds the price of each paid order and nothing of one that ended",
    by: `update transfers set amount = amount + 7 where key = 'delivery:' || ${idOf(delivered)}`,
    mend: `update transfers set amount = amount - 7 where key = 'delivery:' || ${idOf(delivered)}`,
    names: /^F\d+ delivered: expected 0, found -7$/,
  },
  {
    rule: "every paid order has exactly one paying source",
    by: `update orders set code = 'CHEAT', paid_payment_id = null where id = ${idOf(delivered)}`,
    mend: `update orders set code = 'F' || (select substr(ref, 2) from payments where order_id = orders.id),
      paid_payment_id = (select id from payments where order_id = orders.id) where code = 'CHEAT'`,
    names: /^CHEAT delivered: expected 1, found 0$/,
  },
  {
    rule: "every refunded order gave back what was paid, once",
    by: `update orders set paid = paid + 5 where id = ${idOf("orders where state = 'refunded'")}`,
    mend: `update orders set paid = paid - 5 where id = ${idOf("orders where state = 'refunded'")}`,
    names: /^F\d+ refunded: expected 20005, found 20000$/,
  },
  {
    rule: "no order gave back its money and its goods both",
    by: `insert into purchases (id, ref, order_id, supplier, supplier_sku, customer_no, max_cost, state, opened_at)
      select gen_random_uuid(), 'CHEAT', id, 'digiflazz', 'ml86', '1', 1, 'succeeded', placed_at
      from orders where state = 'refunded' order by id limit 1`,
    mend: "delete from purchases where ref = 'CHEAT'",
    names: /^F\d+ CHEAT: expected delivered before, found goods and money$/,
  },
  {
    rule: "what came for each deposit is its customer's saldo",
    by: `insert into deposits
      select gen_random_uuid(), 'CHEAT', '', gen_random_uuid(), 5, 'gopay', 'paid', '', '', at, at, at
      from (values (timestamptz '2026-11-23Z')) as moment (at)`,
    mend: "delete from deposits where code = 'CHEAT'",
    names: /^CHEAT paid: expected some money, found 0$/,
  },
  {
    rule: "every delivered order has one succeeded purchase",
    by: `update purchases set state = 'failed', failure = 'by hand' where order_id = ${idOf(delivered)}`,
    mend: "update purchases set state = 'succeeded', failure = null where failure = 'by hand'",
    names: /^F\d+: expected 1, found 0$/,
  },
  {
    rule: "in transit equals open purchases",
    by: `update purchases set max_cost = max_cost + 3 where id = ${idOf("purchases where state = 'open'")}`,
    mend: `update purchases set max_cost = max_cost - 3 where id = ${idOf("purchases where state = 'open'")}`,
    names: /^digiflazz: expected \d+3, found \d+0$/,
  },
  {
    rule: "what was rolled up equals its transfers",
    by: "insert into ledger_rollups (ledger_account, debits, credits) values ('promotions', 5, 0)",
    mend: "delete from ledger_rollups",
    names: /^promotions: expected 0 debits, 0 credits, found 5 debits, 0 credits$/,
  },
  {
    rule: "reserved stock equals live and permanent reservations",
    by: "update reservations set quantity = 2 where order_id = (select min(order_id::text)::uuid from reservations where state = 'live')",
    mend: "update reservations set quantity = 1",
    names: /^SKU \d+: expected \d+, found \d+$/,
  },
  {
    rule: "the shelf equals the sum of its movements",
    by: "update stock set on_hand = on_hand + 1 where sku_id = (select min(sku_id) from stock)",
    mend: "update stock set on_hand = on_hand - 1 where sku_id = (select min(sku_id) from stock)",
    names: /^SKU \d+: expected (\d+) on hand, (\d+) reserved, found \d+ on hand, \2 reserved$/,
  },
  {
    rule: "a large correction is posted when it took effect, and only then",
    by: `insert into adjustment_proposals (id, customer_id, direction, amount, reason, proposed_by, proposed_from,
        proposed_at, ending, ended_by, ended_from, ended_at)
      select gen_random_uuid(), gen_random_uuid(), 'give', 5, '', 'operator', 'ani', at, 'approved', 'operator', 'budi', at
      from (values (timestamptz '2026-11-23Z')) as moment (at)`,
    mend: "delete from adjustment_proposals",
    names: /^proposal 1: expected give 5, found nothing$/,
  },
];

test("a rule that somebody breaks by hand is named, with the row, until it is mended", async (t) => {
  const books = await openBooks(t, 200);
  assert.deepEqual(broken(await books.verify()), []);
  assert.deepEqual(
    breaks.map((one) => one.rule).sort(),
    proofs.map((proof) => proof.rule).sort(),
    "each rule is broken once",
  );
  for (const { rule, by, mend, names, also = [] } of breaks) {
    await books.hand.query(by);
    const found = broken(await books.verify());
    assert.deepEqual(found.map((verdict) => verdict.rule).sort(), [rule, ...also].sort());
    const verdict = found.find((one) => one.rule === rule);
    assert.equal(verdict?.brokenCount, 1, rule);
    const [breach] = verdict?.breaches ?? [];
    assert.match(`${breach?.subject}: expected ${breach?.expected}, found ${breach?.found}`, names);
    await books.hand.query(mend);
    assert.deepEqual(broken(await books.verify()), [], `${rule}: mended`);
  }
});

test("of many broken rows all are counted and five shown", async (t) => {
  const books = await openBooks(t, 400);
  await books.hand.query("update balances set posted = posted + 1");
  const [verdict] = broken(await books.verify());
  assert.equal(verdict?.brokenCount, verdict?.checkedCount);
  assert.equal(verdict?.brokenCount, 21);
  const subjects = verdict?.breaches.map((breach) => breach.subject) ?? [];
  assert.equal(subjects.length, 5);
  assert.deepEqual(subjects, subjects.toSorted());
});

test("money that came after its order ended is no breach while the job that brings it on lives", async (t) => {
  const books = await openBooks(t, 40);
  const expired = "select id from orders where state = 'expired' order by id limit 1";
  await books.hand.query(`
    update payments set state = 'paid', paid_amount = amount where order_id = (${expired});
    insert into transfers (id, debit_account, credit_account, amount, key, reason, order_id, posted_at)
    select id, 'gateway:midtrans', 'escrow', amount, 'payment:' || id, 'late', order_id, opened_at
    from payments where order_id = (${expired});
    insert into jobs (name, payload, run_at, enqueued_at)
    select 'orders.applyPayment', jsonb_build_object('paymentId', id), opened_at, opened_at
    from payments where order_id = (${expired})`);
  assert.deepEqual(broken(await books.verify()), []);
  await books.hand.query("update jobs set state = 'dead', died_at = run_at");
  const [verdict, ...others] = broken(await books.verify());
  assert.match(verdict?.rule ?? "", /^escrow/);
  assert.match(verdict?.breaches[0]?.subject ?? "", /expired$/);
  assert.deepEqual(others, []);
});

test("konter verify says how each rule stands, and its exit code whether all hold", async (t) => {
  const books = await openBooks(t, 40);
  const KEY_FILE = await temporaryKeyFile(cleanUp(t));
  const settings = { DATABASE_URL: books.owner, KEY_FILE, SEALS_FILE: `${KEY_FILE}.seals` };
  const run = (...args: string[]) => konter(["verify", ...args], settings);
  const keyless = await run();
  assert.equal(keyless.code, 1);
  assert.match(keyless.stderr, /cannot be proved without the key file.*name it with KEY_FILE/);
  writeFileSync(KEY_FILE, "0".repeat(64));
  const count = proofs.length + 4;
  const good = await run();
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /^ok {6}balance rows equal their transfers +3 checked$/m);
  assert.match(good.stdout, new RegExp(`The books hold: ${count} rules\\.`));
  assert.match(
    good.stderr,
    new RegExp(`^██░+  2/${count} balance rows equal their transfers: \\d+\\.\\d s$`, "m"),
  );

  await books.hand.query(posted("1"));
  const bad = await run();
  assert.equal(bad.code, 1);
  assert.match(
    bad.stdout,
    /^BROKEN {2}balance rows .* 3 checked, 1 broken\n +customer:.* expected /m,
  );
  assert.match(
    bad.stdout,
    new RegExp(`The books are BROKEN: 1 of ${count} rules\\. Nothing was changed\\.`),
  );
  const json = await run("--json");
  assert.equal(json.code, 1);
  const answer = JSON.parse(json.stdout);
  assert.equal(answer.ok, false);
  assert.deepEqual(
    answer.rules.filter((one: { verdict: string }) => one.verdict === "BROKEN").length,
    1,
  );
  assert.equal((await run("--fast")).code, 2);
});

test("a million transfers are proved far within a minute", async (t) => {
  const orderCount = scale({ short: 3_000, long: 282_000 });
  const books = await openBooks(t, orderCount);
  const sealedMs = await books.seal();
  const verdicts = await books.verify();
  assert.deepEqual(broken(verdicts), []);
  const checked = (rule: RegExp) => verdicts.find((one) => rule.test(one.rule))?.checkedCount ?? 0;
  assert.ok(checked(/^every transfer/) > orderCount * 3.5);
  assert.equal(checked(/^every paid order/), orderCount);
  const tookMs = verdicts.reduce((sum, verdict) => sum + verdict.tookMs, 0);
  const slowest = verdicts.map((one) => `${one.rule} ${one.tookMs} ms`).join(", ");
  t.diagnostic(`${checked(/^every transfer/)} transfers in ${tookMs} ms: ${slowest}`);
  assert.ok(tookMs < slowestMs, `${tookMs} ms: ${slowest}`);
  const rows = checked(/^every row/);
  t.diagnostic(`${rows} rows sealed in ${sealedMs} ms: ${Math.round((rows * 1000) / sealedMs)}/s`);
  assert.equal(rows, await books.rowCount(), "all are sealed");
});
