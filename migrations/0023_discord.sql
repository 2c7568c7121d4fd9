-- A card shows an order or a deposit.
alter table discord_cards rename column order_id to subject_id;
