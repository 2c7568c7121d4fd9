-- Every act of a person or a key. No personal data: actors are our own ids, what is personal lies in
-- audit_details and can be deleted.
create table audit_log (
  id bigint generated always as identity primary key,
  actor text not null check (actor ~ '^(operator|system|seed|staff:[0-9a-f-]{36}|key:[0-9a-f-]{36})$'),
  action text not null,
  object text not null,
  before jsonb,
  after jsonb,
  reason text,
  request_id text,
  acted_at timestamptz not null
);

create index audit_log_of_object on audit_log (object, id);
create trigger audit_log_is_forever before update or delete or truncate on audit_log
  for each statement execute function refuse_change();

create table audit_details (
  audit_id bigint primary key references audit_log,
  -- The name of the account on the machine where a command was typed.
  machine_user text,
  ip text
);
