/** The rules of the chart of accounts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { balanceOf, saldoOf } from "./chart.ts";

test("what we own and spend grows by debits, what we owe and earn by credits", () => {
  for (const asset of ["gateway:midtrans", "float:digiflazz", "in_transit:digiflazz", "bank"]) {
    assert.equal(balanceOf(asset, 500n, 200n), 300n, asset);
  }
  assert.equal(balanceOf("cost_of_sales", 500n, 200n), 300n);
  for (const owed of [saldoOf("c1"), "escrow", "capital", "sales"]) {
    assert.equal(balanceOf(owed, 200n, 500n), 300n, owed);
  }
});

test("an account that is not in the chart has no balance to be wrong about", () => {
  for (const name of ["", "tips", "customers:c1", "Escrow", "toString"]) {
    assert.throws(() => balanceOf(name, 1n, 0n), /not in the chart of accounts/, name);
  }
});
