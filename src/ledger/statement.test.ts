import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { type LedgerAccount, saldoOf } from "./chart.ts";
import { readStatement } from "./statement.ts";
import { post, trialBalance } from "./transfer.ts";

const buyer = "00000000-0000-7000-8000-000000000001";

async function openLedger(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const deps = { clock, ids: createIds(clock, createSeededRandom(1)) };
  /** Seven lines of saldo, two of them in the same instant: +500, -10, +500, -10 … */
  const trade = async () => {
    for (const number of [0, 1, 2, 3, 4, 5, 6]) {
      if (number !== 4) clock.advance(60_000);
      const [debit, credit]: LedgerAccount[] = ["gateway:midtrans", saldoOf(buyer)];
      const out = number % 2 === 1;
      await inTransaction(db, (tx) =>
        post(tx, deps, [
          {
            debit: out ? saldoOf(buyer) : (debit ?? "bank"),
            credit: out ? "escrow" : (credit ?? "bank"),
            amountIdr: out ? 10n : 500n,
            key: `event:${number}`,
            reason: out ? "order paid from saldo" : "payment confirmed",
          },
        ]),
      );
    }
  };
  return { db, trade, connectionString };
}

test("a statement reads the same from the newest and from the oldest, page by page", async (t) => {
  const { db, trade } = await openLedger(t);
  await trade();
  for (const ledgerAccount of [saldoOf(buyer), "gateway:midtrans", "escrow"] as const) {
    const whole = await readStatement(db, { ledgerAccount, from: "oldest", limit: 100 });
    assert.equal(whole.next, null);
    let running = 0n;
    for (const line of whole.lines) {
      running += line.amountIdr;
      assert.equal(line.balanceIdr, running, line.key);
    }
    assert.equal((await trialBalance(db)).get(ledgerAccount), running);

    for (const from of ["newest", "oldest"] as const) {
      const paged = [];
      let cursor: string | undefined;
      do {
        const page = await readStatement(db, { ledgerAccount, from, limit: 2, cursor });
        assert.ok(page.lines.length <= 2);
        paged.push(...page.lines);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(from === "oldest" ? paged : paged.reverse(), whole.lines, from);
    }
  }
});

test("a line says what happened, the other side, and + where the account grew", async (t) => {
  const { db, trade } = await openLedger(t);
  await trade();
  const read = async (ledgerAccount: LedgerAccount) => {
    const { lines } = await readStatement(db, { ledgerAccount, from: "oldest", limit: 2 });
    return lines.map((line) => [line.key, line.otherSide, line.amountIdr, line.balanceIdr]);
  };
  assert.deepEqual(await read(saldoOf(buyer)), [
    ["event:0", "gateway:midtrans", 500n, 500n],
    ["event:1", "escrow", -10n, 490n],
  ]);
  assert.deepEqual(await read("gateway:midtrans"), [
    ["event:0", saldoOf(buyer), 500n, 500n],
    ["event:2", saldoOf(buyer), 500n, 1_000n],
  ]);
});

test("konter ledger shows an account in rupiah, page after page, and the chart for what it is not", async (t) => {
  const { trade, connectionString } = await openLedger(t);
  const run = (...args: string[]) =>
    konter(["ledger", ...args], { DATABASE_URL: connectionString });
  const empty = await run(buyer);
  assert.equal(empty.stdout, `Nothing was ever posted to customer:${buyer}.\n`, empty.stderr);
  await trade();
  const first = await run(buyer, "--limit", "4");
  assert.match(first.stdout, /^Time \(WIB\) .* Amount +Balance$/m);
  const line = (text: string) => new RegExp(`^2026-11-23 10:0\\d:00  ${text}$`, "m");
  assert.match(
    first.stdout,
    line(" *gateway:midtrans +payment confirmed +event:6 +\\+Rp 500 +Rp 1.970"),
  );
  assert.match(first.stdout, line(" *escrow +order paid from saldo +event:5 +-Rp 10 +Rp 1.470"));
  const [, cursor = ""] = /--before (\S+)$/.exec(first.stdout.trim()) ?? [];
  const rest = await run(`customer:${buyer}`, "--before", cursor);
  assert.match(rest.stdout, /event:2/);
  assert.match(rest.stdout, /event:0/);
  assert.doesNotMatch(rest.stdout, /event:[3-6]|--before/);

  const chart = await run();
  assert.match(chart.stdout, /^float:<name> +debit +our prepaid balance at a supplier$/m);
  const unknown = await run("tips");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /tips is not in the chart of accounts:\n\nAccount/);
  assert.match(unknown.stderr, /^suspense +credit/m);
  assert.equal((await run("escrow", "--limit", "0")).code, 2);
});
