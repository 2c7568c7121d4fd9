create table game_account_checks (
  -- The token that proves a check to a quote.
  id uuid primary key,
  customer_id uuid not null,
  game_code text not null,
  player_id text not null,
  zone_id text,
  result text not null check (result in ('found', 'unavailable')),
  nickname text check ((result = 'found') = (nickname is not null)),
  checked_at timestamptz not null,
  expires_at timestamptz not null
);
