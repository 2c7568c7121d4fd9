create table supplier_skus (
  supplier text not null,
  sku_id int not null references skus,
  supplier_sku text not null,
  primary key (supplier, sku_id)
);

create table purchases (
  id uuid primary key,
  -- What the supplier calls it. Closed for ever once the purchase has failed.
  ref text not null unique,
  order_id uuid not null,
  supplier text not null,
  supplier_sku text not null,
  customer_no text not null,
  max_cost bigint not null check (max_cost > 0),
  state text not null check (state in ('open', 'succeeded', 'failed')),
  serial_number text,
  charged bigint check (charged >= 0),
  failure text,
  -- What an answer left open, e.g. a time-out on their side: failed only when it is said again.
  doubt text,
  opened_at timestamptz not null,
  -- Set before the socket is written: from then on only an inquiry may follow.
  sent_at timestamptz,
  asked_at timestamptz,
  -- No request of the latest attempt leaves at or after this instant: its worker may have been paused.
  send_by timestamptz,
  ended_at timestamptz,
  check ((asked_at is null) = (send_by is null))
) with (fillfactor = 80);

-- At most one purchase of an order can be open or done: buying twice would violate this.
create unique index purchases_one_per_order on purchases (order_id) where state <> 'failed';

create table purchase_exchanges (
  id bigint generated always as identity primary key,
  purchase_id uuid not null,
  kind text not null check (kind in ('purchase', 'inquiry', 'webhook')),
  status int,
  body text not null,
  exchanged_at timestamptz not null
);

create index purchase_exchanges_of_purchase on purchase_exchanges (purchase_id, id);
create trigger purchase_exchanges_are_forever before update or delete or truncate on purchase_exchanges
  for each statement execute function refuse_change();
