create table games (
  id int generated always as identity primary key,
  code text not null unique check (code = upper(code)),
  name text not null,
  icon text not null,
  position int not null
);

create table skus (
  id int generated always as identity primary key,
  game_id int not null references games,
  code text not null unique check (code = upper(code)),
  name text not null,
  position int not null,
  min_stock int not null check (min_stock >= 0),
  active boolean not null default true
);

-- A price is never edited: the newest version is the price, and a quote names the one it used.
create table prices (
  sku_id int not null references skus,
  version int not null check (version > 0),
  price bigint not null check (price > 0),
  cost bigint not null check (cost > 0),
  valid_from timestamptz not null,
  primary key (sku_id, version)
);

create trigger prices_are_forever before update or delete or truncate on prices
  for each statement execute function refuse_change();

create view current_prices as
  select distinct on (sku_id) sku_id, version, price, cost
  from prices
  order by sku_id, version desc;

-- Counts the changes of the catalog, by whatever hand, so that a process that keeps a copy in memory
-- can tell by one number whether it is old.
create table catalog_version (
  singleton boolean primary key default true check (singleton),
  version bigint not null
);

insert into catalog_version (version) values (1);

create function count_catalog_change() returns trigger language plpgsql as $$
begin
  update catalog_version set version = version + 1;
  return null;
end
$$;

create trigger games_are_counted after insert or update or delete on games
  for each row execute function count_catalog_change();
create trigger skus_are_counted after insert or update or delete on skus
  for each row execute function count_catalog_change();
create trigger prices_are_counted after insert on prices
  for each row execute function count_catalog_change();
