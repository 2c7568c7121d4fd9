-- A payment collects an order's total, or a deposit.
alter table payments
  alter column order_id drop not null,
  add column deposit_id uuid,
  add constraint payments_are_for_one_thing check (num_nonnulls(order_id, deposit_id) = 1);

-- Partial, so that placing an order does not write it.
create unique index payments_attempts_of_deposit on payments (deposit_id, attempt)
  where deposit_id is not null;
