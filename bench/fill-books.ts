/** Fill books: those of a shop that has traded for a while, written straight into a database. */
import pg from "pg";

// What became of twenty orders, again and again: the rest were delivered, half of them from saldo.
const fates = `case i % 20
  when 0 then 'fulfilling' when 1 then 'refunded' when 2 then 'expired' when 3 then 'awaiting_payment'
  else 'delivered' end`;

// Version 7, as the shop makes them: what is young lies together in the indexes.
const idOf = (name: string) => `(
  lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
  || '7' || substr(md5(${name}), 1, 3) || '8' || substr(md5(${name}), 4, 15)
)::uuid`;

const statements = [
  "set local session_replication_role = replica", // orders are written as they ended
  `create temp table filled on commit drop as
  select i, ${fates} as state, case when i % 20 between 4 and 11 then 'saldo' else 'gopay' end as method,
    ${idOf("'order' || i")} as order_id, ${idOf("'payment' || i")} as payment_id,
    ${idOf("'purchase' || i")} as purchase_id, md5('customer' || i % customer_count)::uuid as buyer,
    (select min(id) from skus) + i % 18 as sku_id, 20000 as price, 18000 as cost, at
  from (
    select i, $3::timestamptz + i * interval '100 milliseconds' as at, $1::int / 20 + 1 as customer_count
    from generate_series($2::int, $2::int + $1::int - 1) i
  ) counted`,
  `insert into customers (id, discord_id, locale, created_at)
  select buyer, buyer::text, 'id', min(at) from filled group by buyer
  on conflict do nothing`,
  `insert into orders (
    id, code, page_token, customer_id, quote_id, sku_id, price_version, price, cost, game_code,
    player_id, method, state, paid, refunded, paid_payment_id, placed_at, pay_by, reserved_until,
    changed_at
  )
  select order_id, 'F' || i, 'page' || i, buyer, ${idOf("'quote' || i")}, sku_id, 1, price, cost, 'ML',
    '1', method, state, case when state in ('fulfilling', 'refunded', 'delivered') then price else 0 end,
    case when state = 'refunded' then price else 0 end,
    case when method = 'gopay' and state in ('fulfilling', 'refunded', 'delivered') then payment_id end,
    at, at, at, at
  from filled`,
  `insert into payments (
    id, ref, order_id, customer_id, gateway, method, amount, state, attempt, send_by, expires_at,
    return_path, opened_at, paid_amount
  )
  select payment_id, 'P' || i, order_id, buyer, 'midtrans', method, price,
    case state when 'expired' then 'expired' when 'awaiting_payment' then 'pending' else 'paid' end,
    1, at, at, '/', at, case when state in ('fulfilling', 'refunded', 'delivered') then price end
  from filled where method = 'gopay'`,
  `insert into purchases (
    id, ref, order_id, supplier, supplier_sku, customer_no, max_cost, state, opened_at
  )
  select purchase_id, 'B' || i, order_id, 'digiflazz', 'x', '1', cost,
    case state when 'fulfilling' then 'open' when 'refunded' then 'failed' else 'succeeded' end, at
  from filled where state in ('fulfilling', 'refunded', 'delivered')`,
  `insert into transfers (id, debit_account, credit_account, amount, key, reason, order_id, posted_at)
  select ${idOf("key")}, debit, credit, amount, key, 'filled', order_id, at
  from (
    select 'gateway:midtrans' as debit, 'customer:' || buyer as credit, 1000000000 as amount,
      'deposit:' || buyer as key, null::uuid as order_id, min(at) as at
    from filled group by buyer
    union all
    select 'customer:' || buyer, 'escrow', price, 'saldo_payment:' || order_id, order_id, at
    from filled where method = 'saldo'
    union all
    select 'gateway:midtrans', 'escrow', price, 'payment:' || payment_id, order_id, at
    from filled where method = 'gopay' and state in ('fulfilling', 'refunded', 'delivered')
    union all
    select 'in_transit:digiflazz', 'float:digiflazz', cost, 'purchase:' || purchase_id, order_id, at
    from filled where state in ('fulfilling', 'refunded', 'delivered')
    union all
    select 'cost_of_sales', 'in_transit:digiflazz', cost, 'purchase_cost:' || purchase_id, order_id, at
    from filled where state = 'delivered'
    union all
    select 'escrow', 'sales', price, 'delivery:' || order_id, order_id, at
    from filled where state = 'delivered'
    union all
    select 'float:digiflazz', 'in_transit:digiflazz', cost, 'purchase_back:' || purchase_id, order_id, at
    from filled where state = 'refunded'
    union all
    select 'escrow', 'customer:' || buyer, price, 'refund:' || order_id, order_id, at
    from filled where state = 'refunded'
  ) posted
  on conflict (key) do nothing`,
  `insert into balances (ledger_account, posted)
  select ledger_account, sum(case side when 'credit' then amount else -amount end)
  from entries where ledger_account like 'customer:%' group by ledger_account
  on conflict (ledger_account) do update set posted = excluded.posted`,
  `insert into reservations (order_id, sku_id, quantity, state, reserved_at)
  select order_id, sku_id, 1,
    case state when 'fulfilling' then 'permanent' when 'awaiting_payment' then 'live'
      when 'delivered' then 'consumed' else 'released' end, at
  from filled`,
  `insert into stock_movements (
    sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, order_id, moved_at
  )
  select sku_id, 'stocked', 0, $1::int, 0, 0, 'seed', null::uuid, min(at) from filled group by sku_id
  union all
  select sku_id, 'reserved', 1, 1, 0, 1, 'system', order_id, at from filled
  union all
  select sku_id, case state when 'delivered' then 'consumed' else 'released' end,
    1, case state when 'delivered' then 0 else 1 end, 1, 0, 'system', order_id, at
  from filled where state in ('delivered', 'refunded', 'expired')`,
  `update stock set on_hand = moved.on_hand, reserved = moved.reserved
  from (
    select sku_id, sum(on_hand_after - on_hand_before) as on_hand,
      sum(reserved_after - reserved_before) as reserved
    from stock_movements group by sku_id
  ) moved where moved.sku_id = stock.sku_id`,
];

/**
 * Adds this many orders and all that they moved, in one transaction, as the database's superuser: ten a
 * second from `since` on. Filled again, `first` is how many there are.
 */
export async function fillBooks(
  server: string | pg.ClientConfig,
  orderCount: number,
  { first = 0, since = new Date("2026-11-01Z") } = {},
): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query("begin");
    for (const statement of statements) {
      const values = statement.includes("$2") ? [orderCount, first, since] : [orderCount];
      await client.query(statement, statement.includes("$1") ? values : []);
    }
    await client.query("commit");
    await client.query("analyze");
  } finally {
    await client.end();
  }
}
