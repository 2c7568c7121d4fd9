-- Money that a customer puts into their saldo.
create table deposits (
  id uuid primary key,
  code text not null unique,
  page_token text not null unique,
  customer_id uuid not null,
  -- What was asked for; what came is told by its payments.
  amount bigint not null check (amount > 0),
  method text not null check (method in ('gopay')),
  state text not null,
  -- The idempotency key: however often it is used, there is one deposit.
  key text not null unique,
  fingerprint text not null,
  opened_at timestamptz not null,
  pay_by timestamptz not null,
  changed_at timestamptz not null
) with (fillfactor = 80);

create index deposits_of_customer on deposits (customer_id, opened_at desc, id desc);

create table deposit_events (
  id bigint generated always as identity primary key,
  deposit_id uuid not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text not null,
  happened_at timestamptz not null
);

create index deposit_events_of_deposit on deposit_events (deposit_id, id);
create trigger deposit_events_are_forever before update or delete or truncate on deposit_events
  for each statement execute function refuse_change();

-- The life of a deposit, as deposits/deposit.ts tells it. A test holds the two equal.
create table deposit_transitions (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);

insert into deposit_transitions (from_state, to_state) values
  ('awaiting_payment', 'paid'),
  ('awaiting_payment', 'expired'),
  ('awaiting_payment', 'cancelled'),
  ('expired', 'paid'),
  ('cancelled', 'paid');

create function guard_deposit_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'awaiting_payment' then
      raise exception 'a deposit does not begin as %', new.state;
    end if;
  elsif new.state <> old.state and not exists (
    select from deposit_transitions where from_state = old.state and to_state = new.state
  ) then
    raise exception 'deposit % does not go from % to %', old.code, old.state, new.state;
  end if;
  return new;
end
$$;

create trigger deposits_follow_the_table before insert or update of state on deposits
  for each row execute function guard_deposit_state();
