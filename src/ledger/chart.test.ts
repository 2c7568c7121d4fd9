/** The rules of the chart of accounts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { cleanUp, cloneDatabase } from "../../test/database.ts";
import { openDatabase } from "../platform/db.ts";
import { balanceOf, chartLines, inChart, isLedgerAccount, normalSide, saldoOf } from "./chart.ts";

const customerId = "00000000-0000-7000-8000-000000000001";

test("what we own and spend grows by debits, what we owe and earn by credits", () => {
  for (const asset of ["gateway:midtrans", "float:digiflazz", "in_transit:digiflazz", "bank"]) {
    assert.equal(balanceOf(asset, 500n, 200n), 300n, asset);
  }
  assert.equal(balanceOf("cost_of_sales", 500n, 200n), 300n);
  for (const owed of [saldoOf(customerId), "escrow", "capital", "sales"]) {
    assert.equal(balanceOf(owed, 200n, 500n), 300n, owed);
  }
});

test("an account that is not in the chart has no balance to be wrong about", () => {
  for (const name of ["", "tips", "customer:c1", "Escrow", "toString", "gateway:", "bank:1"]) {
    assert.throws(() => balanceOf(name, 1n, 0n), /not in the chart of accounts/, name);
  }
});

test("every line of the chart is an account with a side", () => {
  const named = { "<id>": customerId, "<name>": "vip-reseller" };
  for (const { name, side } of chartLines) {
    const full = name.replace(/<\w+>/, (word) => named[word as keyof typeof named]);
    assert.ok(isLedgerAccount(full), full);
    assert.equal(normalSide(full), side);
  }
  assert.equal(chartLines.length, 17);
});

test("the chart is the same in TypeScript and in the database", async (t) => {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const { rows } = await sql<{ definition: string }>`
    select pg_get_constraintdef(oid) as definition from pg_constraint
    where conname = 'ledger_account_is_in_chart'`.execute(db);
  const array = (texts: readonly string[]) => texts.map((text) => `'${text}'::text`).join(", ");
  const definition =
    `CHECK (((VALUE = ANY (ARRAY[${array(inChart.names)}])) ` +
    `OR (VALUE ~~ ANY (ARRAY[${array(inChart.patterns)}]))))`;
  assert.deepEqual(rows, [{ definition }]);
});
