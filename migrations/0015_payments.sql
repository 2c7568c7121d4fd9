alter table payments
  drop constraint payments_state_check,
  add constraint payments_state_check check (
    state in (
      'opening', 'charging', 'pending', 'lost', 'paid', 'short', 'expired', 'cancelled', 'failed',
      'mismatched'
    )
  ),
  -- What an inquiry confirmed: less than `amount` is short, more is over and paid.
  add column paid_amount bigint check (paid_amount > 0),
  -- The amount of an authentic notification where that is not ours, until an inquiry has answered it.
  add column claim text,
  add column claimed_at timestamptz,
  -- What refunds hold of it: asked for, under way or done.
  add column refund_amount bigint not null default 0;

update payments set paid_amount = amount where state = 'paid';

alter table payments
  add constraint payments_know_what_came check (
    (paid_amount is not null) = (state in ('paid', 'short'))
  ),
  add constraint payments_claim_has_its_time check ((claim is null) = (claimed_at is null)),
  add constraint payments_short_is_less check ((state = 'short') = (paid_amount < amount)),
  add constraint payments_refund_what_came check (refund_amount between 0 and coalesce(paid_amount, 0));

-- Money on its way back to where it came from.
create table refunds (
  id uuid primary key,
  -- The gateway's refund key: asked for again with it, nothing is given back twice.
  ref text not null unique,
  payment_id uuid not null,
  order_id uuid not null,
  amount bigint not null check (amount > 0),
  -- The ledger account that gives it back once the gateway has confirmed.
  from_account text not null check (from_account in ('escrow', 'suspense')),
  reason text not null,
  state text not null check (state in ('requested', 'pending', 'refunded', 'failed')),
  failure text,
  requested_at timestamptz not null,
  -- Set before the socket is written: from then on only inquiries follow, until one finds nothing.
  sent_at timestamptz,
  -- It does not leave at or after this instant: its worker may have been paused.
  send_by timestamptz,
  asked_at timestamptz,
  ended_at timestamptz,
  check ((sent_at is null) = (send_by is null)),
  check ((state in ('refunded', 'failed')) = (ended_at is not null)),
  check ((failure is not null) = (state = 'failed'))
) with (fillfactor = 80);

create index refunds_of_payment on refunds (payment_id);

alter table payment_exchanges
  drop constraint payment_exchanges_kind_check,
  add constraint payment_exchanges_kind_check check (
    kind in ('charge', 'inquiry', 'cancel', 'webhook', 'refund')
  );
