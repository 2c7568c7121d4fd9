-- Places orders, all of a batch together: [{key, fingerprint, request_id, quote_id, customer_id,
-- method, gateway, order_id, code, page_token, transfer_id, payment_id, payment_ref}], at most one
-- for each customer. `times` says when a payment opened now is charged at the latest, can be paid,
-- and until when the order and its stock wait: {charge_by, pay_until, pay_by, reserved_until}.
--
-- One statement, one commit: key and quote, risk, saldo, stock, order, transfer or payment, jobs.
-- Returns one outcome for each request, in their order, and never raises for a business reason. An
-- outcome is remembered by its key for ever, so whoever asks again is told the same.
create or replace function orders_place(requests jsonb, times jsonb, at timestamptz)
-- Planned once for a session, and by indexes: the tables may have been empty then.
returns jsonb[] language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  max_unpaid constant int := 3;
  batch order_request[];
  -- For each of the batch, by its position: its outcome, or null while nothing speaks against it.
  outcomes jsonb[];
  decisions risk_decisions[];
  reserved uuid[];
  -- What becomes an order: placed or blocked, and not known before.
  made order_request[];
begin
  -- One lock order everywhere: customers, then balances, then stock, each by id.
  perform customers_lock(array(
    select (item ->> 'customer_id')::uuid from jsonb_array_elements(requests) item
  ));

  select array_agg(one.request order by one.place), array_agg(one.outcome order by one.place)
  into batch, outcomes
  from orders_read(requests, at) one;

  select array_agg(row(
    scored.order_id, scored.version, scored.score, scored.decision, scored.hits, at
  )::risk_decisions)
  into decisions
  from (
    select array_agg(one.order_id) as order_ids, array_agg(one.customer_id) as customer_ids,
      array_agg(one.discord_id) as discord_ids, array_agg(one.game_code) as game_codes,
      array_agg(one.player_id) as player_ids, array_agg(one.zone_id) as zone_ids
    from unnest(batch) one
    where outcomes[one.place] is null
  ) asked
  cross join risk_score(
    asked.order_ids, asked.customer_ids, asked.discord_ids, asked.game_codes, asked.player_ids,
    asked.zone_ids, at
  ) scored;
  outcomes := array(
    select coalesce(outcomes[one.place], case when decided.decision <> 'allow'
      then jsonb_build_object('outcome', 'blocked', 'order_code', one.code)
    end)
    from unnest(batch) one
    left join unnest(decisions) decided on decided.order_id = one.order_id
    order by one.place
  );

  perform ledger_lock(array(
    select 'customer:' || one.customer_id from unnest(batch) one
    where one.method = 'saldo' and outcomes[one.place] is null
  ));
  outcomes := array(
    select coalesce(outcomes[one.place], case
      when one.method = 'saldo' and coalesce(balances.posted - balances.held, 0) < one.price
      then jsonb_build_object(
        'outcome', 'insufficient_saldo', 'price', one.price,
        'saldo', coalesce(balances.posted - balances.held, 0)
      )
      when one.method <> 'saldo' and (
        select count(*) from orders
        where orders.customer_id = one.customer_id and orders.state = 'awaiting_payment'
          and orders.placed_at > at - interval '1 day'
      ) >= max_unpaid
      then jsonb_build_object('outcome', 'too_many_unpaid')
    end)
    from unnest(batch) one
    left join balances on balances.ledger_account = 'customer:' || one.customer_id
    order by one.place
  );

  select array(select inventory_reserve(
    array_agg(one.order_id order by one.place), array_agg(one.sku_id order by one.place),
    array_agg(case when one.method = 'saldo' then 'permanent' else 'live' end order by one.place),
    array_agg('customer:' || one.customer_id order by one.place), at
  ))
  into reserved
  from unnest(batch) one
  where outcomes[one.place] is null;
  outcomes := array(
    select coalesce(
      outcomes[one.place],
      case when one.order_id <> all (reserved) then jsonb_build_object('outcome', 'sold_out') end,
      jsonb_build_object(
        'outcome', 'placed', 'order_id', one.order_id, 'order_code', one.code,
        'page_token', one.page_token, 'sku', one.sku_code, 'price', one.price, 'method', one.method,
        'state', case when one.method = 'saldo' then 'paid' else 'awaiting_payment' end,
        'placed_at', at, 'pay_by', case when one.method <> 'saldo' then times -> 'pay_by' end
      )
    ) || case when one.known then '{}' else jsonb_build_object('request_id', one.request_id) end
    from unnest(batch) one
    order by one.place
  );

  select coalesce(array_agg(one order by one.place), '{}') into made
  from unnest(batch) one
  where not one.known and outcomes[one.place] ->> 'outcome' in ('placed', 'blocked');
  perform orders_write(made, outcomes, decisions, times, at);

  insert into placements (key, customer_id, fingerprint, outcome, placed_at)
  select one.key, one.customer_id, one.fingerprint, outcomes[one.place], at
  from unnest(batch) one
  where not one.known;
  return outcomes;
end
$$;

-- What keys and quotes say of requests: the outcome of a key that was used before, or why a quote
-- cannot become an order (any more), or null.
create or replace function orders_read(requests jsonb, at timestamptz)
returns table (place int, request order_request, outcome jsonb) language sql as $$
  select asked.place::int,
    row(
      asked.place, asked.key, asked.fingerprint, asked.request_id, placements.key is not null,
      asked.customer_id, customers.discord_id, asked.method, asked.gateway, asked.order_id,
      asked.code, asked.page_token, asked.transfer_id, asked.payment_id, asked.payment_ref,
      quotes.id, quotes.sku_id, skus.code, quotes.price_version, quotes.price, quotes.cost,
      quotes.game_code, quotes.player_id, quotes.zone_id, quotes.nickname
    )::order_request,
    case
      when placements.customer_id <> asked.customer_id or placements.fingerprint <> asked.fingerprint
      then jsonb_build_object('outcome', 'key_reused')
      when placements.key is not null then placements.outcome
      when quotes.id is null then jsonb_build_object('outcome', 'quote_unknown')
      when earlier.id is not null
      then jsonb_build_object('outcome', 'duplicate', 'order_code', earlier.code)
      when not skus.active then jsonb_build_object('outcome', 'sold_out')
      when quotes.expires_at <= at then jsonb_build_object('outcome', 'quote_expired')
      when quotes.nickname is null and quotes.confirmed_at is null
      then jsonb_build_object('outcome', 'unconfirmed')
    end
  from rows from (
    jsonb_to_recordset(requests) as (
      key text, fingerprint text, request_id text, quote_id uuid, customer_id uuid, method text,
      gateway text, order_id uuid, code text, page_token text, transfer_id uuid, payment_id uuid,
      payment_ref text
    )
  ) with ordinality asked (
    key, fingerprint, request_id, quote_id, customer_id, method, gateway, order_id, code, page_token,
    transfer_id, payment_id, payment_ref, place
  )
  -- One by one: joined as a whole, a plan that was made while they were empty would read them all.
  left join lateral (select * from customers where id = asked.customer_id limit 1) customers on true
  left join lateral (select * from placements where key = asked.key limit 1) placements on true
  left join lateral (
    select * from quotes where id = asked.quote_id and customer_id = asked.customer_id limit 1
  ) quotes on true
  left join skus on skus.id = quotes.sku_id
  left join lateral (select * from orders where quote_id = quotes.id limit 1) earlier on true
$$;

-- Writes what was decided: the orders with their events and decisions, their saldo or their payments,
-- and the jobs that go on with them.
create or replace function orders_write(
  made order_request[], outcomes jsonb[], decisions risk_decisions[], times jsonb, at timestamptz
) returns void language plpgsql as $$
declare
  from_saldo order_request[];
  by_payment order_request[];
begin
  if cardinality(made) = 0 then
    return;
  end if;
  insert into orders (
    id, code, page_token, customer_id, quote_id, sku_id, price_version, price, cost, game_code,
    player_id, zone_id, nickname, method, state, paid, placed_at, pay_by, reserved_until, changed_at
  )
  select one.order_id, one.code, one.page_token, one.customer_id, one.quote_id, one.sku_id,
    one.price_version, one.price, one.cost, one.game_code, one.player_id, one.zone_id, one.nickname,
    one.method, coalesce(outcomes[one.place] ->> 'state', 'blocked'),
    case when outcomes[one.place] ->> 'state' = 'paid' then one.price else 0 end, at,
    (times ->> 'pay_by')::timestamptz, (times ->> 'reserved_until')::timestamptz, at
  from unnest(made) one;
  insert into order_events (order_id, from_state, to_state, actor, reason, happened_at)
  select one.order_id, null, coalesce(outcomes[one.place] ->> 'state', 'blocked'),
    'customer:' || one.customer_id, outcomes[one.place] ->> 'outcome', at
  from unnest(made) one
  order by one.place;
  perform risk_record(array(
    select decided from unnest(decisions) decided
    join unnest(made) one on one.order_id = decided.order_id
  ));

  select array_agg(one order by one.place) filter (where one.method = 'saldo'),
    array_agg(one order by one.place) filter (where one.method <> 'saldo')
  into from_saldo, by_payment
  from unnest(made) one
  where outcomes[one.place] ->> 'outcome' = 'placed';
  if from_saldo is not null then
    perform ledger_post(array_agg(row(
      one.transfer_id, 'customer:' || one.customer_id, 'escrow', one.price,
      'saldo_payment:' || one.order_id, 'order paid from saldo', one.order_id, at, null
    )::transfers), at)
    from unnest(from_saldo) one;
    perform jobs_enqueue_all(
      'orders.fulfil', array_agg(one.order_id::text),
      array_agg(jsonb_build_object('orderId', one.order_id)), at, at
    ) from unnest(from_saldo) one;
  end if;
  if by_payment is not null then
    perform payments_open(jsonb_agg(jsonb_build_object(
      'id', one.payment_id, 'ref', one.payment_ref, 'order_id', one.order_id,
      'customer_id', one.customer_id, 'gateway', one.gateway, 'method', one.method,
      'amount', one.price, 'attempt', 1, 'send_by', times -> 'charge_by',
      'expires_at', times -> 'pay_until', 'return_path', '/pay/' || one.page_token
    )), at)
    from unnest(by_payment) one;
    perform jobs_enqueue_all(
      'orders.expire', array_agg(one.order_id::text),
      array_agg(jsonb_build_object('orderId', one.order_id)),
      (times ->> 'reserved_until')::timestamptz, at
    ) from unnest(by_payment) one;
  end if;
end
$$;

drop function if exists orders_place(jsonb, timestamptz);
drop function if exists orders_place_one(jsonb, timestamptz);
