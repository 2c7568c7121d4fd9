/** VIP Reseller's documented rules, each shown over HTTP. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { digest, openWorld, read, type World } from "../test-world.ts";

async function ask(world: World, fields: Record<string, string>, signal?: AbortSignal) {
  const { base_url, api_id, api_key } = world.parties().vip_reseller;
  const sign = digest("md5", api_id + api_key);
  const body = new URLSearchParams({ key: api_key, sign, type: "get-nickname", ...fields });
  const init = { method: "POST", body };
  const url = `${base_url}/game-feature`;
  return read(await fetch(url, signal === undefined ? init : { ...init, signal }));
}

test("the constant signature follows the documented vector", () => {
  const sign = digest("md5", "DEMOID01DEMOKEY-abcdefghijklmnopqrstuvwxyz");
  assert.equal(sign, "3d2590e8659915b84194e659eeec41f5");
});

test("each game has a nickname, the same one every time", async (t) => {
  const world = await openWorld(t);
  const lookups = [
    { code: "mobile-legends", target: "123456789", additional_target: "2001" },
    { code: "free-fire", target: "987654321" },
    { code: "pubgm", target: "5123456789" },
    { code: "valorant", target: "Nama Demo#ID1" },
    { code: "genshin-impact", target: "812345678", additional_target: "os_asia" },
  ];
  for (const lookup of lookups) {
    const { status, body } = await ask(world, lookup);
    assert.equal(status, 200);
    assert.deepEqual({ ...body, data: "" }, { result: true, data: "", message: "Success." });
    assert.match(body.data, /^[\w. ]{5,}$/);
    assert.equal((await ask(world, lookup)).body.data, body.data);
  }
  const { lookups: kept } = (await world.books("vip-reseller")).body;
  assert.equal(kept.length, 10);
  assert.deepEqual(kept[2], {
    ...{ code: "free-fire", target: "987654321", additional_target: "" },
    ...{ result: "found", at: "2026-01-01T03:00:00.000Z" },
  });
});

test("everything refused is HTTP 200 with result false and no data", async (t) => {
  const world = await openWorld(t);
  const free = { code: "free-fire", target: "987654321" };
  const refused = [
    { ...free, sign: "0".repeat(32) },
    { ...free, key: "somebody" },
    { ...free, type: "order" },
    { ...free, code: "honor-of-kings" },
    { code: "mobile-legends", target: "123456789" },
    { code: "genshin-impact", target: "812345678" },
    { code: "free-fire", target: "404123456" },
    { code: "free-fire", target: "letters" },
  ];
  for (const fields of refused) {
    const { status, body } = await ask(world, fields);
    assert.equal(status, 200);
    assert.equal(body.result, false);
    assert.equal(body.data, null);
  }
});

test("the region code also tells the country; the nickname is the same by both", async (t) => {
  const world = await openWorld(t);
  const lookup = async (code: string, target: string) =>
    (await ask(world, { code, target, additional_target: "2001" })).body;
  const plain = await lookup("mobile-legends", "123456789");
  assert.equal(plain.country, undefined);
  const indonesia = { code: "ID", name: "Indonesia" };
  const regional = await lookup("mobile-legends-region", "123456789");
  assert.deepEqual(regional, { ...plain, country: indonesia });
  const malaysia = { code: "MY", name: "Malaysia" };
  assert.deepEqual((await lookup("mobile-legends-region", "451234567")).country, malaysia);
});

test("a low balance refuses the region code only", async (t) => {
  const world = await openWorld(t);
  const account = { target: "123456789", additional_target: "2001" };
  await world.faults("vip-reseller", "get-nickname", "low_balance");
  assert.equal((await ask(world, { code: "mobile-legends", ...account })).body.result, true);
  const refused = await ask(world, { code: "mobile-legends-region", ...account });
  assert.deepEqual([refused.body.result, refused.body.data], [false, null]);
  assert.match(refused.body.message, /Saldo/);
  assert.equal((await ask(world, { code: "mobile-legends-region", ...account })).body.result, true);
});

test("an id starting with 503 finds the look-up down, in HTML", async (t) => {
  const reply = await ask(await openWorld(t), { code: "free-fire", target: "503123456" });
  assert.equal(reply.status, 503);
  assert.match(reply.text, /^<html>/);
});

test("a look-up can be down, hang, find nobody or not know our address", async (t) => {
  const world = await openWorld(t);
  const lookup = { code: "free-fire", target: "987654321" };
  await world.faults("vip-reseller", "get-nickname", "http_503");
  assert.equal((await ask(world, lookup)).status, 503);
  await world.faults("vip-reseller", "get-nickname", "hang");
  await assert.rejects(ask(world, lookup, AbortSignal.timeout(200)));
  await world.faults("vip-reseller", "get-nickname", "not_found");
  assert.match((await ask(world, lookup)).body.message, /tidak ditemukan/);
  await world.faults("vip-reseller", "get-nickname", "ip_refused");
  assert.match((await ask(world, lookup)).body.message, /^IP /);
  assert.equal((await ask(world, lookup)).body.result, true);
});

test("the profile is for who has the key, from an address that is known", async (t) => {
  const world = await openWorld(t);
  const { base_url, api_id, api_key } = world.parties().vip_reseller;
  const profile = async (sign: string) => {
    const body = new URLSearchParams({ key: api_key, sign });
    return read(await fetch(`${base_url}/profile`, { method: "POST", body }));
  };
  const sign = digest("md5", api_id + api_key);
  const { body } = await profile(sign);
  assert.equal(body.result, true);
  assert.equal(typeof body.data.username, "string");
  assert.equal(typeof body.data.balance, "number");
  const refused = await profile("0".repeat(32));
  assert.deepEqual([refused.status, refused.body.result, refused.body.data], [200, false, null]);
  await world.faults("vip-reseller", "profile", "ip_refused");
  assert.match((await profile(sign)).body.message, /^IP /);
  await world.faults("vip-reseller", "profile", "http_503");
  assert.equal((await profile(sign)).status, 503);
});
