/**
 * Fill past: what placing once wrote of orders that are long delivered, straight into the tables that placing
 * reads and the indexes that it writes to. What came after it is left out, so the books of such a shop do
 * not balance: it may sell, and prove nothing.
 */
import pg from "pg";
import { soldSkus } from "./shop-database.ts";

const batchSize = 100_000;
const ordersOfAnOccasional = 10;

// Half of the orders are of those who buy now, in turn, so that whatever grows with a customer's own
// past is there; the others are of people who came ten times. One order a second, the last of them now.
const prepared = [
  "set session_replication_role = replica", // orders are written as they ended
  `create temp table regulars as
  select row_number() over (order by id) - 1 as place, id, key_id from customers where key_id is not null`,
  `create temp table sold as ${soldSkus}`,
  "analyze regulars, sold",
];

const occasionals = [
  `insert into customers (id, discord_id, locale, created_at)
  select md5('occasional' || n)::uuid, n::text, 'id', now() from generate_series(0, $1::int - 1) n`,
  `insert into balances (ledger_account)
  select 'customer:' || md5('occasional' || n)::uuid from generate_series(0, $1::int - 1) n`,
];

// Hexadecimal digits spread over the letters of the shop's codes, so that new codes fall between old ones.
const asCode = (hex: string) => `translate(${hex}, '0123456789abcdef', '02468ACEGJMPRTWY')`;

const batch = [
  // Versions 7 that grow with time and codes that lie anywhere, as the shop makes them. No two codes
  // are equal: an odd factor and a power of two.
  `create temp table past on commit drop as
  select made.*, uuidv7(at - clock_timestamp()) as order_id, uuidv7(at - clock_timestamp()) as transfer_id,
    uuidv7(at - clock_timestamp() - interval '1 minute') as quote_id,
    ${asCode("lpad(to_hex(i * 679535501193 % 1099511627776), 10, '0')")} as code,
    ${asCode("md5('page' || i)")} as page_token, sku_id, sold.code as sku_code, version, price, cost,
    coalesce(regulars.id, md5('occasional' || i / 2 % $4::int)::uuid) as buyer,
    coalesce('key:' || regulars.key_id || ':' || gen_random_uuid(), 'discord:' || (1e18::bigint + i)) as key
  from (
    select i, now() - ($3::int - i) * interval '1 second' as at
    from generate_series($1::bigint, $2::bigint) i
  ) made
  join sold on sold.place = i % (select count(*) from sold)
  left join regulars on i % 2 = 0 and regulars.place = i / 2 % (select count(*) from regulars)
  order by i`,
  `insert into quotes (id, customer_id, sku_id, price_version, price, cost, game_code, player_id, zone_id,
    nickname, quoted_at, expires_at)
  select quote_id, buyer, sku_id, version, price, cost, 'ML', '123456789', '2001', 'Budi', at, at from past`,
  `insert into orders (
    id, code, page_token, customer_id, quote_id, sku_id, price_version, price, cost, game_code, player_id,
    zone_id, nickname, method, state, paid, placed_at, pay_by, reserved_until, changed_at
  )
  select order_id, code, page_token, buyer, quote_id, sku_id, version, price, cost, 'ML', '123456789',
    '2001', 'Budi', 'saldo', 'delivered', price, at, at, at, at
  from past`,
  `insert into order_events (order_id, from_state, to_state, actor, reason, happened_at)
  select order_id, null, 'paid', 'customer:' || buyer, 'placed', at from past`,
  `insert into risk_decisions (order_id, version, score, decision, hits, decided_at)
  select order_id, (select max(version) from risk_rules), 0, 'allow', '[]', at from past`,
  `insert into transfers (id, debit_account, credit_account, amount, key, reason, order_id, posted_at)
  select transfer_id, 'customer:' || buyer, 'escrow', price, 'saldo_payment:' || order_id,
    'order paid from saldo', order_id, at
  from past`,
  `insert into reservations (order_id, sku_id, quantity, state, reserved_at)
  select order_id, sku_id, 1, 'consumed', at from past`,
  `insert into stock_movements (
    sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, order_id, moved_at
  )
  select sku_id, 'reserved', 1, 1, 0, 1, 'customer:' || buyer, order_id, at from past`,
  `insert into placements (key, customer_id, fingerprint, outcome, placed_at)
  select key, buyer, quote_id || ' saldo', jsonb_build_object(
    'outcome', 'placed', 'order_id', order_id, 'order_code', code, 'page_token', page_token,
    'sku', sku_code, 'price', price, 'method', 'saldo', 'state', 'paid', 'placed_at', at, 'pay_by', null,
    'request_id', transfer_id
  ), at
  from past`,
];

/** Adds so many past orders, of the customers with a key and of others, as the database's superuser. */
export async function fillPast(
  server: pg.ClientConfig,
  orderCount: number,
  report: (progress: string) => void,
): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    const occasionalCount = Math.ceil(orderCount / 2 / ordersOfAnOccasional);
    for (const statement of prepared) await client.query(statement);
    for (const statement of occasionals) await client.query(statement, [occasionalCount]);
    for (let first = 1; first <= orderCount; first += batchSize) {
      const last = Math.min(first + batchSize - 1, orderCount);
      await client.query("begin");
      for (const statement of batch) {
        const values = [first, last, orderCount, occasionalCount];
        await client.query(statement, statement.includes("$1") ? values : []);
      }
      await client.query("commit");
      report(`${last} of ${orderCount} past orders`);
    }
    await client.query("vacuum analyze");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}
