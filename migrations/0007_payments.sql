create table payments (
  id uuid primary key,
  -- What the gateway calls it; never used for a second charge.
  ref text not null unique,
  order_id uuid not null,
  customer_id uuid not null,
  gateway text not null,
  method text not null,
  amount bigint not null check (amount > 0),
  state text not null check (
    state in (
      'opening', 'charging', 'pending', 'lost', 'paid', 'expired', 'cancelled', 'failed', 'mismatched'
    )
  ),
  attempt int not null check (attempt > 0),
  -- No charge leaves at or after this instant, so "not found" means something after it.
  send_by timestamptz not null,
  expires_at timestamptz not null,
  -- Where the wallet sends the buyer back to, below our public address.
  return_path text not null,
  gateway_ref text,
  deep_link text,
  qr_image bytea,
  failure text,
  opened_at timestamptz not null,
  inquired_at timestamptz,
  paid_at timestamptz,
  unique (order_id, attempt)
) with (fillfactor = 80);

-- Each exchange with a gateway as it was, less its secrets.
create table payment_exchanges (
  id bigint generated always as identity primary key,
  payment_id uuid not null,
  kind text not null check (kind in ('charge', 'inquiry', 'cancel', 'webhook')),
  status int,
  body text not null,
  exchanged_at timestamptz not null
);

create index payment_exchanges_of_payment on payment_exchanges (payment_id, id);
create trigger payment_exchanges_are_forever before update or delete or truncate on payment_exchanges
  for each statement execute function refuse_change();
