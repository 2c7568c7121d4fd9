/** A database that gives up, ends circles and loses connections: buyers are told nothing of it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { createSeededRandom } from "../../src/platform/random.ts";
import { injectFaults, pickFault } from "../crash/faults.ts";
import { cleanUp, scale } from "../database.ts";
import { stockUp } from "../operator.ts";
import { type Answer, createReseller, type Order } from "../reseller.ts";
import { openWorld } from "../world.ts";

const firstSeed = Number(process.env.TEST_SEED ?? 20_261_130);
const worldCount = scale({ short: 1, long: 12 });
const faultsPerWorld = scale({ short: 60, long: 850 });
const resellerCount = 8;
const faultShare = 0.08;
const priceIdr = 20_000;
const longestS = 3 * 3600;
const stepS = 5;
const mostTries = 50;

/** A shop with enough of everything, and what its buyers meet while the database misbehaves. */
async function openStorm(t: TestContext, seed: number) {
  // Before the world's own, so that what is opened here ends first.
  const atEnd = cleanUp(t);
  const world = await openWorld(t, { seed });
  const { clock } = world;
  await stockUp(world, "ML_86");
  const resellers = await Promise.all(
    Array.from({ length: resellerCount }, () => createReseller(world, { saldoIdr: 100_000_000n })),
  );
  const reader = new pg.Client({ connectionString: world.databaseUrl });
  await reader.connect();
  atEnd(() => reader.end());
  const number = async (text: string) => {
    const { rows } = await reader.query<{ n: string }>(text);
    return Number(rows[0]?.n);
  };

  const random = createSeededRandom(seed);
  const chance = () => Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32;
  const faults = injectFaults(() => (chance() < faultShare ? pickFault(chance()) : undefined));
  atEnd(faults.stop);
  const troubles = new Map<string, number>();

  return {
    ...world,
    resellers,
    faults,
    number,
    troubles,
    /** Repeats what was answered with a trouble of the shop's own, as every client should. */
    async insists<T>(call: () => Promise<Answer<T>>): Promise<T> {
      for (let times = 0; times < mostTries; times++) {
        const answer = await call();
        if (answer.status < 300) return answer.data;
        assert.ok(answer.status >= 500, `seed ${seed}: shown as a business error: ${answer.text}`);
        const { code = "none" } = answer;
        troubles.set(code, (troubles.get(code) ?? 0) + 1);
      }
      return assert.fail(`seed ${seed}: ${mostTries} times in vain`);
    },
    /** Lets time pass in small steps, each when nobody is at work, until nothing is left to do. */
    async untilDelivered(orderCount: number) {
      const underWay =
        "select count(*) as n from orders where state not in ('delivered', 'refunded')";
      const atWork = "select count(*) as n from jobs where state = 'running' and lease_until > $1";
      for (let passedS = 0; passedS < longestS; passedS += stepS) {
        if ((await number(underWay)) === 0) break;
        for (let look = 0; look < 10; look++) {
          const { rows } = await reader.query<{ n: string }>(atWork, [clock.now()]);
          if (rows[0]?.n === "0") break;
          await delay(10);
        }
        clock.advance(stepS * 1_000);
        await delay(20);
      }
      const delivered = await number("select count(*) as n from orders where state = 'delivered'");
      assert.ok(
        delivered >= 0.9999 * orderCount,
        `seed ${seed}: only ${delivered} of ${orderCount} were delivered`,
      );
    },
  };
}

async function trade(t: TestContext, seed: number) {
  const storm = await openStorm(t, seed);
  const { faults, resellers } = storm;
  const codes = new Set<string>();
  const sell = async (reseller: (typeof resellers)[number]) => {
    while (faults.total() < faultsPerWorld) {
      const body = { sku: "ML_86", user_id: "123456789", server_id: "2001" };
      const quote = await storm.insists(() =>
        reseller.call<{ id: string }>("POST", "/quotes", { body }),
      );
      const key = `key-${codes.size}-${quote.id}`;
      const placed = await storm.insists<Order>(() => reseller.places(quote.id, key));
      codes.add(placed.code);
    }
  };
  let selling = true;
  const passing = (async () => {
    // What is tried again a little later waits for the shop's own clock.
    for (; selling; await delay(20)) storm.clock.advance(100);
  })();
  await Promise.all(resellers.map(sell)).finally(() => {
    selling = false;
  });
  await passing;
  await storm.untilDelivered(codes.size);
  faults.stop();
  await storm.advance({ minutes: 10 });
  assert.equal(await storm.number("select count(*) as n from orders"), codes.size, "none is twice");
  const saldos = await Promise.all(resellers.map((reseller) => reseller.saldo()));
  const spentIdr = resellerCount * 100_000_000 - saldos.reduce((sum, one) => sum + one, 0);
  assert.equal(spentIdr, codes.size * priceIdr, `seed ${seed}: to the rupiah`);
  assert.equal((await storm.digiflazz.purchases()).length, codes.size);
  await storm.booksBalance();
  assert.equal(faults.deadlockCount(), 0, `seed ${seed}: nobody waited in a circle`);
  // Not one of them is shown as anything but "try again".
  assert.deepEqual([...storm.troubles.keys()], ["database.unavailable"]);
  const met = [...faults.counts].map(([what, count]) => `${count} ${what}`).join(", ");
  const told = [...storm.troubles].map(([what, count]) => `${count} ${what}`).join(", ");
  t.diagnostic(`seed ${seed}: ${codes.size} orders, ${met}; repeated after: ${told || "nothing"}`);
}

for (let seed = firstSeed; seed < firstSeed + worldCount; seed++) {
  test(`whatever the database does to a shop, all is sold once and delivered (seed ${seed})`, (t) =>
    trade(t, seed));
}
