-- Which world this database belongs to, decided at birth and never changed.
create table store (
  singleton boolean primary key default true check (singleton),
  environment text not null check (environment in ('sandbox', 'live')),
  -- How far a sandbox's clock has been moved on, so that a restart does not go back in time.
  clock_offset_ms bigint not null default 0 check (clock_offset_ms >= 0),
  -- Sealed with the key file of this shop: another key cannot open it.
  key_check text,
  created_at timestamptz not null
);

create table jobs (
  id bigint generated always as identity primary key,
  name text not null,
  -- Work with the same name and key waits once and runs one at a time.
  key text,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'dead')),
  run_at timestamptz not null,
  attempt_count int not null default 0,
  lease_until timestamptz,
  -- Counts the leases: a worker whose lease was taken over cannot finish the job.
  fence int not null default 0,
  last_error text,
  enqueued_at timestamptz not null,
  died_at timestamptz,
  check ((state = 'running') = (lease_until is not null)),
  check ((state = 'dead') = (died_at is not null))
) with (fillfactor = 70);

create unique index jobs_waiting_once on jobs (name, key) where state = 'waiting';
create unique index jobs_running_once on jobs (name, key) where state = 'running';
create index jobs_due on jobs (run_at) where state = 'waiting';
create index jobs_leased on jobs (lease_until) where state = 'running';
create index jobs_dead on jobs (died_at) where state = 'dead';

-- Jobs that come again by themselves: every so many seconds, or each day at a time in Jakarta.
create table recurring_jobs (
  name text primary key,
  every_seconds int check (every_seconds > 0),
  daily_at text check (daily_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  next_run_at timestamptz not null,
  check ((every_seconds is null) <> (daily_at is null))
);
