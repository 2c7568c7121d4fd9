/** Open pages and their streams: told of each change within a second, bounded, and in nobody's way. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { KyselyPlugin } from "kysely";
import { cleanUp } from "../../../test/database.ts";
import { openWorld, type World } from "../../../test/world.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { createLog } from "../../platform/log.ts";
import { finishWithin } from "../../platform/stop.ts";
import { createWatch, type OpenPage } from "./watch.ts";

const account = { id: "123456789", server: "2001" };
const dayMs = 24 * 3600_000;

async function openShop(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  await world.buyer.orders("ML_86", account);
  const order = await world.db
    .selectFrom("orders")
    .select(["id", "page_token as token"])
    .executeTakeFirstOrThrow();
  const page = `${world.url}/order/${order.token}`;
  /** The marker that the page carries now. */
  const marker = async (address = page) =>
    /data-marker="(\w+)"/.exec(await (await fetch(address)).text())?.[1];
  /** What a stream says next, however many seconds the shop's clock needs for it. */
  const hears = async (stream: Awaited<ReturnType<typeof openStream>>) => {
    const next = stream.next();
    while (!(await finishWithin(next, 50))) await world.advance({ seconds: 1 });
    return next;
  };
  return { world, order, page, marker, hears, open: () => openStream(t, `${page}/events`) };
}

/** A stream as a browser reads it. Closed when the test ends, before its world is. */
async function openStream(t: TestContext, address: string) {
  const closing = new AbortController();
  cleanUp(t)(() => closing.abort());
  const response = await fetch(address, { signal: closing.signal });
  const reader = response.body?.getReader();
  assert.ok(reader);
  const decoder = new TextDecoder();
  let unread = "";
  return {
    response,
    /** The next frame with what it says, comments included; undefined at the end of the stream. */
    async next(): Promise<string | undefined> {
      while (!unread.includes("\n\n")) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        unread += decoder.decode(value, { stream: true });
      }
      const [frame = "", ...rest] = unread.split("\n\n");
      unread = rest.join("\n\n");
      return frame;
    },
    close: () => closing.abort(),
  };
}

test("an open page is told at once what is, and within a second what has changed", async (t) => {
  const { world, page, marker, hears, open } = await openShop(t, 61);
  const stream = await open();
  const { headers, status } = stream.response;
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(headers.get("cache-control"), "no-store");
  const before = await marker();
  assert.equal(await marker(page.replace("/order/", "/pay/")), before, "one order, two pages");
  assert.equal(await stream.next(), `retry: 3000\nevent: order\ndata: ${before}`);
  await world.midtrans.isPaid();
  const told = await hears(stream);
  assert.match(told ?? "", /^event: order\ndata: [0-9a-f]{32}$/);
  const after = await marker();
  assert.notEqual(after, before);
  for (let last = told; last !== `event: order\ndata: ${await marker()}`; ) {
    last = await hears(stream);
    assert.ok(last, "the last change is told too");
  }
});

test("who has no token, or one that is over, gets no stream", async (t) => {
  const { world, order, page } = await openShop(t, 63);
  for (const token of ["0".repeat(32), "x", "%00"]) {
    const response = await fetch(`${world.url}/order/${token}/events`);
    assert.equal(response.status, 404);
    assert.equal(JSON.parse(await response.text()).code, "page.unknown");
  }
  const long = new Date(world.clock.now().getTime() - 30 * dayMs - 1);
  await world.db.updateTable("orders").set({ placed_at: long }).execute();
  assert.equal((await fetch(`${page}/events`)).status, 404, order.token);
});

test("a token that ends while its page is open ends the stream, and says so", async (t) => {
  const { world, hears, open } = await openShop(t, 64);
  const almost = new Date(world.clock.now().getTime() - 30 * dayMs + 1_500);
  await world.db.updateTable("orders").set({ placed_at: almost }).execute();
  const stream = await open();
  await stream.next();
  assert.equal(await hears(stream), "event: over\ndata:");
  assert.equal(await stream.next(), undefined);
});

test("one order has eight streams at most; the ninth is told to ask now and then", async (t) => {
  const { page, open } = await openShop(t, 65);
  const streams = await Promise.all(Array.from({ length: 8 }, open));
  const ninth = await fetch(`${page}/events`);
  assert.equal(ninth.status, 429);
  assert.equal(ninth.headers.get("retry-after"), "15");
  assert.match(ninth.headers.get("content-type") ?? "", /^application\/problem\+json/);
  assert.equal(JSON.parse(await ninth.text()).code, "streams.too_many");
  assert.equal((await fetch(page)).status, 200, "the page itself is there for everybody");
  streams[0]?.close();
  for (let status = 429; status !== 200; ) {
    const again = await openStream(t, `${page}/events`);
    status = again.response.status;
  }
});

test("a shop stops at once, however many pages are open, and takes no new ones meanwhile", async (t) => {
  const { world, open } = await openShop(t, 66);
  const streams = await Promise.all([open(), open(), open()]);
  for (const stream of streams) await stream.next();
  const askedAt = performance.now();
  await world.store.stop();
  assert.ok(performance.now() - askedAt < 3_000, `${performance.now() - askedAt} ms`);
  for (const stream of streams) assert.equal(await stream.next(), undefined);
});

/** Counts the statements of a database, and lets them fail. */
function observe(db: Db) {
  const seen = { count: 0, broken: false };
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      seen.count++;
      if (seen.broken) throw new Error("the database is away");
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { db: db.withPlugin(plugin), seen };
}

/** A clock that is moved on a second at a time, once whoever waits for it waits again. */
function createSteps(start: Date) {
  let ms = start.getTime();
  let wake = () => {};
  let asleep = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => new Date(ms),
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        wake = resolve;
        signal?.addEventListener("abort", reject);
        asleep.resolve();
      }),
  };
  return {
    clock,
    /** Resolves when what happens in that second has happened. */
    async second(goesOn = true) {
      await asleep.promise;
      asleep = Promise.withResolvers();
      ms += 1_000;
      wake();
      if (goesOn) await asleep.promise;
    },
  };
}

function openWatch(world: World, limits = { perOrder: 3, total: 100 }) {
  const { db, seen } = observe(world.db);
  const steps = createSteps(world.clock.now());
  const log = createLog({ level: "silent", terminal: false });
  const watch = createWatch({ db, clock: steps.clock, log }, limits);
  const told: string[] = [];
  const open = (orderId: string, name: string) =>
    watch.add({
      ...{ orderId, marker: "old", endsAt: new Date(world.clock.now().getTime() + dayMs) },
      changed: () => told.push(`${name} changed`),
      beat: () => told.push(`${name} beat`),
      over: () => told.push(`${name} over`),
      end: () => told.push(`${name} end`),
    } satisfies OpenPage);
  return { watch, seen, told, open, second: steps.second };
}

test("one query a second serves every open page, and none is asked when none is open", async (t) => {
  const { world, order } = await openShop(t, 67);
  const { watch, seen, told, open, second } = openWatch(world);
  const close = ["a", "b", "c"].map((name) => open(order.id, name));
  for (let count = 0; count < 3; count++) await second();
  assert.equal(seen.count, 3);
  assert.deepEqual(told, ["a changed", "b changed", "c changed"], "each told once");
  for (const one of close) one?.();
  await second(false);
  await new Promise(setImmediate);
  assert.equal(seen.count, 3, "it rests");
  assert.ok(open(order.id, "d"));
  await second();
  assert.equal(seen.count, 4, "and begins again with the next page");
  watch.close();
});

test("a page that nothing happens to is kept alive every fifteen seconds", async (t) => {
  const { world, order } = await openShop(t, 62);
  const { watch, told, open, second } = openWatch(world);
  open(order.id, "a");
  await second();
  assert.deepEqual(told.splice(0), ["a changed"]);
  for (let count = 1; count < 15; count++) await second();
  assert.deepEqual(told, ["a beat"]);
  for (let count = 0; count < 15; count++) await second();
  assert.deepEqual(told, ["a beat", "a beat"]);
  watch.close();
});

test("a process holds so many streams and no more, for one order and for all", async (t) => {
  const { world, order } = await openShop(t, 68);
  const { watch, told, open } = openWatch(world, { perOrder: 2, total: 3 });
  const other = "00000000-0000-7000-8000-000000000001";
  const another = "00000000-0000-7000-8000-000000000002";
  const first = open(order.id, "a");
  assert.ok(first && open(order.id, "b"));
  assert.equal(open(order.id, "c"), undefined, "a third of one order");
  assert.ok(open(other, "d"));
  assert.equal(open(another, "e"), undefined, "a fourth of all");
  first();
  assert.ok(open(another, "e"), "room that was given back");
  watch.close();
  assert.deepEqual(told, ["b end", "d end", "e end"]);
  assert.equal(open(order.id, "f"), undefined, "a shop that stops takes no page");
});

test("while the database is away open pages stay open, and are told afterwards", async (t) => {
  const { world, order } = await openShop(t, 69);
  const { watch, seen, told, open, second } = openWatch(world);
  open(order.id, "a");
  seen.broken = true;
  for (let count = 0; count < 3; count++) await second();
  assert.deepEqual(told, []);
  seen.broken = false;
  await second();
  assert.deepEqual(told, ["a changed"]);
  watch.close();
});
