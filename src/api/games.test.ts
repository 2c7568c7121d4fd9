/** The seed's four routes, over HTTP, with the seed's catalog. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openWorld } from "../../test/world.ts";

async function openApi(t: TestContext) {
  const world = await openWorld(t, { seed: 11 });
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${world.url}/api/v1/game/${path}`, init);
    const type = response.headers.get("content-type") ?? "";
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, type, retryAfter, body: JSON.parse(await response.text()) };
  };
  const validate = (body: unknown, headers: Record<string, string> = {}) =>
    call("validate", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { world, call, validate };
}

test("the categories are the five games of the seed, in its order", async (t) => {
  const { call } = await openApi(t);
  const { status, body } = await call("categories");
  assert.equal(status, 200);
  assert.equal(body.success, true);
  assert.deepEqual(
    body.data.map(({ name, code, icon }: Record<string, string>) => [code, name, icon]),
    [
      ["ML", "Mobile Legends", "🎮"],
      ["FF", "Free Fire", "🔥"],
      ["PUBG", "PUBG Mobile", "🎯"],
      ["GENSHIN", "Genshin Impact", "⚔️"],
      ["VALORANT", "Valorant", "🎪"],
    ],
  );
});

test("the products of a game have prices in whole rupiah and what can be sold now", async (t) => {
  const { call, world } = await openApi(t);
  const { body } = await call("products/ML");
  assert.equal(body.success, true);
  assert.deepEqual(
    body.data.map(({ code, price, stock }: Record<string, unknown>) => [code, price, stock]),
    [
      ["ML_86", 20_000, 100],
      ["ML_172", 40_000, 100],
      ["ML_257", 60_000, 100],
      ["ML_344", 80_000, 100],
      ["ML_429", 100_000, 100],
    ],
  );
  assert.deepEqual(Object.keys(body.data[0]).sort(), [
    ...["code", "description", "id", "name", "price", "stock"],
  ]);
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const [reserved] = (await call("products/ML")).body.data;
  assert.equal(reserved.stock, 99, "what is reserved cannot be sold again");
});

test("a price list is lines ready for Discord, for a code in any case", async (t) => {
  const { call } = await openApi(t);
  for (const code of ["ml", "ML", "Ml", "%20ml%20"]) {
    assert.deepEqual((await call(`price/${code}`)).body, {
      success: true,
      game: "Mobile Legends",
      prices: [
        "• 86 Diamond: Rp 20.000",
        "• 172 Diamond: Rp 40.000",
        "• 257 Diamond: Rp 60.000",
        "• 344 Diamond: Rp 80.000",
        "• 429 Diamond: Rp 100.000",
      ],
    });
  }
});

test("an unknown game is a problem that names the games there are", async (t) => {
  const { call, validate } = await openApi(t);
  const answers = [
    await call("price/dota"),
    await call("products/dota"),
    await call("price/%00"),
    await validate({ game_code: "dota", user_id: "1" }),
  ];
  for (const { status, type, body } of answers) {
    assert.equal(status, 404);
    assert.match(type, /^application\/problem\+json/);
    assert.equal(body.code, "game.unknown");
    assert.equal(body.status, 404);
    assert.match(body.detail, /ML, FF, PUBG, GENSHIN, VALORANT/);
    assert.match(body.request_id, /^[0-9a-f-]{36}$/);
  }
});

test("a known account has its nickname, an unknown one is not valid", async (t) => {
  const { validate, world } = await openApi(t);
  const known = await validate({ game_code: "ml", user_id: "123456789", server_id: "2001" });
  assert.equal(known.status, 200);
  assert.equal(known.body.is_valid, true);
  assert.equal(known.body.user_id, "123456789");
  assert.equal(known.body.server_id, "2001");
  assert.ok(known.body.nickname.length > 0);

  await world.breaks("vip-reseller", "get-nickname", "not_found");
  const unknown = await validate({ game_code: "ML", user_id: "123456780", server_id: "2001" });
  assert.deepEqual(unknown.body, {
    user_id: "123456780",
    server_id: "2001",
    is_valid: false,
    message: "Akun tidak ditemukan",
  });
});

test("a check that is down does not call the account wrong", async (t) => {
  const { validate, world } = await openApi(t);
  await world.breaks("vip-reseller", "get-nickname", "http_503");
  const { status, body } = await validate({ game_code: "FF", user_id: "987654321" });
  assert.equal(status, 200);
  assert.match(body.message, /gangguan/);
  assert.doesNotMatch(body.message, /tidak ditemukan/);
});

test("an account of another region is not valid, and the answer says which is", async (t) => {
  const { validate } = await openApi(t);
  const account = { game_code: "ML", user_id: "451234567 (2001)" };
  const { status, body } = await validate(account);
  assert.equal(status, 200);
  assert.equal(body.is_valid, false);
  assert.match(body.message, /region Malaysia.*akun region Indonesia/s);
  const english = await validate(account, { "accept-language": "en" });
  assert.match(english.body.message, /from the region Malaysia.*region Indonesia/s);
});

test("who checks too much is told when to come back, and what is known stays free", async (t) => {
  const { validate, world } = await openApi(t);
  const check = (id: number) => validate({ game_code: "FF", user_id: String(id) });
  for (let id = 0; id < 60; id++) assert.equal((await check(10_000_000 + id)).status, 200);
  await world.advance({ seconds: 20 });
  const refused = await check(99_999_999);
  assert.equal(refused.status, 429);
  assert.match(refused.type, /^application\/problem\+json/);
  assert.equal(refused.retryAfter, "40");
  assert.equal(refused.body.code, "check.too_many");
  assert.match(refused.body.detail, /Coba lagi dalam 40 detik/);
  assert.equal((await check(10_000_000)).body.is_valid, true);
  await world.advance({ seconds: 40 });
  assert.equal((await check(99_999_999)).body.is_valid, true);
});

test("an account that cannot be one is not asked about, and the answer says what to write", async (t) => {
  const { validate, world } = await openApi(t);
  const zone = await validate({ game_code: "ML", user_id: "123456789", server_id: "ID" });
  assert.equal(zone.body.is_valid, false);
  assert.match(zone.body.message, /"ID" kami baca sebagai region Indonesia.*Zone ID.*2001/s);
  const missing = await validate(
    { game_code: "ML", user_id: "123456789" },
    { "accept-language": "en-GB" },
  );
  assert.match(missing.body.message, /Zone ID is missing. Example: 2001/);
  const { lookups } = await world.books<{ lookups: unknown[] }>("vip-reseller");
  assert.deepEqual(lookups, []);
});

test("a body that is wrong is a problem that names the field", async (t) => {
  const { validate } = await openApi(t);
  for (const [body, param] of [
    [{ user_id: "1" }, "game_code"],
    [{ game_code: "ML" }, "user_id"],
    [{ game_code: "ML", user_id: 123_456_789 }, "user_id"],
    [{ game_code: "ML", user_id: "" }, "user_id"],
    [{ game_code: "ML", user_id: "1".repeat(101) }, "user_id"],
    [{ game_code: "ML", user_id: "1", server_id: { a: 1 } }, "server_id"],
  ] as const) {
    const answer = await validate(body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.match(answer.type, /^application\/problem\+json/);
    assert.equal(answer.body.code, "input.invalid");
    assert.equal(answer.body.param, param);
    assert.match(answer.body.detail, new RegExp(param));
  }
  for (const body of ["{", "", "null", '"text"', "[]"]) {
    const answer = await validate(body);
    assert.equal(answer.status, 400, body);
    assert.match(answer.type, /^application\/problem\+json/);
    assert.equal(answer.body.status, 400);
  }
});

test("a path that is not there is a problem too, and says nothing of its query", async (t) => {
  const { call } = await openApi(t);
  const { status, type, body } = await call("secrets?key=hidden");
  assert.equal(status, 404);
  assert.match(type, /^application\/problem\+json/);
  assert.equal(body.code, "route.unknown");
  assert.doesNotMatch(JSON.stringify(body), /hidden/);
});

test("no two requests are named alike, and their names are ids like any other", async (t) => {
  const { call } = await openApi(t);
  const names = new Set<string>();
  for (let count = 0; count < 20; count++) {
    const { body } = await call("price/dota");
    assert.match(body.request_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    names.add(body.request_id);
  }
  assert.equal(names.size, 20);
});
