create table quotes (
  id uuid primary key,
  customer_id uuid not null,
  sku_id int not null references skus,
  price_version int not null,
  price bigint not null check (price > 0),
  cost bigint not null check (cost > 0),
  game_code text not null,
  player_id text not null,
  zone_id text,
  nickname text,
  -- Without a nickname the buyer must say that the account is right.
  confirmed_at timestamptz,
  quoted_at timestamptz not null,
  expires_at timestamptz not null,
  foreign key (sku_id, price_version) references prices (sku_id, version)
);

create table orders (
  id uuid primary key,
  code text not null unique,
  page_token text not null unique,
  customer_id uuid not null,
  quote_id uuid not null,
  sku_id int not null,
  price bigint not null check (price > 0),
  -- What a supplier may charge at most.
  cost bigint not null check (cost > 0),
  game_code text not null,
  player_id text not null,
  zone_id text,
  nickname text,
  method text not null check (method in ('saldo', 'gopay')),
  state text not null,
  -- Whose money this order holds; any other payment's goes to the buyer's saldo.
  paid_payment_id uuid,
  placed_at timestamptz not null,
  pay_by timestamptz not null,
  reserved_until timestamptz not null,
  changed_at timestamptz not null
) with (fillfactor = 80);

create index orders_of_customer on orders (customer_id, placed_at desc);

-- The outcome of placing, by idempotency key. Never changed: a repeat is answered from it.
create table placements (
  key text primary key,
  customer_id uuid not null,
  fingerprint text not null,
  outcome jsonb not null,
  placed_at timestamptz not null
);

create trigger placements_are_forever before update or delete or truncate on placements
  for each statement execute function refuse_change();

create table order_events (
  id bigint generated always as identity primary key,
  order_id uuid not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text not null,
  happened_at timestamptz not null
);

create index order_events_of_order on order_events (order_id, id);
create trigger order_events_are_forever before update or delete or truncate on order_events
  for each statement execute function refuse_change();

-- The life of an order, as orders/order.ts tells it. A test holds the two equal.
create table order_transitions (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);

insert into order_transitions (from_state, to_state) values
  ('awaiting_payment', 'paid'),
  ('awaiting_payment', 'expired'),
  ('awaiting_payment', 'cancelled'),
  ('paid', 'fulfilling'),
  ('paid', 'refunding'),
  ('fulfilling', 'delivered'),
  ('fulfilling', 'refunding'),
  ('delivered', 'refunding'),
  ('refunding', 'refunded'),
  ('expired', 'paid'),
  ('expired', 'refunding'),
  ('cancelled', 'refunding');

create function guard_order_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state not in ('awaiting_payment', 'paid') then
      raise exception 'an order does not begin as %', new.state;
    end if;
  elsif new.state <> old.state and not exists (
    select from order_transitions where from_state = old.state and to_state = new.state
  ) then
    raise exception 'order % does not go from % to %', old.code, old.state, new.state;
  end if;
  return new;
end
$$;

create trigger orders_follow_the_table before insert or update of state on orders
  for each row execute function guard_order_state();
