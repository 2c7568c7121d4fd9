import assert from "node:assert/strict";
import { test } from "node:test";
import { hold } from "./specification.ts";

test("a field that Discord does not name is found, also deep within", () => {
  const exchange = { status: 200, received: undefined };
  const messages = { ...exchange, route: "POST /discord/api/v10/channels/1/messages" };
  const callback = { ...exchange, route: "POST /discord/api/v10/interactions/1/t/callback" };
  const odd = [
    { ...messages, sent: { content: "x", ephemeral: true } },
    { ...messages, sent: { embeds: [{ title: "x", colour: 1 }] } },
    { ...messages, sent: { embeds: [{ fields: [{ name: "a", value: "b", inlined: true }] }] } },
    { ...callback, sent: { type: 5, data: { flags: 64, ephemeral: true } } },
    { ...callback, sent: { type: 8, data: { choices: [{ name: "a", value: "b", hint: "c" }] } } },
  ];
  for (const one of odd) {
    hold(one);
    assert.throws(() => hold(one, { strictly: true }), JSON.stringify(one.sent));
  }
  hold({ ...messages, sent: { content: "x", nonce: "1" } }, { strictly: true });
  assert.throws(() => hold({ ...messages, route: "POST /discord/api/v10/nowhere", sent: {} }));
});
