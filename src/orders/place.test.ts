/** Placing: what is placed together and what is placed one by one leave the same shop. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp, scale } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { restock, stockLevels } from "../inventory/stock.ts";
import { inventoryProofs } from "../inventory/verify.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import { ledgerProofs } from "../ledger/verify.ts";
import { paymentTimes } from "../payments/open.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { type Database, inOneStatement, inTransaction, type Tx } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { payWithinMs, quoteLifeMs, reservationExtraMs } from "./order.ts";
import { callPlace } from "./repository.ts";
import { orderProofs } from "./verify.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_127);
const largestBatch = 64;
const blockedAccount = "666";
// Some outcomes are rare: a short run must see them too.
const customerCount = scale({ short: 20, long: 400 });

interface Request {
  readonly key: string;
  readonly customer_id: string;
  readonly quote_id: string;
  readonly method: string;
  readonly [field: string]: string;
}

type Placed = { readonly outcome: string };

/** Two shops that are the same to the last id, and chances by the seed. */
async function openTwins(t: TestContext) {
  const atEnd = cleanUp(t);
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const random = createSeededRandom(seed);
  const ids = createIds(clock, random);
  const open = async (): Promise<Database> => {
    const connectionString = await lendDatabase(atEnd);
    const db = openDatabase({ connectionString, poolSize: 2, onPoolError: () => {} });
    atEnd(() => db.destroy());
    return db;
  };
  const together = await open();
  const oneByOne = await open();
  const below = (limit: number) => Buffer.from(random.bytes(4)).readUInt32LE() % limit;
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[below(from.length)];
    assert.ok(picked !== undefined, "there is something to pick from");
    return picked;
  };
  /** Does the same in both. */
  const inBoth = async (work: (db: Database) => Promise<unknown>) => {
    await work(together);
    await work(oneByOne);
  };

  const customers = Array.from({ length: customerCount }, () => ids.uuid());
  const rows = customers.map((id, index) => ({
    ...{ id, discord_id: `70000000000000${index}`, locale: "id", created_at: clock.now() },
  }));
  await inBoth((db) => db.insertInto("customers").values(rows).execute());
  const blocks = [
    ...customers.filter((_, index) => index % 16 === 0).map((value) => ["customer", value]),
    ["game_account", `ml:${blockedAccount}:2001`],
  ].map(([kind = "", value = ""]) => ({
    ...{ id: ids.uuid(), kind, value, reason: "stolen money", blocked_at: clock.now() },
  }));
  await inBoth((db) => db.insertInto("risk_blocks").values(blocks).execute());
  const skus = await together
    .selectFrom("skus")
    .select(["id", "code"])
    .orderBy("id")
    .limit(5)
    .execute();

  return { ids, clock, together, oneByOne, inBoth, below, pick, customers, skus };
}

type Twins = Awaited<ReturnType<typeof openTwins>>;

/** What happens in a shop between orders: saldo comes, the shelf is filled, a SKU goes off sale. */
async function liveOn({ clock, ids, inBoth, below, pick, customers, skus }: Twins) {
  clock.advance(below(10) * 60_000);
  const transfers = Array.from({ length: 1 + below(16) }, () => ({
    debit: "gateway:midtrans" as const,
    credit: saldoOf(pick(customers)),
    amountIdr: BigInt(1 + below(60_000)),
    key: `in:${ids.uuid()}`,
    reason: "test",
  }));
  const posted = ids.uuid();
  // The same ids in both.
  await inBoth((db) =>
    inTransaction(db, (tx) => {
      let count = 0;
      const numbered = () => posted.slice(0, 24) + String(count++).padStart(12, "0");
      return post(tx, { clock, ids: { ...ids, uuid: numbered } }, transfers);
    }),
  );
  const { id: skuId, code: skuCode } = pick(skus);
  const left = below(20);
  const active = below(8) > 0;
  await inBoth((db) =>
    inTransaction(db, async (tx) => {
      const onHand = ((await stockLevels(tx)).get(skuId)?.reserved ?? 0) + left;
      await restock(tx, { clock }, { skuId, skuCode, onHand, actor: "operator" });
      await tx.updateTable("skus").set({ active }).where("id", "=", skuId).execute();
    }),
  );
}

/** A request of each of some customers, of every kind that an edge may send. */
async function askFor(twins: Twins, before: readonly Request[]): Promise<Request[]> {
  const { ids, clock, inBoth, below, pick, customers, skus } = twins;
  const now = clock.now();
  const quotes: object[] = [];
  const quoteOf = (customerId: string, odd: number) => {
    const id = ids.uuid();
    const nickname = odd === 1 ? null : "Budi";
    const life = odd === 2 ? -below(3) : quoteLifeMs;
    quotes.push({
      ...{ id, customer_id: customerId, sku_id: pick(skus).id, price_version: 1 },
      ...{ price: BigInt(10_000 + below(30_000)), cost: 9_000n, game_code: "ML", nickname },
      ...{ player_id: below(25) === 0 ? blockedAccount : "123456789", zone_id: "2001" },
      // Confirmed by the buyer although nobody could check it.
      confirmed_at: nickname === null && below(2) === 0 ? now : null,
      ...{ quoted_at: now, expires_at: new Date(now.getTime() + life) },
    });
    return id;
  };
  const shuffled = customers.toSorted(() => below(2) - 0.5);
  const asked = shuffled.slice(0, 1 + below(Math.min(largestBatch, customers.length)));
  const requests = asked.map((customerId): Request => {
    const mine = before.filter((one) => one.customer_id === customerId);
    const method = below(5) > 1 ? "saldo" : "gopay";
    const fresh = {
      ...{ key: `key:${ids.uuid()}`, quote_id: quoteOf(customerId, below(12)), method },
    };
    const said = [
      () => ({ ...fresh, quote_id: ids.uuid() }), // unknown
      () => ({ ...fresh, quote_id: quoteOf(pick(customers), 0) }), // mostly another's
      () => ({ ...fresh, key: pick(before).key }), // another's key, with another body
      () => ({ ...fresh, key: pick(mine).key }), // an own key, with another body
      () => ({ ...fresh, quote_id: pick(mine).quote_id }), // an own quote, with a new key
      () => pick(mine), // the same again
      () => pick(mine),
    ];
    const kind = below(24);
    const repeated = (kind < said.length && mine.length > 0 ? said[kind]?.() : undefined) ?? fresh;
    const { key, quote_id } = repeated;
    return {
      ...{ key, quote_id, customer_id: customerId, method: repeated.method },
      ...{ fingerprint: `${quote_id} ${repeated.method}`, request_id: ids.ref("R") },
      ...{ gateway: "midtrans", order_id: ids.uuid(), code: ids.orderCode() },
      ...{ page_token: ids.pageToken(), transfer_id: ids.uuid(), payment_id: ids.uuid() },
      payment_ref: ids.ref("P"),
    };
  });
  await inBoth((db) =>
    sql`insert into quotes select * from jsonb_populate_recordset(null::quotes, ${json(quotes)})`.execute(
      db,
    ),
  );
  return requests;
}

const json = (value: unknown) =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? Number(one) : one));

const placeAll = (db: Database, twins: Twins, requests: readonly Request[]) =>
  inOneStatement(db, (tx) => placeIn(tx, twins, requests));

function placeIn(tx: Tx, { clock }: Twins, requests: readonly Request[]) {
  const now = clock.now();
  const after = (ms: number) => new Date(now.getTime() + ms);
  const { sendBy, expiresAt } = paymentTimes(now);
  const times = {
    ...{ charge_by: sendBy, pay_until: expiresAt, pay_by: after(payWithinMs) },
    reserved_until: after(payWithinMs + reservationExtraMs),
  };
  return callPlace(tx, { requests, times, now }) as Promise<Placed[]>;
}

/** Every row of every table, less what a database numbers by itself. */
async function contents(db: Database): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string; numbered: string[] }>`
    select tables.table_name as name, array(
      select column_name::text from information_schema.columns of_table
      where of_table.table_schema = tables.table_schema
        and of_table.table_name = tables.table_name
        and (is_identity = 'YES' or udt_name = 'xid8')
    ) as numbered
    from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'`.execute(db);
  const found: Record<string, string[]> = {};
  for (const { name, numbered } of tables) {
    const { rows } = await sql<{ row: string }>`
      select (to_jsonb(written) - ${numbered}::text[])::text as row
      from ${sql.table(name)} written order by 1`.execute(db);
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

test("orders placed together are the same, to the last row, as orders placed one by one", async (t) => {
  const twins = await openTwins(t);
  const { together, oneByOne } = twins;
  const wanted = scale({ short: 320, long: 10_000 });
  const outcomes = new Map<string, number>();
  const before: Request[] = [];
  let rounds = 0;

  for (; before.length < wanted; rounds++) {
    await liveOn(twins);
    const requests = await askFor(twins, before);
    const many = await placeAll(together, twins, requests);
    const each: Placed[] = [];
    for (const one of requests) each.push(...(await placeAll(oneByOne, twins, [one])));
    assert.deepEqual(many, each, `seed ${seed}, batch ${rounds}`);
    for (const { outcome } of many) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    before.push(...requests);
  }

  const [inMany, inEach] = [await contents(together), await contents(oneByOne)];
  for (const [table, rows] of Object.entries(inMany)) {
    assert.deepEqual(rows, inEach[table], `seed ${seed}: ${table}`);
  }
  for (const { rule, check } of [...ledgerProofs, ...orderProofs, ...inventoryProofs]) {
    assert.deepEqual((await check(together)).breaches, [], `seed ${seed}: ${rule}`);
  }
  const seen = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  t.diagnostic(`seed ${seed}: ${before.length} requests in ${rounds} batches: ${seen}`);
  for (const outcome of [
    ...["placed", "duplicate", "blocked", "insufficient_saldo", "quote_unknown", "quote_expired"],
    ...["unconfirmed", "too_many_unpaid", "sold_out", "key_reused"],
  ]) {
    assert.ok((outcomes.get(outcome) ?? 0) > 2, `seed ${seed} saw too few ${outcome}: ${seen}`);
  }
  for (const table of ["orders", "payments", "placements", "risk_decisions", "stock_movements"]) {
    assert.ok((inMany[table]?.length ?? 0) > 20, `${table} was written`);
  }
});

test("what a placing reads does not grow with what was placed before, though its plan is older", async (t) => {
  const twins = await openTwins(t);
  const db = twins.together;
  // As the server does by itself in a young shop: now it is known that there is nothing.
  await sql`vacuum analyze`.execute(db);
  const before: Request[] = [];
  while (before.length < 200) {
    await liveOn(twins);
    const requests = await askFor(twins, before);
    for (const one of requests) await placeAll(db, twins, [one]);
    before.push(...requests);
  }
  const [request] = await askFor(twins, []);
  assert.ok(request);
  // Else what was read in the last second counts as read in this transaction.
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const read = await inTransaction(db, async (tx) => {
    await placeIn(tx, twins, [request]);
    const { rows } = await sql<{ count: number }>`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as count
      from pg_stat_xact_user_tables`.execute(tx);
    return rows[0]?.count ?? Number.NaN;
  });
  t.diagnostic(`${read} rows read after ${before.length} requests`);
  assert.ok(read < before.length / 2, `${read} rows read`);
});
