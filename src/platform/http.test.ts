/** What a call to an outside party may conclude, with real sockets. */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { createSandboxClock } from "./clock.ts";
import { callParty, type PartyRequest, parseJson } from "./http.ts";
import { createPartyFetch } from "./party-fetch.ts";

const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const send = (url: string, request: Partial<PartyRequest> = {}) =>
  callParty(
    { clock, fetch: createPartyFetch({ clock }) },
    { method: "GET", url, timeoutMs: 5_000, ...request },
  );

async function listen(t: TestContext, handler: RequestListener) {
  const server = createServer(handler);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

test("an answer is an answer whatever its status, and its bytes are kept as they came", async (t) => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const url = await listen(t, (_request, response) => response.writeHead(503).end(bytes));
  assert.deepEqual(await send(url), { kind: "answer", status: 503, body: bytes });
});

test("a redirect is an answer, not an invitation", async (t) => {
  let calls = 0;
  const url = await listen(t, (_request, response) => {
    calls += 1;
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  const answer = await send(url, { method: "POST", body: "secret" });
  assert.equal(answer.kind === "answer" && answer.status, 302);
  assert.equal(calls, 1);
});

test("nobody there: nothing was sent", async (t) => {
  const url = await listen(t, () => {});
  const closed = new URL(url);
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  await new Promise<unknown>((done) => server.close(done));
  assert.ok(typeof address === "object" && address !== null);
  closed.port = String(address.port);
  assert.deepEqual(await send(closed.href), { kind: "not_sent", why: "ECONNREFUSED" });
});

test("a connection that broke after it was made leaves everything unknown", async (t) => {
  const before = await listen(t, (request) => request.socket.destroy());
  assert.equal((await send(before, { method: "POST", body: "{}" })).kind, "unknown");
  const during = await listen(t, (request, response) => {
    response.writeHead(200, { "content-length": 100 }).write("half");
    setTimeout(() => request.socket.destroy(), 20);
  });
  assert.equal((await send(during)).kind, "unknown");
});

test("an answer that does not come in time leaves everything unknown", async (t) => {
  const url = await listen(t, () => {});
  const answer = await send(url, { timeoutMs: 50 });
  assert.deepEqual(answer, { kind: "unknown", why: "TimeoutError" });
});

test("a worker that was paused does not act late", async (t) => {
  let calls = 0;
  const url = await listen(t, (_request, response) => {
    calls += 1;
    response.end();
  });
  assert.equal((await send(url, { sendBy: clock.now() })).kind, "not_sent");
  assert.equal(calls, 0);
  const inTime = new Date(clock.now().getTime() + 1);
  assert.equal((await send(url, { sendBy: inTime })).kind, "answer");
});

test("what is no JSON is nothing, not an error", () => {
  assert.deepEqual(parseJson(Buffer.from('{"a":1}')), { a: 1 });
  const odd = Buffer.from('{"sn":"S\\u00001","half":"\\ud800"}');
  assert.deepEqual(parseJson(odd), { sn: "S\ufffd1", half: "\ufffd" }, "the database keeps it");
  for (const text of ["", "<html>", "{", "{'a':1}"]) {
    assert.equal(parseJson(Buffer.from(text)), undefined);
  }
});
