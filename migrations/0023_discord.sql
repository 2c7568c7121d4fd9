-- A card shows an order or a deposit.
alter table discord_cards rename column order_id to subject_id;
alter table discord_cards add column subject text not null default 'order'
  check (subject in ('order', 'deposit'));
alter table discord_cards alter column subject drop default;
