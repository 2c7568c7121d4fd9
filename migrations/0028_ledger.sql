-- Who reads history step by step goes by the transaction that wrote a row, and stops at the oldest one
-- that still runs: a row that is committed late is then never passed over.
alter table transfers add column tx_id xid8 not null default pg_current_xact_id();
create index transfers_in_order on transfers (tx_id, id);

-- What each ledger account has moved up to a transaction, so that the whole past need not be added up
-- each minute. Written by one job; the whole proof adds up the past and compares.
create table ledger_rollups (
  ledger_account text primary key,
  debits bigint not null,
  credits bigint not null
) with (fillfactor = 80);

create table ledger_rolled_up (
  one boolean primary key default true check (one),
  -- Transfers of earlier transactions are in.
  before_tx xid8 not null
);
insert into ledger_rolled_up (before_tx) values ('0');
