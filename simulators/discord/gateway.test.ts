/** The Gateway's own rules, spoken frame by frame. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { WebSocket } from "ws";
import { get, openWorld, post } from "../test-world.ts";
import { createGateway } from "./gateway.ts";

async function open(t: TestContext, heartbeatMs = 41_250) {
  let nowMs = 0;
  const gateway = createGateway({
    token: "secret",
    nowMs: () => nowMs,
    mintSessionId: () => `session-${nowMs}`,
    ready: (hasGuilds) => ({ v: 10, guilds: hasGuilds ? [{ id: "1", unavailable: true }] : [] }),
    guild: () => ({ id: "1" }),
    heartbeatMs,
  });
  const server = createServer().on("upgrade", gateway.accept).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    gateway.close();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return {
    gateway,
    pass: (ms: number) => {
      nowMs += ms;
    },
    async connect() {
      const socket = new WebSocket(`ws://127.0.0.1:${address.port}/?v=10&encoding=json`);
      t.after(() => socket.terminate());
      // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came and asserts on it
      const frames: any[] = [];
      socket.on("message", (raw) => frames.push(JSON.parse(String(raw))));
      const closed = once(socket, "close").then(([code]) => Number(code));
      const take = async () => {
        while (frames.length === 0) await once(socket, "message");
        return frames.shift();
      };
      assert.equal((await take()).d.heartbeat_interval, heartbeatMs);
      const send = (op: number, d: unknown) => socket.send(JSON.stringify({ op, d }));
      return { socket, take, closed, send };
    },
  };
}

const identity = (intents: number, token = "secret") => ({ token, intents, properties: {} });

test("READY lists the guild, and GUILD_CREATE follows, only for the intent that asks", async (t) => {
  const { connect } = await open(t);
  const quiet = await connect();
  quiet.send(2, identity(0));
  assert.deepEqual((await quiet.take()).d, { v: 10, guilds: [], session_id: "session-0" });
  quiet.send(1, 1);
  assert.equal((await quiet.take()).op, 11);
  const curious = await connect();
  curious.send(2, identity(1));
  assert.equal((await curious.take()).d.guilds.length, 1);
  assert.equal((await curious.take()).t, "GUILD_CREATE");
});

test("a wrong token, a second identify and a word out of turn close the connection", async (t) => {
  const { connect } = await open(t);
  const stranger = await connect();
  stranger.send(2, identity(0, "guess"));
  assert.equal(await stranger.closed, 4004);
  const hasty = await connect();
  hasty.send(3, {});
  assert.equal(await hasty.closed, 4003);
  const garbled = await connect();
  garbled.socket.send("{");
  assert.equal(await garbled.closed, 4002);
  const twice = await connect();
  twice.send(2, identity(0));
  twice.send(2, identity(0));
  assert.equal(await twice.closed, 4005);
});

test("a bot that resumes gets what it missed, in order", async (t) => {
  const { gateway, connect } = await open(t);
  const first = await connect();
  first.send(2, identity(0));
  await first.take();
  first.socket.close(4200);
  await first.closed;
  gateway.dispatch("INTERACTION_CREATE", { id: "7" });

  const second = await connect();
  second.send(6, { token: "secret", session_id: "session-0", seq: 1 });
  assert.deepEqual(await second.take(), { op: 0, t: "INTERACTION_CREATE", s: 2, d: { id: "7" } });
  assert.equal((await second.take()).t, "RESUMED");
  const third = await connect();
  third.send(6, { token: "secret", session_id: "session-0", seq: 3 });
  assert.equal((await third.take()).t, "RESUMED");
  assert.equal(await second.closed, 4009);
});

test("a session that said goodbye, or was away too long, is gone", async (t) => {
  const { connect, pass } = await open(t);
  for (const [code, awayMs] of [
    [1000, 0],
    [4200, 120_001],
  ] as const) {
    const bot = await connect();
    bot.send(2, identity(0));
    const { session_id } = (await bot.take()).d;
    bot.socket.close(code);
    await bot.closed;
    await new Promise(setImmediate);
    pass(awayMs);
    const back = await connect();
    back.send(6, { token: "secret", session_id, seq: 1 });
    assert.deepEqual(await back.take(), { op: 9, d: false, s: null, t: null });
  }
});

test("a connection that falls silent is closed", async (t) => {
  const { connect } = await open(t, 20);
  const zombie = await connect();
  assert.equal(await zombie.closed, 1006);
});

test("pages from elsewhere cannot listen in on a person", async (t) => {
  const world = await openWorld(t);
  const users = (await get(`${world.url()}/discord/client/users`)).body;
  const address = `${world.url().replace("http", "ws")}/discord/client/events?user_id=${users[0].id}`;
  const foreign = new WebSocket(address, { origin: "https://example.org" });
  const [error] = await once(foreign, "error").catch((reason: unknown) => [reason]);
  assert.match(String(error), /403/);
  const refused = await post(`${world.url()}/discord/client/interactions`, { type: 2 });
  assert.equal(refused.status, 400);
});
