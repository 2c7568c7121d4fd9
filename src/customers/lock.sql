-- Locks customers in the order of their ids: placing is serial per customer.
create or replace function customers_lock(customer_ids uuid[]) returns void language sql as $$
  select from customers where id = any (customer_ids) order by id for update
$$;
