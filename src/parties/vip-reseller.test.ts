/** What VIP Reseller and we must agree on, by vectors computed outside this code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "../platform/clock.ts";
import vectors from "./vectors.json" with { type: "json" };
import { createVipResellerClient, vipResellerSign } from "./vip-reseller.ts";

const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const [demo] = vectors.vip_reseller;
assert.ok(demo);
const { api_id: apiId, api_key: apiKey } = demo;

function clientThatHears(answer: () => Response | Promise<never>) {
  const forms: Record<string, string>[] = [];
  const fetch = async (_url: string | URL | Request, init?: RequestInit) => {
    forms.push(Object.fromEntries(new URLSearchParams(String(init?.body))));
    return answer();
  };
  const credentials = { baseUrl: "http://vip.test/api", apiId, apiKey };
  return { client: createVipResellerClient({ clock, fetch }, credentials), forms };
}

const deadline = new Date("2026-11-23T03:00:10Z");
const query = { code: "valorant", target: "Nama Demo#ID1", additionalTarget: undefined, deadline };

test("the sign is the same for every call: id and key", () => {
  for (const { api_id, api_key, sign } of vectors.vip_reseller) {
    assert.equal(vipResellerSign({ apiId: api_id, apiKey: api_key }), sign);
  }
});

test("a nickname is asked for by form, where # and blanks survive", async () => {
  const { client, forms } = clientThatHears(() =>
    Response.json({ result: true, data: "Budi", message: "Success." }),
  );
  assert.deepEqual(await client.getNickname(query), {
    kind: "answer",
    result: true,
    data: "Budi",
    message: "Success.",
    country: undefined,
  });
  const target = { target: "1", additionalTarget: "2001", deadline };
  await client.getNickname({ code: "mobile-legends", ...target });
  const common = { key: apiKey, sign: demo?.sign, type: "get-nickname" };
  assert.deepEqual(forms, [
    { ...common, code: "valorant", target: "Nama Demo#ID1" },
    { ...common, code: "mobile-legends", target: "1", additional_target: "2001" },
  ]);
});

test("an answer that is none says nothing about the account", async () => {
  const answers: (() => Response | Promise<never>)[] = [
    () => new Response("<html>", { status: 503 }),
    () => Response.json({ result: "true", data: "Budi" }),
    () => Promise.reject(new DOMException("timed out", "TimeoutError")),
  ];
  for (const answer of answers) {
    const { client } = clientThatHears(answer);
    assert.equal((await client.getNickname(query)).kind, "unavailable");
  }
});

test("the country is read where there is one, and a strange one is none", async () => {
  for (const [given, read] of [
    [
      { code: "MY", name: "Malaysia" },
      { code: "MY", name: "Malaysia" },
    ],
    [null, undefined],
    ["MY", undefined],
    [{ code: 60 }, undefined],
  ] as const) {
    const body = { result: true, data: "Budi", message: "Success.", country: given };
    const { client } = clientThatHears(() => Response.json(body));
    const answer = await client.getNickname(query);
    assert.ok(answer.kind === "answer");
    assert.deepEqual(answer.country, read);
  }
});

test("nothing is asked when nobody waits for the answer any more", async () => {
  const { client, forms } = clientThatHears(() => Response.json({ result: true, data: "Budi" }));
  const answer = await client.getNickname({ ...query, deadline: clock.now() });
  assert.deepEqual(answer, { kind: "unavailable", why: "too late to send" });
  assert.deepEqual(forms, []);
});
