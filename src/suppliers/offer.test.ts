/** What keeps a SKU from being bought now. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { obstacleTo } from "./offer.ts";

const offer = {
  ...{ skuId: 1, supplierSku: "ml86", listPriceIdr: 18_000n, offered: true },
  ...{ fromMinute: null, untilMinute: null, disabledReason: null },
};
const costIdr = 18_000n;
/** An instant of this hour in Jakarta. */
const at = (hour: string) => new Date(`2026-11-23T${hour}:00+07:00`);
const noon = at("12:00");

test("what is offered for no more than our cost can be bought", () => {
  assert.equal(obstacleTo(offer, costIdr, noon), undefined);
  assert.equal(obstacleTo({ ...offer, listPriceIdr: 17_999n }, costIdr, noon), undefined);
  const unseen = { ...offer, listPriceIdr: null, offered: null };
  assert.equal(obstacleTo(unseen, costIdr, noon), undefined, "on no list yet: it can be tried");
});

test("what is out of sale, not offered or dearer than our cost cannot", () => {
  assert.equal(obstacleTo({ ...offer, disabledReason: "rc 43" }, costIdr, noon), "disabled");
  assert.equal(obstacleTo({ ...offer, offered: false }, costIdr, noon), "not_offered");
  assert.equal(obstacleTo({ ...offer, listPriceIdr: 18_001n }, costIdr, noon), "dearer");
});

test("a window is closed from its first minute up to its last, by Jakarta's clock", () => {
  const closed = (from: number, until: number, hour: string) =>
    obstacleTo({ ...offer, fromMinute: from, untilMinute: until }, costIdr, at(hour)) === "closed";
  const [halfPastEleven, halfPastMidnight] = [23 * 60 + 30, 30];
  const overMidnight = ["23:29", "23:30", "23:59", "00:00", "00:29", "00:30", "12:00"];
  assert.deepEqual(
    overMidnight.filter((hour) => closed(halfPastEleven, halfPastMidnight, hour)),
    ["23:30", "23:59", "00:00", "00:29"],
  );
  const withinADay = ["00:29", "00:30", "12:00", "23:29", "23:30"];
  assert.deepEqual(
    withinADay.filter((hour) => closed(halfPastMidnight, halfPastEleven, hour)),
    ["00:30", "12:00", "23:29"],
  );
});
