-- What a person must look at. An item is opened once, may be taken, and is closed once.
create table desk_items (
  id uuid primary key,
  -- What a person reads and types.
  number int generated always as identity unique,
  kind text not null,
  -- What it is about, e.g. `job:17`: open at most once for each kind.
  subject text not null,
  order_id uuid,
  -- What to know before acting. No personal data: the row stays for ever.
  details jsonb not null check (jsonb_typeof(details) = 'object'),
  opened_at timestamptz not null,
  taken_by text,
  taken_at timestamptz,
  closed_at timestamptz,
  closed_by text,
  resolution text,
  check ((taken_by is null) = (taken_at is null)),
  check ((closed_at is null) = (closed_by is null)),
  check ((closed_at is null) = (resolution is null))
);

create unique index desk_items_open_once on desk_items (kind, subject) where closed_at is null;
create index desk_items_open on desk_items (opened_at) where closed_at is null;
create index desk_items_of_order on desk_items (order_id) where order_id is not null;

create function guard_desk_item() returns trigger language plpgsql as $$
begin
  if old.closed_at is not null then
    raise exception 'desk item % is closed: what was done about it stays', old.number;
  end if;
  if (new.id, new.number, new.kind, new.subject, new.order_id, new.details, new.opened_at)
    is distinct from
    (old.id, old.number, old.kind, old.subject, old.order_id, old.details, old.opened_at)
  then
    raise exception 'desk item %: what it is about never changes', old.number;
  end if;
  return new;
end
$$;

create trigger desk_items_keep_their_story before update on desk_items
  for each row execute function guard_desk_item();
create trigger desk_items_are_forever before delete or truncate on desk_items
  for each statement execute function refuse_change();
