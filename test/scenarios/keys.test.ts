/** Idempotency keys in a storm: repeated, given up, changed, while the store is killed again and again. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Insertable } from "kysely";
import { restock } from "../../src/inventory/stock.ts";
import { inTransaction, type Schema } from "../../src/platform/db.ts";
import { createIds } from "../../src/platform/ids.ts";
import { createSeededRandom } from "../../src/platform/random.ts";
import { verifyBooks } from "../../src/verify.ts";
import { clonedDatabase } from "../crash/databases.ts";
import { openShop } from "../crash/shop.ts";
import { cleanUp, scale } from "../database.ts";
import { createReseller } from "../reseller.ts";
import { prepareStore } from "../store-process.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_129);
const keyCount = scale({ short: 200, long: 10_000 });
const killCount = scale({ short: 1, long: 60 });
const resellerCount = scale({ short: 8, long: 100 });
const keysAtOnce = 12;
const mostRepeats = 20;
const againMs = 100;
const patienceMs = 60_000;
const priceIdr = 20_000n;
// So much that some orders are one too many.
const ordersPerSaldo = Math.floor((0.7 * keyCount) / resellerCount);

interface Plan {
  readonly reseller: Reseller;
  readonly key: string;
  readonly method: string;
  readonly quoteId: string;
  /** What some of the repeats ask for instead. */
  readonly otherQuoteId: string | undefined;
  readonly sends: readonly { readonly changed: boolean; readonly givenUpAfterMs?: number }[];
}

type Reseller = Awaited<ReturnType<typeof createReseller>>;

interface Said {
  readonly status: number;
  readonly text: string;
}

/** A store that only places, some resellers, and what they are going to send. */
async function openStorm(t: TestContext) {
  const shop = await openShop(cleanUp(t), {
    seed,
    databaseOf: clonedDatabase,
    prepare: (atEnd, settings) => prepareStore(atEnd, { ...settings, WORKER: "off" }),
  });
  const { db, clock, store } = shop;
  const random = createSeededRandom(seed);
  const ids = createIds(clock, random);
  const below = (limit: number) => Buffer.from(random.bytes(4)).readUInt32LE() % limit;
  const [plenty, scarce] = await db
    .selectFrom("skus")
    .select(["id as skuId", "code as skuCode"])
    .where("code", "in", ["ML_86", "FF_70"])
    .orderBy("code", "desc")
    .execute();
  assert.ok(plenty && scarce);
  for (const [sku, onHand] of [
    [plenty, 2 * keyCount],
    [scarce, Math.ceil(keyCount / 30)],
  ] as const) {
    const stock = { ...sku, onHand, actor: "operator" } as const;
    await inTransaction(db, (tx) => restock(tx, { clock }, stock));
  }

  const resellers = await Promise.all(
    Array.from({ length: resellerCount }, () =>
      createReseller(
        { db, clock, url: store.url },
        { saldoIdr: BigInt(ordersPerSaldo) * priceIdr },
      ),
    ),
  );
  const now = clock.now();
  const quotes: Insertable<Schema["quotes"]>[] = [];
  const quoteOf = ({ customerId }: Reseller) => {
    const id = ids.uuid();
    quotes.push({
      ...{ id, customer_id: customerId, sku_id: (below(12) === 0 ? scarce : plenty).skuId },
      ...{ price_version: 1, price: priceIdr, cost: 18_000n, game_code: "ML", nickname: "Budi" },
      ...{ player_id: "123456789", zone_id: "2001", quoted_at: now },
      expires_at: new Date(now.getTime() + 24 * 3600_000),
    });
    return id;
  };
  const plans = Array.from({ length: keyCount }, (_, number): Plan => {
    const reseller = resellers[number % resellerCount];
    assert.ok(reseller);
    const changes = below(10) === 0;
    const sends = Array.from(
      { length: 2 + Math.min(below(mostRepeats - 1), below(mostRepeats - 1)) },
      (__, place) => ({
        changed: changes && (place === 1 || below(3) === 0),
        ...(below(5) === 0 ? { givenUpAfterMs: below(30) } : {}),
      }),
    );
    return {
      ...{ reseller, key: `key-${number}`, method: below(12) === 0 ? "gopay" : "saldo" },
      ...{ quoteId: quoteOf(reseller), otherQuoteId: changes ? quoteOf(reseller) : undefined },
      sends,
    };
  });
  for (let from = 0; from < quotes.length; from += 1_000) {
    await db
      .insertInto("quotes")
      .values(quotes.slice(from, from + 1_000))
      .execute();
  }
  return { ...shop, resellers, plans };
}

/** One request, as a client sends it. Undefined when there was no answer. */
async function send(
  url: string,
  plan: Plan,
  quoteId: string,
  givenUpAfterMs?: number,
): Promise<Said | undefined> {
  const giveUp = givenUpAfterMs === undefined ? undefined : AbortSignal.timeout(givenUpAfterMs);
  try {
    const response = await fetch(`${url}/api/v1/orders`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${plan.reseller.key}`,
        "content-type": "application/json",
        "idempotency-key": plan.key,
      },
      body: JSON.stringify({ quote_id: quoteId, method: plan.method }),
      ...(giveUp ? { signal: giveUp } : {}),
    });
    const said = { status: response.status, text: await response.text() };
    // A store that is starting or ending has not answered.
    return said.status < 500 ? said : undefined;
  } catch {
    return undefined;
  }
}

/** The same until the store answers. */
async function insist(url: string, plan: Plan, quoteId: string): Promise<Said> {
  for (const byMs = performance.now() + patienceMs; performance.now() < byMs; ) {
    const said = await send(url, plan, quoteId);
    if (said !== undefined) return said;
    await delay(againMs);
  }
  return assert.fail(`seed ${seed}: ${plan.key} was never answered`);
}

/** Sends a key as often as planned, at once. Resolves to what was answered, by quote. */
async function sendAll(url: string, plan: Plan): Promise<Map<string, Said[]>> {
  const answers = new Map<string, Said[]>();
  await Promise.all(
    plan.sends.map(async ({ changed, givenUpAfterMs }) => {
      const quoteId = (changed ? plan.otherQuoteId : undefined) ?? plan.quoteId;
      const said =
        givenUpAfterMs === undefined
          ? await insist(url, plan, quoteId)
          : await send(url, plan, quoteId, givenUpAfterMs);
      if (said !== undefined) answers.set(quoteId, [...(answers.get(quoteId) ?? []), said]);
    }),
  );
  return answers;
}

const isReused = ({ status, text }: Said) =>
  status === 422 && JSON.parse(text).code === "idempotency_key.reused";

/** What the key stands for, asked when all is over. Throws when it ever was something else. */
async function judge(url: string, plan: Plan, answers: Map<string, Said[]>): Promise<Said> {
  const about = `seed ${seed}: ${plan.key}`;
  const quoteIds = [plan.quoteId, plan.otherQuoteId].filter((id) => id !== undefined);
  let meant: Said | undefined;
  for (const quoteId of quoteIds) {
    const last = await insist(url, plan, quoteId);
    const said = answers.get(quoteId) ?? [];
    if (isReused(last)) {
      assert.ok(said.every(isReused), `${about}: another body is refused, always`);
      continue;
    }
    assert.equal(meant, undefined, `${about}: one of both bodies counts`);
    meant = last;
    for (const { text } of said) assert.equal(text, last.text, `${about}: the same to the byte`);
  }
  assert.ok(meant, `${about}: one of its bodies counts`);
  return meant;
}

test("however often a key is sent, given up or changed, and the store killed, it is one order", {
  timeout: scale({ short: 120_000, long: 60 * 60_000 }),
}, async (t) => {
  const { db, clock, store, resellers, plans } = await openStorm(t);
  const answers = new Map<Plan, Map<string, Said[]>>();
  const waiting = plans.values();
  let [deathCount, begunCount] = [0, 0];
  const sendOn = async () => {
    for (const plan of waiting) {
      begunCount++;
      answers.set(plan, await sendAll(store.url, plan));
    }
  };
  const killAgain = async () => {
    for (; deathCount < killCount; deathCount++) {
      const at = Math.floor((keyCount * (deathCount + 1)) / (killCount + 1));
      while (begunCount < at) await delay(1);
      await store.kill();
      await store.start();
    }
  };
  await Promise.all([killAgain(), ...Array.from({ length: keysAtOnce }, sendOn)]);
  const outcomes = new Map<string, number>();
  const spent = new Map(resellers.map((one) => [one, 0n]));
  const codes = new Set<string>();
  for (const plan of plans) {
    const { status, text } = await judge(store.url, plan, answers.get(plan) ?? new Map());
    const { data, code } = JSON.parse(text);
    const what = status === 201 ? data.state : code;
    outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
    if (status !== 201) continue;
    codes.add(data.code);
    if (data.state === "paid") {
      spent.set(plan.reseller, (spent.get(plan.reseller) ?? 0n) + BigInt(data.total));
    }
  }
  const stored = await db.selectFrom("orders").select("code").execute();
  assert.deepEqual(new Set(stored.map(({ code }) => code)), codes, "each order was acknowledged");
  assert.equal(
    stored.length,
    (outcomes.get("paid") ?? 0) + (outcomes.get("awaiting_payment") ?? 0),
  );
  const placements = await db.selectFrom("placements").select("key").execute();
  assert.equal(placements.length, keyCount, "each key has one outcome");
  for (const [reseller, spentIdr] of spent) {
    const leftIdr = BigInt(ordersPerSaldo) * priceIdr - spentIdr;
    assert.equal(await reseller.saldo(), Number(leftIdr), `seed ${seed}: saldo to the rupiah`);
  }
  const broken = (await verifyBooks(db, { clock })).filter((verdict) => !verdict.ok);
  assert.deepEqual(broken, [], `seed ${seed}`);
  const sendCount = plans.reduce((sum, plan) => sum + plan.sends.length, 0);
  const seen = [...outcomes].map(([what, times]) => `${times} ${what}`).join(", ");
  t.diagnostic(`seed ${seed}: ${sendCount} sent of ${keyCount} keys, ${deathCount} kills: ${seen}`);
  for (const what of ["paid", "awaiting_payment", "sku.sold_out", "saldo.insufficient"]) {
    assert.ok(outcomes.has(what), `seed ${seed} saw no ${what}: ${seen}`);
  }
});
