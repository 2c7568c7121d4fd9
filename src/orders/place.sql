-- Places orders: [{key, fingerprint, quote_id, customer_id, method, order_id, code, page_token,
-- transfer_id, payment_id, payment_ref, gateway, pay_by, reserved_until, pay_until, charge_by}].
-- One statement, one commit: key and quote, saldo, stock, order, transfer or payment, jobs. Returns
-- one outcome a request, in their order, and never raises for a business reason. Only a placement is
-- remembered by its key: a refused request had no effect, so asking again asks afresh.
create or replace function orders_place(requests jsonb, at timestamptz)
returns jsonb language plpgsql as $$
declare
  request jsonb;
  outcome jsonb;
  outcomes jsonb := '[]';
begin
  -- One lock order everywhere: customers, then balances, then stock, each by id.
  perform customers_lock(array(
    select (item ->> 'customer_id')::uuid from jsonb_array_elements(requests) item
  ));
  perform ledger_lock(array(
    select 'customer:' || (item ->> 'customer_id')
    from jsonb_array_elements(requests) item where item ->> 'method' = 'saldo'
  ));
  perform inventory_lock(array(
    select quotes.sku_id
    from jsonb_array_elements(requests) item
    join quotes on quotes.id = (item ->> 'quote_id')::uuid
  ));
  for request in select item from jsonb_array_elements(requests) item loop
    outcome := orders_place_one(request, at);
    outcomes := outcomes || jsonb_build_array(outcome);
  end loop;
  return outcomes;
end
$$;

create or replace function orders_place_one(request jsonb, at timestamptz)
returns jsonb language plpgsql as $$
declare
  for_order uuid := request ->> 'order_id';
  buyer uuid := request ->> 'customer_id';
  pay_method text := request ->> 'method';
  max_unpaid constant int := 3;
  known placements;
  quote quotes;
  spendable bigint;
  outcome jsonb;
begin
  select * into known from placements where key = request ->> 'key';
  if found then
    if known.customer_id <> buyer or known.fingerprint <> request ->> 'fingerprint' then
      return jsonb_build_object('outcome', 'key_reused', 'order_code', known.outcome ->> 'order_code');
    end if;
    return known.outcome;
  end if;

  select * into quote from quotes
  where id = (request ->> 'quote_id')::uuid and customer_id = buyer;
  if not found then
    return jsonb_build_object('outcome', 'quote_unknown');
  end if;
  if quote.expires_at <= at then
    return jsonb_build_object('outcome', 'quote_expired');
  end if;
  if quote.nickname is null and quote.confirmed_at is null then
    return jsonb_build_object('outcome', 'unconfirmed');
  end if;
  if pay_method = 'saldo' then
    select coalesce(max(posted - held), 0) into spendable from balances
    where ledger_account = 'customer:' || buyer;
    if spendable < quote.price then
      return jsonb_build_object(
        'outcome', 'insufficient_saldo', 'saldo', spendable, 'price', quote.price
      );
    end if;
  elsif (
    select count(*) from orders where customer_id = buyer and state = 'awaiting_payment'
  ) >= max_unpaid then
    return jsonb_build_object('outcome', 'too_many_unpaid');
  end if;
  if not inventory_reserve(
    for_order, quote.sku_id, 1, case when pay_method = 'saldo' then 'permanent' else 'live' end,
    'customer:' || buyer, at
  ) then
    return jsonb_build_object('outcome', 'sold_out');
  end if;

  insert into orders (
    id, code, page_token, customer_id, quote_id, sku_id, price, cost, game_code, player_id, zone_id,
    nickname, method, state, placed_at, pay_by, reserved_until, changed_at
  ) values (
    for_order, request ->> 'code', request ->> 'page_token', buyer, quote.id, quote.sku_id,
    quote.price, quote.cost, quote.game_code, quote.player_id, quote.zone_id, quote.nickname,
    pay_method, case when pay_method = 'saldo' then 'paid' else 'awaiting_payment' end, at,
    (request ->> 'pay_by')::timestamptz, (request ->> 'reserved_until')::timestamptz, at
  );
  insert into order_events (order_id, from_state, to_state, actor, reason, happened_at)
  select id, null, state, 'customer:' || buyer, 'placed', at from orders where id = for_order;

  if pay_method = 'saldo' then
    perform ledger_post(jsonb_build_array(jsonb_build_object(
      'id', request ->> 'transfer_id', 'debit_account', 'customer:' || buyer,
      'credit_account', 'escrow', 'amount', quote.price, 'key', 'saldo_payment:' || for_order,
      'reason', 'order paid from saldo', 'order_id', for_order
    )), at);
    perform jobs_enqueue('orders.fulfil', for_order::text, jsonb_build_object('orderId', for_order), at, at);
  else
    perform payments_open(jsonb_build_array(jsonb_build_object(
      'id', request ->> 'payment_id', 'ref', request ->> 'payment_ref', 'order_id', for_order,
      'customer_id', buyer, 'gateway', request ->> 'gateway', 'method', pay_method,
      'amount', quote.price, 'attempt', 1, 'send_by', request ->> 'charge_by',
      'expires_at', request ->> 'pay_until',
      'return_path', '/pay/' || (request ->> 'page_token')
    )), at);
    perform jobs_enqueue(
      'orders.expire', for_order::text, jsonb_build_object('orderId', for_order),
      (request ->> 'reserved_until')::timestamptz, at
    );
  end if;

  outcome := jsonb_build_object(
    'outcome', 'placed', 'order_id', for_order, 'order_code', request ->> 'code'
  );
  insert into placements (key, customer_id, fingerprint, outcome, placed_at)
  values (request ->> 'key', buyer, request ->> 'fingerprint', outcome, at);
  return outcome;
end
$$;
