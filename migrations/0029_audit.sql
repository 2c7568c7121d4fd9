-- As transfers have it: whoever reads step by step goes by the transaction that wrote a row.
alter table audit_log add column tx_id xid8 not null default pg_current_xact_id();
create index audit_log_in_order on audit_log (tx_id, id);

-- Each seal covers the rows of one table that follow those of its last seal, in the order of (tx_id,
-- id), and names the seal before it, whichever table that was of.
create table seals (
  number bigint primary key check (number > 0),
  covers text not null check (covers in ('transfers', 'audit_log')),
  -- Rows up to this place are covered; an id below every other where all of earlier transactions are.
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

-- Hashes do not compress.
alter table seals alter column leaves set storage external;
create index seals_of_table on seals (covers, number);
create trigger seals_are_forever before update or delete or truncate on seals
  for each statement execute function refuse_change();
