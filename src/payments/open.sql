-- Opens a payment of an order or a deposit: [{id, ref, order_id, deposit_id, customer_id, gateway,
-- method, amount, attempt, send_by, expires_at, return_path}]. The charge itself is a job, because nothing crosses the network in a transaction.
create or replace function payments_open(new_payments jsonb, at timestamptz)
returns void language plpgsql as $$
begin
  insert into payments (
    id, ref, order_id, deposit_id, customer_id, gateway, method, amount, state, attempt, send_by,
    expires_at, return_path, opened_at
  )
  select id, ref, order_id, deposit_id, customer_id, gateway, method, amount, 'opening', attempt,
    send_by, expires_at, return_path, at
  from jsonb_to_recordset(new_payments) as item (
    id uuid, ref text, order_id uuid, deposit_id uuid, customer_id uuid, gateway text, method text,
    amount bigint, attempt int, send_by timestamptz, expires_at timestamptz, return_path text
  );
  perform jobs_enqueue(
    'payments.charge', item ->> 'id', jsonb_build_object('paymentId', item ->> 'id'), at, at
  )
  from jsonb_array_elements(new_payments) item;
end
$$;
