/** What was sent and what was not, at real sockets. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { cert, key } from "../../test/certificate.ts";
import { type Clock, createSandboxClock } from "./clock.ts";
import { callParty, type PartyRequest } from "./http.ts";
import { createPartyFetch } from "./party-fetch.ts";

const noon = new Date("2026-11-23T05:00:00Z");
const inOneSecond = new Date(noon.getTime() + 1_000);
const buy = { method: "POST", body: "buy" } as const;
const timeoutMs = 5_000;

function openClient(clock: Clock = createSandboxClock({ frozenAt: noon })) {
  const deps = { clock, fetch: createPartyFetch({ clock }) };
  return (url: string, request: Partial<PartyRequest> = {}) =>
    callParty(deps, { method: "GET", url, timeoutMs, ...request });
}

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A party that does with each connection what the test says, and keeps what it received. */
async function openParty(t: TestContext, act: (socket: Socket, connection: number) => void) {
  const received: string[] = [];
  const server = createServer((socket) => {
    const connection = received.push("") - 1;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received[connection] += chunk.toString();
    });
    t.after(() => socket.destroy());
    act(socket, connection);
  });
  return { url: `http://127.0.0.1:${await listen(t, server)}/`, received };
}

/** A party with TLS whose handshake waits for `before`; says what requests it understood. */
async function openSecureParty(t: TestContext, before: (socket: Socket) => boolean) {
  const requests: string[] = [];
  const inner = createTlsServer({ key, cert }, (request, response) => {
    requests.push(`${request.method}`);
    response.end("{}");
  });
  inner.on("tlsClientError", () => {});
  t.after(() => inner.closeAllConnections());
  const outer = createServer((socket) => {
    socket.on("error", () => {});
    t.after(() => socket.destroy());
    if (before(socket)) inner.emit("connection", socket);
  });
  return { url: `https://127.0.0.1:${await listen(t, outer)}/`, requests };
}

function trustTestCertificate(t: TestContext) {
  const usual = getCACertificates("default");
  setDefaultCACertificates([...usual, cert]);
  t.after(() => setDefaultCACertificates(usual));
}

const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const count = (word: string) => (text: string) => text.split(word).length - 1;

test("a connection that took too long to make carries nothing", async (t) => {
  trustTestCertificate(t);
  const clock = createSandboxClock({ frozenAt: noon });
  const party = await openSecureParty(t, () => {
    clock.advance(1_000);
    return true;
  });
  const send = openClient(clock);
  const late = await send(party.url, { ...buy, sendBy: inOneSecond });
  assert.deepEqual(late, { kind: "not_sent", why: "too late to send" });
  assert.deepEqual(party.requests, []);
  const later = new Date(noon.getTime() + 2_001);
  assert.equal((await send(party.url, { ...buy, sendBy: later })).kind, "answer");
  assert.deepEqual(party.requests, ["POST"]);
});

test("a worker that was paused while its connection was made sends nothing", async (t) => {
  let asked = 0;
  const clock: Clock = {
    // Before it connects it is in time; when the connection stands, an hour has gone by.
    now: () => (asked++ === 0 ? noon : new Date(noon.getTime() + 3_600_000)),
    sleep: () => assert.fail("nothing waits"),
  };
  const party = await openParty(t, () => {});
  const late = await openClient(clock)(party.url, { ...buy, sendBy: inOneSecond });
  assert.deepEqual(late, { kind: "not_sent", why: "too late to send" });
  assert.equal(asked, 2);
  assert.equal(party.received.join(""), "");
});

test("a worker that was paused before it used a kept connection sends nothing", async (t) => {
  let inTime = 2;
  const clock: Clock = {
    now: () => (inTime-- > 0 ? noon : inOneSecond),
    sleep: () => assert.fail("nothing waits"),
  };
  const send = openClient(clock);
  const party = await openParty(t, (socket) => socket.on("data", () => socket.write(answer)));
  assert.equal((await send(party.url, { ...buy, sendBy: inOneSecond })).kind, "answer");
  inTime = 1;
  assert.equal((await send(party.url, { ...buy, sendBy: inOneSecond })).kind, "not_sent");
  assert.deepEqual(party.received.map(count("buy")), [1]);
});

test("a party is asked by 32 at once at most, and what waited too long for its turn was not sent", async (t) => {
  const clock = createSandboxClock({ frozenAt: noon });
  const sockets: Socket[] = [];
  const party = await openParty(t, (socket) => sockets.push(socket));
  const send = openClient(clock);
  const asked = Array.from({ length: 40 }, () => send(party.url, { ...buy, sendBy: inOneSecond }));
  while (party.received.filter(count("buy")).length < 32) await new Promise(setImmediate);
  assert.equal(sockets.length, 32);
  clock.advance(1_000);
  for (const socket of sockets) socket.write(answer);
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
  assert.deepEqual(
    [
      kinds.filter((kind) => kind === "answer").length,
      kinds.filter((kind) => kind === "not_sent").length,
    ],
    [32, 8],
  );
  assert.equal(
    party.received.map(count("buy")).reduce((sum, one) => sum + one),
    32,
  );
});

test("whoever waits for their turn is asked over a connection that stands, and all are answered", async (t) => {
  trustTestCertificate(t);
  const plain = await openParty(t, (socket) => socket.on("data", () => socket.write(answer)));
  const secure = await openSecureParty(t, () => true);
  for (const url of [plain.url, secure.url]) {
    const send = openClient();
    const began = performance.now();
    const asked = await Promise.all(Array.from({ length: 200 }, () => send(url, buy)));
    assert.deepEqual(new Set(asked.map(({ kind }) => kind)), new Set(["answer"]));
    assert.ok(performance.now() - began < timeoutMs, "nobody waited for a time-out");
  }
  assert.equal(plain.received.length, 32);
});

test("whoever cannot prove who they are is sent nothing", async (t) => {
  const party = await openSecureParty(t, () => true);
  assert.deepEqual(await openClient()(party.url, buy), {
    kind: "not_sent",
    why: "DEPTH_ZERO_SELF_SIGNED_CERT",
  });
  assert.deepEqual(party.requests, []);
});

test("a connection that breaks before it stands carried nothing", async (t) => {
  const reset = await openSecureParty(t, (socket) => {
    socket.resetAndDestroy();
    return false;
  });
  assert.deepEqual(await openClient()(reset.url, buy), { kind: "not_sent", why: "ECONNRESET" });
  const silent = await openSecureParty(t, () => false);
  const waited = await openClient()(silent.url, { ...buy, timeoutMs: 50 });
  assert.deepEqual(waited, { kind: "not_sent", why: "TimeoutError" });
});

test("a connection that breaks after the write leaves everything unknown", async (t) => {
  const half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
  for (const said of ["", "HTTP/1.1 20", half, "nonsense\r\n\r\n"]) {
    const party = await openParty(t, (socket) => socket.once("data", () => socket.end(said)));
    assert.equal((await openClient()(party.url, buy)).kind, "unknown", said);
    assert.deepEqual(party.received.map(count("buy")), [1]);
  }
  const reset = await openParty(t, (socket) => socket.once("data", () => socket.resetAndDestroy()));
  assert.deepEqual(await openClient()(reset.url, buy), { kind: "unknown", why: "ECONNRESET" });
});

test("an answer that never ends leaves everything unknown when the time is over", async (t) => {
  const endless = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
  const party = await openParty(t, (socket) => socket.once("data", () => socket.write(endless)));
  const sent = await openClient()(party.url, { ...buy, timeoutMs: 100 });
  assert.deepEqual(sent, { kind: "unknown", why: "TimeoutError" });
});

test("an answer of more than 2 MB is not read", async (t) => {
  const megabyte = "x".repeat(1_000_000);
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
  const party = await openParty(t, (socket) => {
    socket.once("data", () => {
      socket.write(head);
      const more = () => socket.writable && socket.write(megabyte, more);
      more();
    });
  });
  const sent = await openClient()(party.url, buy);
  assert.deepEqual(sent, { kind: "unknown", why: "the answer is too large" });
  const small = await openParty(t, (socket) => {
    socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n\r\n${megabyte}${megabyte}`));
  });
  const read = await openClient()(small.url);
  assert.ok(read.kind === "answer" && read.body.length === 2_000_000);
});

test("a connection is used again, unless the party said that it closes it soon", async (t) => {
  for (const [header, connections] of [
    ["", 1],
    ["keep-alive: timeout=30\r\n", 1],
    ["keep-alive: timeout=1\r\n", 3],
    ["connection: close\r\n", 3],
  ] as const) {
    const said = answer.replace("content", `${header}content`);
    const party = await openParty(t, (socket) => socket.on("data", () => socket.write(said)));
    const send = openClient();
    for (let call = 0; call < 3; call++) assert.equal((await send(party.url, buy)).kind, "answer");
    assert.equal(party.received.length, connections, header);
  }
});

/** Answers the first request of the first connection and resets it at the second; then it is well. */
function openFickleParty(t: TestContext) {
  return openParty(t, (socket, connection) => {
    socket.once("data", () => {
      socket.write(answer);
      socket.on("data", () => (connection === 0 ? socket.resetAndDestroy() : socket.write(answer)));
    });
  });
}

test("a question that met a closing connection is asked once more on a new one", async (t) => {
  const send = openClient();
  const party = await openFickleParty(t);
  assert.equal((await send(party.url)).kind, "answer");
  assert.equal((await send(party.url)).kind, "answer");
  assert.deepEqual(party.received.map(count("GET")), [2, 1]);
});

test("a purchase that met a closing connection is unknown and never sent again", async (t) => {
  const send = openClient();
  const party = await openFickleParty(t);
  assert.equal((await send(party.url, buy)).kind, "answer");
  assert.deepEqual(await send(party.url, buy), { kind: "unknown", why: "ECONNRESET" });
  assert.deepEqual(party.received.map(count("buy")), [2]);
});

test("a question is not asked a third time, nor when an answer had begun", async (t) => {
  const send = openClient();
  const gone = await openParty(t, (socket, connection) => {
    let requests = 0;
    socket.on("data", () => {
      if (connection === 0 && ++requests === 1) socket.write(answer);
      else socket.resetAndDestroy();
    });
  });
  assert.equal((await send(gone.url)).kind, "answer");
  assert.equal((await send(gone.url)).kind, "unknown");
  assert.deepEqual(gone.received.map(count("GET")), [2, 1]);

  const halfway = await openParty(t, (socket) => {
    socket.once("data", () => {
      socket.write(answer);
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"));
    });
  });
  assert.equal((await send(halfway.url)).kind, "answer");
  assert.equal((await send(halfway.url)).kind, "unknown");
  assert.deepEqual(halfway.received.map(count("GET")), [2]);
});

test("a question whose time is over is not asked once more", async (t) => {
  const send = openClient();
  const party = await openParty(t, (socket) => socket.once("data", () => socket.write(answer)));
  assert.equal((await send(party.url)).kind, "answer");
  const sent = await send(party.url, { timeoutMs: 100 });
  assert.deepEqual(sent, { kind: "unknown", why: "TimeoutError" });
  assert.deepEqual(party.received.map(count("GET")), [2]);
});

test("a question is unknown when the party was gone before it could be asked once more", async (t) => {
  const send = openClient();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(answer);
      server.close();
      socket.once("data", () => socket.resetAndDestroy());
    });
  });
  const url = `http://127.0.0.1:${await listen(t, server)}/`;
  assert.equal((await send(url)).kind, "answer");
  assert.deepEqual(await send(url), { kind: "unknown", why: "ECONNRESET" });
});

test("what is sent is what was asked for: method, headers, body and its length", async (t) => {
  const party = await openParty(t, (socket) => socket.on("data", () => socket.write(answer)));
  const send = openClient();
  await send(`${party.url}v2/charge?a=1`, {
    method: "POST",
    headers: { accept: "application/json", authorization: "Basic eA==" },
    body: "é",
  });
  const [received = ""] = party.received;
  assert.match(received, /^POST \/v2\/charge\?a=1 HTTP\/1\.1\r\n/);
  for (const line of [
    "accept: application/json",
    "accept-encoding: identity",
    "authorization: Basic eA==",
    "content-length: 2",
  ]) {
    assert.match(received, new RegExp(`\r\n${line}\r\n`, "i"));
  }
  assert.ok(received.endsWith("\r\n\r\né"));
});
