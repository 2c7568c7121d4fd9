/** Whatever is sent to the shop, it answers with words for the sender: no fault, no stack trace. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scale } from "../../test/database.ts";
import { openWorld } from "../../test/world.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_123);
const numRuns = scale({ short: 150, long: 3_000 });

// What people and programs send by mistake, and what others send on purpose.
const nasty = fc.oneof(
  fc.constantFrom(
    ...[
      "",
      " ",
      "\u0000",
      "%00",
      "..%2f..%2fetc%2fpasswd",
      "%ff",
      "%E0%A4%A",
      "'; drop table orders; --",
    ],
    ...[
      "ml\u0000",
      "null",
      "undefined",
      "NaN",
      "-1",
      "0",
      "1e309",
      "9007199254740993",
      "__proto__",
    ],
    ...[
      "constructor",
      "\ud800",
      "\u202e1234",
      "１２３４５６７８９",
      "🎮".repeat(50),
      "a".repeat(5_000),
    ],
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const value = fc.oneof(nasty, fc.integer(), fc.double(), fc.constantFrom(null, true, {}, [], [[]]));
const json = fc.oneof(
  fc.record(
    { game_code: fc.oneof(fc.constantFrom("ML", "ff"), value), user_id: value, server_id: value },
    { requiredKeys: [] },
  ),
  fc.record({ advance_seconds: fc.oneof(fc.constant(-1), fc.double(), nasty) }),
  fc.jsonValue(),
);
const body = fc.oneof(
  json.map((sent) => JSON.stringify(sent) ?? ""),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("{", '{"game_code":', "[".repeat(10_000), "\ufeff{}", '{"__proto__":{"a":1}}'),
);
const contentType = fc.constantFrom(
  ...["application/json", "application/json; charset=latin1", "text/plain", "application/xml", ""],
  ...["multipart/form-data", "application/x-www-form-urlencoded", "nonsense"],
);
const encoded = nasty.map((text) => encodeURIComponent(text.toWellFormed()));
const part = fc.oneof(encoded, fc.constantFrom("%00", "%ff", "%E0%A4%A", "..%2f..%2fetc%2fpasswd"));
const get = fc
  .tuple(
    fc.constantFrom(
      ...["/api/v1/game/products/", "/api/v1/game/price/", "/api/v1/game/", "/api/v1/", "/pay/"],
      ...["/order/", "/pages/", "/playground/", "/api/v1/game/price/ml?", "/"],
    ),
    part,
    fc.constantFrom("", "/qr.png", "/events", "?lang=en", "?limit=-1", "?cursor=x&cursor=y"),
  )
  .map(([path, id, rest]) => ({ path: path + id + rest, init: {} }));
const post = fc
  .record({
    path: fc.constantFrom(
      ...["/api/v1/game/validate", "/webhooks/midtrans", "/webhooks/digiflazz", "/sandbox/clock"],
    ),
    body,
    contentType,
    signature: fc.constantFrom("", "sha1=", "sha1=00", "sha1=zz", "x".repeat(1_000)),
  })
  .map((sent) => ({
    path: sent.path,
    init: {
      method: "POST",
      body: sent.body,
      headers: { "content-type": sent.contentType, "x-hub-signature": sent.signature },
    },
  }));

test("whatever is sent, the answer is no fault and has no stack trace", async (t) => {
  const world = await openWorld(t, { seed: 12 });
  const before = world.clock.now();
  await fc.assert(
    fc.asyncProperty(fc.oneof(get, post), async ({ path, init }) => {
      const response = await fetch(world.url + path, { ...init, redirect: "manual" });
      const text = await response.text();
      assert.ok(response.status < 500, `${response.status} ${text}`);
      assert.doesNotMatch(text, /\.(?:ts|js):\d+|\bat [\w.<>]+ \(|node_modules|select .* from/);
      if (response.status >= 400 && path.startsWith("/api/")) {
        assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
        const problem = JSON.parse(text);
        assert.equal(problem.status, response.status);
        assert.match(problem.code, /^[a-z_.]+$/);
      }
    }),
    { seed, numRuns },
  );
  assert.equal((await fetch(`${world.url}/readyz`)).status, 200);
  assert.ok(world.clock.now() >= before);
  const orders = await world.db.selectFrom("orders").select("id").execute();
  assert.deepEqual(orders, []);
});
