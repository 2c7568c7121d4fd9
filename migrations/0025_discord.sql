-- What the staff channel was told of a desk item: one message, changed when the item is.
create table discord_staff_notices (
  item_id uuid primary key,
  channel_id text not null,
  -- Both unknown from before it is sent until it is known that it was.
  message_id text,
  shown_hash text
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
