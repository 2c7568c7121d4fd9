-- A transfer is one row, so an unbalanced one cannot be written.
create table transfers (
  id uuid primary key,
  debit_account text not null,
  credit_account text not null,
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
  posted bigint not null default 0 check (posted >= 0)
) with (fillfactor = 70);

create view entries as
  select id as transfer_id, debit_account as ledger_account, 'debit' as side, amount, reason, order_id, posted_at
  from transfers
  union all
  select id, credit_account, 'credit', amount, reason, order_id, posted_at
  from transfers;
