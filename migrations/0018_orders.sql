-- The states that risk decides, in the life of an order as orders/order.ts tells it.
insert into order_transitions (from_state, to_state) values
  ('awaiting_verification', 'awaiting_payment'),
  ('awaiting_verification', 'paid'),
  ('awaiting_verification', 'cancelled'),
  ('paid', 'under_review'),
  ('under_review', 'fulfilling'),
  ('under_review', 'refunding');

create or replace function guard_order_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state not in ('blocked', 'awaiting_verification', 'awaiting_payment', 'paid') then
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

-- What an order holds or held, and what of it went back: in parts perhaps, never more than came.
alter table orders
  add column paid bigint not null default 0 check (paid >= 0),
  add column refunded bigint not null default 0,
  add column price_version int,
  add constraint orders_refund_what_was_paid check (refunded between 0 and paid);

update orders set
  paid = case when state in ('paid', 'fulfilling', 'delivered', 'refunding', 'refunded') then orders.price else 0 end,
  refunded = case when state = 'refunded' then orders.price else 0 end,
  price_version = quotes.price_version
from quotes where quotes.id = orders.quote_id;

alter table orders alter column price_version set not null;

-- However often a quote is said yes to, it becomes one order.
create unique index orders_one_per_quote on orders (quote_id);

-- One request to place an order, with what its key and its quote say.
create type order_request as (
  place int,
  key text,
  fingerprint text,
  request_id text,
  -- Its key was used before: the outcome is known and nothing is written.
  known boolean,
  customer_id uuid,
  discord_id text,
  method text,
  gateway text,
  order_id uuid,
  code text,
  page_token text,
  transfer_id uuid,
  payment_id uuid,
  payment_ref text,
  quote_id uuid,
  sku_id int,
  sku_code text,
  price_version int,
  price bigint,
  cost bigint,
  game_code text,
  player_id text,
  zone_id text,
  nickname text
);
