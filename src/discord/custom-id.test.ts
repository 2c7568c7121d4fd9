/** What a button carries, there and back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CustomId, decodeCustomId, encodeCustomId } from "./custom-id.ts";

const longest = 100;
const code = fc.stringMatching(/^[A-Z0-9_]{1,20}$/);
const typed = fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.toWellFormed());
const plainly = { noNullPrototype: true } as const;
const customId: fc.Arbitrary<CustomId> = fc.oneof(
  fc.record(
    {
      action: fc.constant("pay" as const),
      quoteId: fc.uuid(),
      method: fc.constantFrom("gopay" as const, "saldo" as const),
    },
    plainly,
  ),
  fc.record(
    { action: fc.constantFrom("confirm" as const, "drop" as const), quoteId: fc.uuid() },
    plainly,
  ),
  fc.record(
    {
      action: fc.constantFrom("status", "cancel", "pay_rest", "take_back"),
      orderCode: code,
    },
    plainly,
  ),
  fc.record(
    { action: fc.constantFrom("deposit_status", "deposit_cancel"), depositCode: code },
    plainly,
  ),
  fc.record(
    {
      action: fc.constant("account" as const),
      skuCode: code,
      playerId: typed,
      zoneId: typed,
    },
    plainly,
  ),
);

test("what is written is read again, within Discord's 100 characters", () => {
  fc.assert(
    fc.property(customId, (id) => {
      const text = encodeCustomId(id);
      assert.ok(text.length <= longest, `${text.length}: ${text}`);
      const read = decodeCustomId(text);
      const empty = { ...id, playerId: "", zoneId: "" };
      // A form too long to carry opens empty, but for the same SKU.
      const fits = id.action !== "account" || JSON.stringify(read) !== JSON.stringify(empty);
      assert.deepEqual(read, fits ? id : empty);
    }),
    { numRuns: 2_000 },
  );
});

test("an ordinary account comes back into its form as it was typed", () => {
  const id: CustomId = {
    ...{ action: "account", skuCode: "VP_475" },
    ...{ playerId: "Nama Demo#ID1", zoneId: "a:b%|()" },
  };
  assert.deepEqual(decodeCustomId(encodeCustomId(id)), id);
});

test("text that is no text does not break a button", () => {
  const half = { action: "account", skuCode: "ML_86", playerId: "\ud800", zoneId: "" } as const;
  assert.equal(decodeCustomId(encodeCustomId(half))?.action, "account");
});

test("what we did not write is not read", () => {
  for (const text of [
    "",
    "v1",
    "v0:status:ABC",
    "status:ABC",
    "v1:refund:ABC",
    "v1:pay:q1",
    "v1:pay:q1:dana",
    "v1:status:%E0%A4%A",
    "v1:toString:x",
  ]) {
    assert.equal(decodeCustomId(text), undefined, text);
  }
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void decodeCustomId(text)));
});
