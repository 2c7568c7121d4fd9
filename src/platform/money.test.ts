/** The rules of writing money. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatRupiah, toJsonRupiah } from "./money.ts";

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
