-- A name in the chart of accounts, as ledger/chart.ts tells it. A test holds the two equal.
create domain ledger_account as text constraint ledger_account_is_in_chart check (
  value = any (array[
    'escrow', 'bank', 'inventory', 'capital', 'sales', 'fee_income', 'cost_of_sales',
    'gateway_fees', 'supplier_fees', 'promotions', 'adjustments', 'chargebacks', 'suspense'
  ])
  or value like any (array[
    'customer:________-____-____-____-____________', 'gateway:_%', 'float:_%', 'in\_transit:_%'
  ])
);

-- A transfer is one row, so an unbalanced one cannot be written.
create table transfers (
  id uuid primary key,
  debit_account ledger_account not null,
  credit_account ledger_account not null,
  amount bigint not null check (amount > 0),
  -- What happened, once: posting the same event again finds its key taken.
  key text not null unique,
  reason text not null,
  order_id uuid,
  posted_at timestamptz not null,
  check (debit_account <> credit_account)
);

create index transfers_of_order on transfers (order_id) where order_id is not null;
create index transfers_of_debit on transfers (debit_account, posted_at);
create index transfers_of_credit on transfers (credit_account, posted_at);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows are never changed or removed: correct them by adding', tg_table_name;
end
$$;

create trigger transfers_are_forever before update or delete or truncate on transfers
  for each statement execute function refuse_change();

-- Only customers have a balance row: house accounts would be a lock that every order waits for.
create table balances (
  ledger_account text primary key check (ledger_account like 'customer:%'),
  posted bigint not null default 0 check (posted >= 0),
  -- What is posted and yet cannot be spent: the sum of the account's holds.
  held bigint not null default 0 check (held >= 0),
  constraint balances_still_hold check (held <= posted)
) with (fillfactor = 70);

-- Saldo kept for an order that awaits verification. Not a transfer: nothing has moved.
create table holds (
  order_id uuid primary key,
  ledger_account text not null,
  amount bigint not null check (amount > 0),
  state text not null default 'held' check (state in ('held', 'consumed', 'released')),
  held_at timestamptz not null,
  ended_at timestamptz,
  check ((state = 'held') = (ended_at is null))
) with (fillfactor = 80);

create index holds_of_account on holds (ledger_account) where state = 'held';

create function guard_hold() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state <> 'held' or row(new.order_id, new.ledger_account, new.amount, new.held_at)
    is distinct from row(old.order_id, old.ledger_account, old.amount, old.held_at)
  then
    raise exception 'a hold ends once and nothing else about it changes: %', old.order_id;
  end if;
  return new;
end
$$;

create trigger holds_end_once before update or delete on holds
  for each row execute function guard_hold();

create view entries as
  select id as transfer_id, debit_account as ledger_account, 'debit' as side, amount, reason, order_id, posted_at
  from transfers
  union all
  select id, credit_account, 'credit', amount, reason, order_id, posted_at
  from transfers;
