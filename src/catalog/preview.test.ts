/** What the preview of the seed promises its owner. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { projectedTurnoverIdr, renderPreview } from "./preview.ts";
import { seedSkus } from "./seed.ts";

test("the preview shows every SKU, the mark-up and the turnover of a day", () => {
  const text = renderPreview();
  for (const sku of seedSkus) assert.match(text, new RegExp(`^${sku.code}( \\*)? +`, "m"));
  assert.match(text, /^ML_86 +86 Diamond +Rp 20\.000 +Rp 18\.000 +11,1 % +100$/m);
  assert.match(text, /^Mark-up of the 15 seed SKUs: 11,1 %$/m);
  assert.match(text, /^Projected turnover of 100 sales a day: Rp 7\.066\.667$/m);
});

test("the turnover is rounded to the nearest rupiah", () => {
  const sku = (priceIdr: bigint) => ({
    ...{ gameCode: "ML", code: "A", name: "A", costIdr: 1n, addition: false },
    priceIdr,
  });
  assert.equal(projectedTurnoverIdr([sku(1n), sku(1n), sku(0n)]), 67n);
  assert.equal(projectedTurnoverIdr([sku(1n), sku(0n), sku(0n)]), 33n);
});
