-- Locks stock rows in the order of their ids.
create or replace function inventory_lock(sku_ids int[]) returns void language sql as $$
  select from stock where sku_id = any (sku_ids) order by sku_id for update
$$;

-- The interface before orders were placed many at once.
drop function if exists inventory_reserve(uuid, int, int, text, text, timestamptz);

-- Reserves one of a SKU for each order, `live` until paid or `permanent` at once. Where less is left
-- than wanted, who stands first gets it. Returns the orders that got one. An order whose reservation
-- was released before, because nobody paid in time, can get another one.
create or replace function inventory_reserve(
  order_ids uuid[], sku_ids int[], beginnings text[], actors text[], at timestamptz
) returns setof uuid language plpgsql as $$
begin
  perform inventory_lock(sku_ids);
  return query
  with wanted as (
    select one.order_id, one.sku_id, one.beginning, one.actor, stock.on_hand, stock.reserved,
      row_number() over (partition by one.sku_id order by one.position)::int as place
    from unnest(order_ids, sku_ids, beginnings, actors) with ordinality
      as one (order_id, sku_id, beginning, actor, position)
    join stock on stock.sku_id = one.sku_id
  ), granted as (
    select wanted.order_id, wanted.sku_id, wanted.beginning, wanted.actor, wanted.on_hand,
      wanted.reserved + wanted.place as reserved_after
    from wanted
    where wanted.place <= wanted.on_hand - wanted.reserved
  ), counted as (
    update stock set reserved = taken.reserved_after
    from (
      select granted.sku_id, max(granted.reserved_after) as reserved_after from granted
      group by granted.sku_id
    ) taken
    where stock.sku_id = taken.sku_id
  ), kept as (
    insert into reservations (order_id, sku_id, quantity, state, reserved_at)
    select granted.order_id, granted.sku_id, 1, granted.beginning, at from granted
    on conflict (order_id) do update
    set state = excluded.state, reserved_at = excluded.reserved_at
    where reservations.state = 'released'
    returning reservations.order_id
  ), moved as (
    insert into stock_movements (
      sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, order_id, moved_at
    )
    select granted.sku_id, 'reserved', granted.on_hand, granted.on_hand, granted.reserved_after - 1,
      granted.reserved_after, granted.actor, granted.order_id, at
    from granted
  )
  select kept.order_id from kept;
end
$$;

-- The interface before reservations were ended many at once.
drop function if exists inventory_end_reservation(uuid, text, text, timestamptz);

-- Ends reservations: `consumed` takes the goods from the shelf, `released` puts them back. A
-- reservation ends once; a repeat changes nothing.
create or replace function inventory_end_reservations(
  order_ids uuid[], ending text, who text, at timestamptz
) returns void language plpgsql as $$
begin
  perform inventory_lock(array(
    select sku_id from reservations
    where order_id = any (order_ids) and state in ('live', 'permanent')
  ));
  with ended as (
    update reservations set state = ending
    where order_id = any (order_ids) and state in ('live', 'permanent')
    returning order_id, sku_id, quantity, case when ending = 'consumed' then quantity else 0 end as taken
  ), counted as (
    update stock set on_hand = on_hand - sums.taken, reserved = reserved - sums.quantity
    from (
      select sku_id, sum(quantity) as quantity, sum(taken) as taken from ended group by sku_id
    ) sums
    where stock.sku_id = sums.sku_id
  )
  insert into stock_movements (
    sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, order_id, moved_at
  )
  select ended.sku_id, ending, stock.on_hand - sum(ended.taken) over earlier + ended.taken,
    stock.on_hand - sum(ended.taken) over earlier,
    stock.reserved - sum(ended.quantity) over earlier + ended.quantity,
    stock.reserved - sum(ended.quantity) over earlier, who, ended.order_id, at
  from ended join stock on stock.sku_id = ended.sku_id
  window earlier as (partition by ended.sku_id order by ended.order_id)
  order by ended.order_id;
end
$$;
