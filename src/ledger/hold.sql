-- Holds saldo for an order, once. True when it is held now: false when less is available, and when
-- the order's hold has ended. Holding again changes nothing. Locks the balance, then the hold.
create or replace function ledger_hold(for_order uuid, of_account text, wanted bigint, at timestamptz)
returns boolean language plpgsql as $$
declare
  known holds;
begin
  perform ledger_lock(array[of_account]);
  select * into known from holds where order_id = for_order;
  if found then
    if known.ledger_account <> of_account or known.amount <> wanted then
      raise exception 'order % holds % of %', for_order, known.amount, known.ledger_account;
    end if;
    return known.state = 'held';
  end if;
  update balances set held = held + wanted
  where ledger_account = of_account and posted - held >= wanted;
  if not found then
    return false;
  end if;
  insert into holds (order_id, ledger_account, amount, held_at)
  values (for_order, of_account, wanted, at);
  return true;
end
$$;

-- Ends a hold: `consumed` before its saldo is spent in the same transaction, `released` when it can
-- be spent on anything again. A hold ends once: a repeat changes nothing and is false.
create or replace function ledger_end_hold(for_order uuid, ending text, at timestamptz)
returns boolean language plpgsql as $$
declare
  of_account text;
  ended holds;
begin
  select ledger_account into of_account from holds where order_id = for_order;
  -- Not even a hold that is committed from here on is ended: its balance would be locked after it.
  if not found then
    return false;
  end if;
  perform ledger_lock(array[of_account]);
  update holds set state = ending, ended_at = at
  where order_id = for_order and state = 'held'
  returning * into ended;
  if not found then
    return false;
  end if;
  update balances set held = held - ended.amount where ledger_account = ended.ledger_account;
  return true;
end
$$;
