-- Who reads history step by step goes by the transaction that wrote a row, and stops at the oldest one
-- that still runs: a row that is committed late is then never passed over.
alter table transfers add column tx_id xid8 not null default pg_current_xact_id();
create index transfers_in_order on transfers (tx_id, id);
alter table audit_log add column tx_id xid8 not null default pg_current_xact_id();
create index audit_log_in_order on audit_log (tx_id, id);

-- Each seal covers the rows of one table that follow those of its last seal, in the order of (tx_id,
-- id), and names the seal before it, whichever table that was of.
create table seals (
  number bigint primary key check (number > 0),
  covers text not null check (covers in ('transfers', 'audit_log')),
  -- The last row that is covered.
  through_tx xid8 not null,
  through_id text not null,
  row_count int not null check (row_count > 0),
  -- Of each row its id and the hash of what it says, 48 bytes: they tell which row was changed.
  leaves bytea not null check (length(leaves) = row_count * 48),
  -- When the newest row of the table was written, by its own word.
  latest_at timestamptz not null,
  root bytea not null check (length(root) = 32),
  previous bytea not null check (length(previous) = 32),
  head bytea not null unique check (length(head) = 32),
  signature bytea not null check (length(signature) = 64),
  sealed_at timestamptz not null
);

create index seals_of_table on seals (covers, number);
create trigger seals_are_forever before update or delete or truncate on seals
  for each statement execute function refuse_change();

-- What each ledger account has moved up to a transaction, so that the whole past need not be added up
-- each minute. Written by one job; the whole proof adds up the past and compares.
create table ledger_rollups (
  ledger_account text primary key,
  debits numeric not null,
  credits numeric not null
) with (fillfactor = 80);

create table ledger_rolled_up (
  one boolean primary key default true check (one),
  -- Transfers of earlier transactions are in.
  before_tx xid8 not null
);
insert into ledger_rolled_up (before_tx) values ('0');

alter table supplier_pauses drop constraint supplier_pauses_cause_check;
alter table supplier_pauses add constraint supplier_pauses_cause_check
  check (cause in ('float', 'configuration', 'staff', 'books'));
