-- One row per interaction: a redelivered one finds its id taken.
create table discord_interactions (
  id text primary key,
  payload jsonb not null,
  received_at timestamptz not null,
  -- Work begins only after Discord has taken the first answer.
  acknowledged_at timestamptz,
  -- The message to show, kept before it is shown: showing it again does no work again.
  result jsonb
);

-- Where the buyer sees an order: the message of the last interaction, while its token lives.
create table discord_cards (
  order_id uuid primary key,
  discord_id text not null,
  locale text not null check (locale in ('id', 'en')),
  application_id text not null,
  token text not null,
  token_expires_at timestamptz not null,
  -- The direct message that goes on with the story when the token is dead.
  dm_channel_id text,
  dm_message_id text,
  shown_hash text
);
