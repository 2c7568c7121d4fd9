create table customers (
  id uuid primary key,
  discord_id text not null unique,
  locale text not null check (locale in ('id', 'en')),
  created_at timestamptz not null
);
