create table stock (
  sku_id int primary key references skus,
  on_hand int not null check (on_hand >= 0),
  reserved int not null default 0 check (reserved >= 0 and reserved <= on_hand)
) with (fillfactor = 70);

create table reservations (
  order_id uuid primary key,
  sku_id int not null,
  quantity int not null check (quantity > 0),
  state text not null check (state in ('live', 'permanent', 'consumed', 'released')),
  reserved_at timestamptz not null
) with (fillfactor = 80);

create table stock_movements (
  id bigint generated always as identity primary key,
  sku_id int not null,
  kind text not null check (kind in ('stocked', 'reserved', 'released', 'consumed')),
  on_hand_before int not null,
  on_hand_after int not null,
  reserved_before int not null,
  reserved_after int not null,
  actor text not null,
  order_id uuid,
  moved_at timestamptz not null
);

create index stock_movements_of_sku on stock_movements (sku_id, id);
create trigger stock_movements_are_forever before update or delete or truncate on stock_movements
  for each statement execute function refuse_change();
