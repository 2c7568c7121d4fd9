/** What VIP Reseller's answers mean for an account: told by the simulator, and by texts it may send. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import { startSimulators } from "../../../simulators/world.ts";
import { getJson, postJson } from "../../../test/json.ts";
import { createSandboxClock } from "../../platform/clock.ts";
import type { GameAccount } from "../game.ts";
import { createVipResellerChecker } from "./vip-reseller.ts";

const diamonds: GameAccount = { gameCode: "ML", playerId: "123456789", zoneId: "2001" };
const fire: GameAccount = { gameCode: "FF", playerId: "987654321" };

async function openReseller(t: TestContext) {
  const clock = createSandboxClock({});
  const simulators = await startSimulators({ port: 0, clock, randomBytes, storeUrl: "" });
  t.after(() => simulators.close());
  const { base_url, api_id, api_key } = simulators.parties.vip_reseller;
  const credentials = { baseUrl: base_url, apiId: api_id, apiKey: api_key };
  return {
    checker: createVipResellerChecker({ clock, fetch }, credentials),
    async breaks(fault: string) {
      const url = `${simulators.url}/vip-reseller/_control/faults`;
      await postJson(url, { operation: "get-nickname", fault });
    },
    async lookups(): Promise<string[]> {
      type Books = { lookups: { code: string; result: string }[] };
      const { lookups } = await getJson<Books>(`${simulators.url}/vip-reseller/_books`);
      return lookups.map((one) => `${one.code} ${one.result}`);
    },
  };
}

/** A checker that is told these in turn, and the codes it asked by. */
function checkerThatHears(...bodies: object[]) {
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const codes: (string | null)[] = [];
  const fetch = async (_url: string | URL | Request, init?: RequestInit) => {
    codes.push(new URLSearchParams(String(init?.body)).get("code"));
    return Response.json(bodies[codes.length - 1]);
  };
  const credentials = { baseUrl: "http://vip.test/api", apiId: "i", apiKey: "k" };
  return { checker: createVipResellerChecker({ clock, fetch }, credentials), codes, clock };
}

test("every game's example account is found; Mobile Legends with its country", async (t) => {
  const { checker, lookups } = await openReseller(t);
  const accounts: GameAccount[] = [
    diamonds,
    fire,
    { gameCode: "PUBG", playerId: "5123456789" },
    { gameCode: "GENSHIN", playerId: "812345678", zoneId: "os_asia" },
    { gameCode: "VALORANT", playerId: "Nama Demo#ID1" },
  ];
  for (const gameAccount of accounts) {
    const answer = await checker.check(gameAccount);
    assert.ok(answer.outcome === "found" && answer.nickname.length > 3, gameAccount.gameCode);
    assert.equal(answer.country?.code, gameAccount.gameCode === "ML" ? "ID" : undefined);
  }
  assert.deepEqual(await lookups(), [
    "mobile-legends-region found",
    ...["free-fire found", "pubgm found", "genshin-impact found", "valorant found"],
  ]);
});

test("an account of another country is found there", async (t) => {
  const { checker } = await openReseller(t);
  const answer = await checker.check({ ...diamonds, playerId: "451234567" });
  assert.ok(answer.outcome === "found");
  assert.deepEqual(answer.country, { code: "MY", name: "Malaysia" });
});

test("not found, down, and refused for our own sake are told apart", async (t) => {
  const { checker, breaks } = await openReseller(t);
  const missing = { ...diamonds, playerId: "404123456" };
  assert.deepEqual(await checker.check(missing), { outcome: "not_found" });
  await breaks("http_503");
  assert.deepEqual(await checker.check(fire), { outcome: "unavailable", why: "HTTP 503" });
  await breaks("ip_refused");
  assert.equal((await checker.check(fire)).outcome, "unavailable");
});

test("with too little balance to ask for the region, the nickname is asked for alone", async (t) => {
  const { checker, breaks, lookups } = await openReseller(t);
  const before = await checker.check(diamonds);
  await breaks("low_balance");
  const after = await checker.check(diamonds);
  assert.deepEqual(after, { ...before, country: undefined });
  assert.deepEqual((await lookups()).slice(1), [
    "mobile-legends-region refused",
    "mobile-legends found",
  ]);
});

test("after ten seconds without an answer nobody can tell", async (t) => {
  const { checker, breaks, lookups } = await openReseller(t);
  await breaks("hang");
  const startedAt = Date.now();
  const answer = await checker.check(diamonds);
  const tookMs = Date.now() - startedAt;
  assert.deepEqual(answer, { outcome: "unavailable", why: "TimeoutError" });
  assert.ok(tookMs >= 9_900 && tookMs < 11_500, `it took ${tookMs} ms`);
  assert.equal((await lookups()).length, 1, "and it is not asked again");
});

test("a second question has only what the first left of the ten seconds", async () => {
  const lacking = { result: false, data: null, message: "Saldo tidak cukup" };
  const { checker, codes, clock } = checkerThatHears(lacking, { result: true, data: "Elang" });
  const answer = checker.check(diamonds);
  clock.advance(10_000);
  assert.deepEqual(await answer, { outcome: "unavailable", why: "too late to send" });
  assert.deepEqual(codes, ["mobile-legends-region"]);
});

test("only words about the account mean that there is none", async () => {
  const refused = async (message: string | null) => {
    const body = { result: false, data: null, message };
    return (await checkerThatHears(body, body).checker.check(diamonds)).outcome;
  };
  for (const message of ["Nickname tidak ditemukan.", "User not found", "ID atau zone salah"]) {
    assert.equal(await refused(message), "not_found", message);
  }
  for (const message of [
    ...["IP tidak terdaftar di whitelist", "API key tidak valid", "Sign salah"],
    ...["Saldo minimal 100.000", "Balance is not enough", "Sistem sibuk", "", null],
  ]) {
    assert.equal(await refused(message), "unavailable", String(message));
  }
});

test("a country is read in any case, and one without a code is none", async () => {
  const told = async (country: unknown) => {
    const body = { result: true, data: " Elang ", message: "Success.", country };
    const answer = await checkerThatHears(body).checker.check(diamonds);
    assert.ok(answer.outcome === "found");
    assert.equal(answer.nickname, "Elang");
    return answer.country;
  };
  assert.deepEqual(await told({ code: "id", name: "Indonesia" }), {
    ...{ code: "ID", name: "Indonesia" },
  });
  assert.deepEqual(await told({ code: "MY", name: " " }), { code: "MY", name: "MY" });
  for (const none of [undefined, null, {}, { code: "", name: "" }, "ID"]) {
    assert.equal(await told(none), undefined);
  }
});
