/** The books over REST: for keys that may read them, and nobody else. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createReseller } from "../../test/reseller.ts";
import { openWorld } from "../../test/world.ts";
import type { KeyScope } from "../staff/roles.ts";

const names = ["trial-balance", "escrow", "suspense", "in-transit", "profit", "day"] as const;

async function openShop(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  const seller = await createReseller(world, { saldoIdr: 100_000n });
  await world.advance({ seconds: 1 });
  await seller.orders("ML_86", "saldo");
  await world.untilQuiet();
  await world.advance({ minutes: 2 });
  const { code: open } = await seller.orders("ML_172", "saldo");
  await world.untilQuiet();
  const staff = await createReseller(world, { scopes: ["report"] });
  const get = async (path: string, headers: Record<string, string> = {}, key = staff.key) => {
    const answer = await fetch(`${world.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const problem = async (path: string) => {
    const { status, text } = await get(path);
    const { code, param, detail } = JSON.parse(text);
    return { status, code, param, detail };
  };
  const data = async (path: string) => {
    const { status, text } = await get(path);
    assert.equal(status, 200, text);
    return JSON.parse(text).data;
  };
  return { world, seller, open, get, problem, data };
}

test("a reseller's key never sees the books, whatever it may do besides", async (t) => {
  const { world, seller, get } = await openShop(t, 71);
  const paths = [...names.map((name) => `/reports/${name}`), "/ledger/escrow"];
  const scopes: KeyScope[][] = [["read"], ["sell"], ["read", "sell"]];
  for (const own of scopes) {
    const { key } = await createReseller(world, { scopes: own });
    for (const path of [...paths, `/ledger/customer:${seller.customerId}`]) {
      const answer = await get(path, {}, key);
      const { code, detail } = JSON.parse(answer.text);
      assert.deepEqual([answer.status, code], [403, "key.scope"], path);
      assert.match(detail, /it needs the scope report/);
      assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
    }
  }
  for (const path of paths) {
    const bare = await fetch(`${world.url}/api/v1${path}`);
    assert.equal(bare.status, 401, path);
  }
});

test("a key that may only read the books neither sells nor sees orders", async (t) => {
  const { world } = await openShop(t, 72);
  const staff = await createReseller(world, { scopes: ["report"] });
  assert.equal((await staff.call("GET", "/orders")).code, "key.scope");
  assert.equal((await staff.call("GET", "/saldo")).code, "key.scope");
  assert.equal((await staff.call("POST", "/quotes", { body: {} })).code, "key.scope");
});

test("each report is JSON in whole rupiah, kept by nobody on the way", async (t) => {
  const { open, get, data } = await openShop(t, 73);
  assert.equal((await get("/reports/day")).headers.get("cache-control"), "no-store");
  const balance = await data("/reports/trial-balance");
  assert.equal(balance.balanced, true);
  assert.equal(balance.debits, balance.credits);
  const saldo = balance.rows.find(
    (row: { ledger_account: string }) => row.ledger_account === "customer:*",
  );
  assert.deepEqual([saldo.side, saldo.balance], ["credit", 40_000]);
  const each = await data("/reports/trial-balance?customers=each");
  assert.ok(
    each.rows.every((row: { ledger_account: string }) => row.ledger_account !== "customer:*"),
  );

  const escrow = await data("/reports/escrow");
  assert.deepEqual(escrow.rows, [
    {
      ...{ order: open, state: "fulfilling", amount: 40_000 },
      ...{ since: "2026-11-23T03:02:01.000Z", age: "under_15_min" },
    },
  ]);
  assert.equal(escrow.ages.length, 4);
  const transit = await data("/reports/in-transit");
  assert.deepEqual([transit.total, transit.rows[0].order], [36_000, open]);
  assert.deepEqual((await data("/reports/suspense")).rows, []);

  const day = await data("/reports/day");
  assert.deepEqual(
    [day.day, day.so_far, day.orders, day.sales, day.costs, day.profit, day.margin_percent],
    ["2026-11-23", true, 1, 20_000, 18_000, 2_000, 10],
  );
  const profit = await data("/reports/profit?from=2026-11-20&to=2026-11-23");
  assert.deepEqual(
    [profit.from, profit.to, profit.total.profit],
    ["2026-11-20", "2026-11-23", 2_000],
  );
  assert.deepEqual(
    profit.rows.map((row: { day: string; sku: string }) => [row.day, row.sku]),
    [["2026-11-23", "ML_86"]],
  );
});

test("a day without a sale has no rows and no margin, and balances that did not move", async (t) => {
  const { data } = await openShop(t, 74);
  const profit = await data("/reports/profit?day=2026-11-22");
  assert.deepEqual([profit.rows, profit.total.orders, profit.total.margin_percent], [[], 0, null]);
  const day = await data("/reports/day?day=2026-11-22");
  assert.deepEqual([day.so_far, day.orders, day.profit, day.deposits], [false, 0, 0, 0]);
});

test("rows come as CSV to whoever asks, by format or by Accept", async (t) => {
  const { open, get } = await openShop(t, 75);
  const byFormat = await get("/reports/escrow?format=csv");
  assert.equal(byFormat.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
  assert.match(byFormat.headers.get("content-disposition") ?? "", /filename="escrow\.csv"/);
  assert.equal(
    byFormat.text,
    `order,state,amount,since,age\r\n${open},fulfilling,40000,2026-11-23T03:02:01.000Z,under_15_min\r\n`,
  );
  for (const name of names) {
    const byAccept = await get(`/reports/${name}`, { accept: "text/csv" });
    assert.equal(byAccept.status, 200, byAccept.text);
    assert.equal(byAccept.text, (await get(`/reports/${name}?format=csv`)).text, name);
    const json = await get(`/reports/${name}?format=json`, { accept: "text/csv" });
    assert.match(json.headers.get("content-type") ?? "", /^application\/json/, "format wins");
    const any = await get(`/reports/${name}`, { accept: "*/*" });
    assert.match(any.headers.get("content-type") ?? "", /^application\/json/, name);
  }
});

test("what is wrong with a question is told with the field it is in", async (t) => {
  const { problem } = await openShop(t, 76);
  for (const [path, param, says] of [
    ["/reports/day?day=2026-02-30", "day", /day: "2026-02-30" is no day: write it as 2026-11-23/],
    ["/reports/day?day=2026-11-24", "day", /has not begun/],
    ["/reports/day?day=", "day", /is no day/],
    ["/reports/profit?from=x", "from", /is no day/],
    ["/reports/profit?to=2026-99-99", "to", /is no day/],
    ["/reports/profit?from=2026-11-23&to=2026-11-22", "from", /is after 2026-11-22/],
    ["/reports/profit?from=2025-01-01&to=2026-11-22", "from", /at most 366 days/],
    ["/reports/profit?day=2026-11-23&to=2026-11-23", "day", /say day, or from and to/],
    ["/reports/escrow?format=xml", "format", /format/],
    ["/reports/trial-balance?customers=some", "customers", /customers/],
    ["/ledger/tips", "ledger_account", /"tips" is not in the chart of accounts/],
    ["/ledger/customer:somebody", "ledger_account", /not in the chart/],
    ["/ledger/escrow?limit=0", "limit", /limit/],
    ["/ledger/escrow?cursor=abc", "cursor", /begin without one/],
    ["/ledger/escrow?cursor=00000000-0000-7000-8000-000000000000", "cursor", /begin without one/],
  ] as const) {
    const found = await problem(path);
    assert.deepEqual([found.status, found.code, found.param], [400, "input.invalid", param], path);
    assert.match(found.detail, says);
  }
});

test("a statement is read page by page, from either end, with the balance after each line", async (t) => {
  const { seller, get, data } = await openShop(t, 77);
  const account = `customer:${seller.customerId}`;
  const whole = await data(`/ledger/${account}?order=oldest`);
  assert.deepEqual(
    whole.map((line: { amount: number; balance: number }) => [line.amount, line.balance]),
    [
      [100_000, 100_000],
      [-20_000, 80_000],
      [-40_000, 40_000],
    ],
  );
  assert.match(whole[1].key, /^saldo_payment:/);
  assert.equal(whole[1].other_side, "escrow");
  for (const order of ["oldest", "newest"]) {
    const lines = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const more = cursor === "" ? "" : `&cursor=${cursor}`;
      const { text } = await get(
        `/ledger/${encodeURIComponent(account)}?order=${order}&limit=1${more}`,
      );
      const page = JSON.parse(text);
      assert.equal(page.data.length, 1);
      lines.push(...page.data);
      cursor = page.next;
    }
    assert.deepEqual(order === "oldest" ? lines : lines.toReversed(), whole, order);
  }
  const { text } = await get("/ledger/promotions");
  assert.deepEqual(JSON.parse(text), { success: true, data: [], next: null });
});

test("reports that are asked for all at once are read in turn, and a wrong question holds up nobody", async (t) => {
  const { world, seller, get } = await openShop(t, 78);
  const paths = [...names.map((name) => `/reports/${name}`), "/ledger/tips", "/ledger/escrow"];
  const answers = Promise.all([...paths, ...paths, ...paths].map((path) => get(path)));
  await seller.orders("ML_86", "saldo");
  const seen = (await answers).map(({ status }) => status);
  const expected = paths.map((path) => (path === "/ledger/tips" ? 400 : 200));
  assert.deepEqual(seen, [...expected, ...expected, ...expected]);
  await world.untilQuiet();
});
