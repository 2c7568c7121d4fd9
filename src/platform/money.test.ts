/** The rules of writing money. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatRupiah, readRupiah, toJsonRupiah } from "./money.ts";

test("rupiah are written as Indonesians do, with a dot every three digits", () => {
  for (const [amount, text] of [
    [0n, "Rp 0"],
    [999n, "Rp 999"],
    [1_000n, "Rp 1.000"],
    [20_000n, "Rp 20.000"],
    [7_066_667n, "Rp 7.066.667"],
    [-1_500n, "-Rp 1.500"],
    [12_345_678_901_234_567_890n, "Rp 12.345.678.901.234.567.890"],
  ] as const) {
    assert.equal(formatRupiah(amount), text);
  }
});

test("no rupiah is lost in writing", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (amount) => {
      assert.equal(BigInt(formatRupiah(amount).replace(/[Rp .]/g, "")), amount);
    }),
  );
});

test("rupiah that JSON readers would round are not sent", () => {
  assert.equal(toJsonRupiah(9_007_199_254_740_991n), 9_007_199_254_740_991);
  assert.throws(() => toJsonRupiah(9_007_199_254_740_992n), RangeError);
  assert.throws(() => toJsonRupiah(-9_007_199_254_740_993n), RangeError);
});

test("amounts are read as people in Indonesia type them", () => {
  for (const [typed, amount] of [
    ["50000", 50_000n],
    ["50.000", 50_000n],
    ["50,000", 50_000n],
    [" Rp 50.000 ", 50_000n],
    ["rp50000", 50_000n],
    ["Rp. 1.250.000", 1_250_000n],
    ["50rb", 50_000n],
    ["50 ribu", 50_000n],
    ["50K", 50_000n],
    ["2 juta", 2_000_000n],
    ["５００００", 50_000n],
  ] as const) {
    assert.equal(readRupiah(typed), amount, typed);
    assert.equal(readRupiah(formatRupiah(amount)), amount);
  }
});

test("what could be read in two ways, or is none, is no amount", () => {
  for (const typed of ["", "banyak", "50.00", "5.0000", "1,5jt", "-50000", "50 000 0", "1e5"]) {
    assert.equal(readRupiah(typed), undefined, typed);
  }
});
