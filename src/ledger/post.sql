-- Locks balance rows in the order of their ids.
create or replace function ledger_lock(ledger_accounts text[]) returns void language sql as $$
  select from balances where ledger_account = any (ledger_accounts) order by ledger_account for update
$$;

-- Posts transfers. A transfer whose key is posted already is left out, so that posting an event again
-- changes nothing. One that names an account that is not in the chart is refused with all its batch,
-- and so is one that takes what a customer does not have or what is held. Balance rows are locked in
-- the order of their ids. Returns how many were new.
create or replace function ledger_post(new_transfers transfers[], at timestamptz)
returns int language plpgsql as $$
declare
  customer_accounts text[] := array(
    select distinct side
    from unnest(new_transfers) one,
      unnest(array[one.debit_account::text, one.credit_account::text]) side
    where side like 'customer:%'
    order by side
  );
  posted_count int;
begin
  insert into balances (ledger_account)
  select unnest(customer_accounts)
  on conflict do nothing;
  perform ledger_lock(customer_accounts);

  with posted as (
    insert into transfers (id, debit_account, credit_account, amount, key, reason, order_id, posted_at)
    select one.id, one.debit_account, one.credit_account, one.amount, one.key, one.reason,
      one.order_id, at
    from unnest(new_transfers) with ordinality one (
      id, debit_account, credit_account, amount, key, reason, order_id, posted_at, tx_id, position
    )
    -- Two who post the same events wait for each other's keys in one order, never in a circle.
    order by one.key, one.position
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

-- The same for transfers as JSON: [{id, debit_account, credit_account, amount, key, reason, order_id}].
create or replace function ledger_post(new_transfers jsonb, at timestamptz)
returns int language sql as $$
  select ledger_post(
    array(select one from jsonb_populate_recordset(null::transfers, new_transfers) one), at
  )
$$;
