-- What the staff channel was told of a desk item: one message, changed when the item is.
create table discord_staff_notices (
  item_id uuid primary key,
  channel_id text not null,
  message_id text not null,
  shown_hash text not null
);

-- Whose direct messages were found closed: asking again and again gets a bot blocked.
create table discord_closed_doors (
  discord_id text primary key,
  found_at timestamptz not null
);

-- What was registered last, by application: Discord need not be told again what it knows.
create table discord_deployments (
  application_id text primary key,
  hash text not null,
  deployed_at timestamptz not null
);
