create table staff (
  id uuid primary key,
  discord_id text not null unique,
  role text not null check (role in ('owner', 'admin', 'agent', 'viewer')),
  added_at timestamptz not null,
  removed_at timestamptz
);

-- A key is shown once; only its hash is kept.
create table api_keys (
  id uuid primary key,
  name text not null,
  hash bytea not null unique check (length(hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null,
  revoked_at timestamptz
);
