-- Locks stock rows in the order of their ids.
create or replace function inventory_lock(sku_ids int[]) returns void language sql as $$
  select from stock where sku_id = any (sku_ids) order by sku_id for update
$$;

-- Reserves stock for an order, `live` until paid or `permanent` at once. False when there is not
-- enough; nothing has changed then.
create or replace function inventory_reserve(
  for_order uuid, of_sku int, wanted int, beginning text, who text, at timestamptz
) returns boolean language plpgsql as $$
declare
  after_reserving stock;
begin
  update stock set reserved = reserved + wanted
  where sku_id = of_sku and on_hand - reserved >= wanted
  returning * into after_reserving;
  if not found then
    return false;
  end if;
  insert into reservations (order_id, sku_id, quantity, state, reserved_at)
  values (for_order, of_sku, wanted, beginning, at);
  insert into stock_movements (
    sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, order_id, moved_at
  ) values (
    of_sku, 'reserved', after_reserving.on_hand, after_reserving.on_hand,
    after_reserving.reserved - wanted, after_reserving.reserved, who, for_order, at
  );
  return true;
end
$$;

-- Ends a reservation: `consumed` takes the goods from the shelf, `released` puts them back. A
-- reservation ends once; a repeat changes nothing.
create or replace function inventory_end_reservation(
  for_order uuid, ending text, who text, at timestamptz
) returns void language plpgsql as $$
declare
  ended reservations;
  after_ending stock;
  taken int;
begin
  update reservations set state = ending
  where order_id = for_order and state in ('live', 'permanent')
  returning * into ended;
  if not found then
    return;
  end if;
  taken := case when ending = 'consumed' then ended.quantity else 0 end;
  update stock set on_hand = on_hand - taken, reserved = reserved - ended.quantity
  where sku_id = ended.sku_id
  returning * into after_ending;
  insert into stock_movements (
    sku_id, kind, on_hand_before, on_hand_after, reserved_before, reserved_after, actor, order_id, moved_at
  ) values (
    ended.sku_id, ending, after_ending.on_hand + taken, after_ending.on_hand,
    after_ending.reserved + ended.quantity, after_ending.reserved, who, for_order, at
  );
end
$$;
