-- Large corrections of a customer's saldo, which one person must not make alone. What is proposed never
-- changes; it ends once.
create table adjustment_proposals (
  id uuid primary key,
  -- What a person reads and types.
  number int generated always as identity unique,
  customer_id uuid not null,
  direction text not null check (direction in ('give', 'take')),
  amount bigint not null check (amount > 0),
  reason text not null,
  proposed_by text not null,
  -- The account of the machine from which it was proposed: never may the same one approve.
  proposed_from text,
  proposed_at timestamptz not null,
  -- Where nobody else works: when it takes effect by itself.
  takes_effect_at timestamptz,
  ending text check (ending in ('approved', 'took_effect', 'cancelled')),
  ended_by text,
  ended_from text,
  ended_at timestamptz,
  check ((ending is null) = (ended_by is null)),
  check ((ending is null) = (ended_at is null)),
  check (ending <> 'took_effect' or ended_at >= takes_effect_at),
  -- Two people of one machine account, or one person behind two of them, are not two.
  constraint adjustment_proposals_need_two check (
    ending <> 'approved' or (
      proposed_from is not null and ended_from is not null and proposed_from <> ended_from
      and (ended_by <> proposed_by or ended_by = 'operator')
    )
  )
);

create index adjustment_proposals_open on adjustment_proposals (number) where ending is null;

create function guard_adjustment_proposal() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.ending is not null then
      raise exception 'an adjustment is proposed before it ends';
    end if;
    return new;
  end if;
  if old.ending is not null then
    raise exception 'proposal % has ended: how it did stays', old.number;
  end if;
  if (new.id, new.number, new.customer_id, new.direction, new.amount, new.reason, new.proposed_by,
      new.proposed_from, new.proposed_at, new.takes_effect_at)
    is distinct from
    (old.id, old.number, old.customer_id, old.direction, old.amount, old.reason, old.proposed_by,
      old.proposed_from, old.proposed_at, old.takes_effect_at)
  then
    raise exception 'proposal %: what is proposed never changes', old.number;
  end if;
  return new;
end
$$;

create trigger adjustment_proposals_end_once before insert or update on adjustment_proposals
  for each row execute function guard_adjustment_proposal();
create trigger adjustment_proposals_are_forever before delete or truncate on adjustment_proposals
  for each statement execute function refuse_change();
