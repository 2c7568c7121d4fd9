-- Locks balance rows in the order of their ids.
create or replace function ledger_lock(ledger_accounts text[]) returns void language sql as $$
  select from balances where ledger_account = any (ledger_accounts) order by ledger_account for update
$$;

-- Posts transfers: [{id, debit_account, credit_account, amount, key, reason, order_id}]. A transfer
-- whose key is posted already is left out, so that posting an event again changes nothing. One that
-- names an account that is not in the chart is refused with all its batch, and so is one that takes
-- what a customer does not have or what is held. Balance rows are locked in the order of their ids.
-- Returns how many were new.
create or replace function ledger_post(new_transfers jsonb, at timestamptz)
returns int language plpgsql as $$
declare
  posted_count int;
begin
  insert into balances (ledger_account)
  select side
  from jsonb_array_elements(new_transfers) item,
    unnest(array[item ->> 'debit_account', item ->> 'credit_account']) side
  where side like 'customer:%'
  order by side
  on conflict do nothing;

  perform ledger_lock(array(
    select unnest(array[item ->> 'debit_account', item ->> 'credit_account'])
    from jsonb_array_elements(new_transfers) item
  ));

  with posted as (
    insert into transfers (id, debit_account, credit_account, amount, key, reason, order_id, posted_at)
    select id, debit_account, credit_account, amount, key, reason, order_id, at
    from rows from (
      jsonb_to_recordset(new_transfers) as (
        id uuid, debit_account text, credit_account text, amount bigint, key text, reason text,
        order_id uuid
      )
    ) with ordinality item (
      id, debit_account, credit_account, amount, key, reason, order_id, position
    )
    -- Two who post the same events wait for each other's keys in one order, never in a circle.
    order by key, position
    on conflict (key) do nothing
    returning debit_account, credit_account, amount
  ), deltas as (
    -- What we owe a customer grows on the credit side.
    select ledger_account, sum(delta) as delta
    from (
      select credit_account as ledger_account, amount as delta from posted
      union all
      select debit_account, -amount from posted
    ) sides
    where ledger_account like 'customer:%'
    group by ledger_account
  ), updated as (
    update balances set posted = balances.posted + deltas.delta
    from deltas
    where balances.ledger_account = deltas.ledger_account
    returning 1
  )
  select count(*) from posted into posted_count;
  return posted_count;
end
$$;
