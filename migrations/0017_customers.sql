-- A customer is somebody met in Discord, or a reseller, who holds an API key that sells.
alter table customers alter column discord_id drop not null;
alter table customers add column key_id uuid unique;
alter table customers add check (num_nonnulls(discord_id, key_id) = 1);
