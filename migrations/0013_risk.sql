-- What makes an order suspicious, in versions that never change: the newest one counts.
create table risk_rules (
  version int not null,
  name text not null,
  feature text not null,
  operator text not null check (operator in ('>', '>=')),
  threshold bigint not null,
  points int not null check (points > 0),
  primary key (version, name)
);

create trigger risk_rules_are_forever before update or delete or truncate on risk_rules
  for each statement execute function refuse_change();

insert into risk_rules (version, name, feature, operator, threshold, points)
values (1, 'blacklist', 'blocks', '>=', 1, 100);

-- Whom the shop does not sell to. The values are personal, so a row can be deleted.
create table risk_blocks (
  id uuid primary key,
  kind text not null check (kind in ('customer', 'discord_id', 'game_account')),
  value text not null,
  reason text not null,
  blocked_at timestamptz not null,
  removed_at timestamptz
);

create unique index risk_blocks_once on risk_blocks (kind, value) where removed_at is null;

create function guard_risk_block() returns trigger language plpgsql as $$
begin
  if old.removed_at is not null or new.removed_at is null
    or (new.id, new.kind, new.value, new.reason, new.blocked_at)
      is distinct from (old.id, old.kind, old.value, old.reason, old.blocked_at)
  then
    raise exception 'block %: it can only end, once', old.id;
  end if;
  return new;
end
$$;

create trigger risk_blocks_only_end before update on risk_blocks
  for each row execute function guard_risk_block();

-- What was decided about each order, and why: once as it is placed, again when its money comes late.
-- No personal data.
create table risk_decisions (
  order_id uuid not null,
  version int not null,
  score int not null check (score >= 0),
  decision text not null check (decision in ('allow', 'verify', 'review', 'block')),
  -- The rules that fired: [{rule, value, threshold, points}].
  hits jsonb not null check (jsonb_typeof(hits) = 'array'),
  decided_at timestamptz not null,
  primary key (order_id, decided_at)
);

create trigger risk_decisions_are_forever before update or delete or truncate on risk_decisions
  for each statement execute function refuse_change();
