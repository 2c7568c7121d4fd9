-- What the buyer was last told of an order, and by which road.
create table order_notices (
  order_id uuid primary key,
  told_state text not null,
  road text not null check (road in ('card', 'direct_message')),
  told_at timestamptz not null
) with (fillfactor = 80);
