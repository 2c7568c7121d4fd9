-- What is known of a supplier beside its purchases, as it told us when we last asked.
create table supplier_readings (
  supplier text primary key,
  -- A price list may be asked for once in five minutes; noted before the request leaves.
  list_asked_at timestamptz,
  list_read_at timestamptz,
  -- Why the newest list could not be read; the last good one is served meanwhile.
  list_problem text,
  float_amount bigint,
  float_read_at timestamptz,
  check ((float_amount is null) = (float_read_at is null))
);

alter table supplier_skus
  -- As the last good price list has it. Null: it was on none yet, so only a purchase can tell.
  add column list_price bigint check (list_price >= 0),
  add column offered boolean,
  -- The hours in which it is closed each day, in minutes since midnight in Jakarta. Null: none.
  add column closed_from int check (closed_from between 0 and 1439),
  add column closed_until int check (closed_until between 0 and 1439),
  add column seen_at timestamptz,
  -- Out of sale since a purchase was told that there is no such SKU, until a later list offers it.
  add column disabled_at timestamptz,
  add column disabled_reason text,
  add check ((list_price is null) = (seen_at is null)),
  add check ((closed_from is null) = (closed_until is null)),
  add check ((disabled_at is null) = (disabled_reason is null));

-- While a supplier has an open pause nothing new is sent to it; what was sent is still asked about.
create table supplier_pauses (
  id bigint generated always as identity primary key,
  supplier text not null,
  cause text not null check (cause in ('float', 'configuration', 'staff')),
  reason text not null,
  paused_by text not null,
  paused_at timestamptz not null,
  -- Ends by itself once the float is this much again.
  needed_amount bigint check (needed_amount > 0),
  ended_by text,
  ended_at timestamptz,
  check ((cause = 'float') = (needed_amount is not null)),
  check ((ended_by is null) = (ended_at is null))
);

create unique index supplier_pauses_open on supplier_pauses (supplier, cause) where ended_at is null;

alter table purchases
  -- When the supplier took its success back: the cost has returned, the buyer's refund is a person's
  -- decision. May be heard of before the success itself.
  add column reversed_at timestamptz,
  -- Something about it was put on the desk, to be taken off again when it resolves itself.
  add column on_desk boolean not null default false;
