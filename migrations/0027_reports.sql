-- What the books say, for whoever reads them. Every amount is a sum of transfers; other tables only
-- name what a transfer was for.

create view report_trial_balance as
select ledger_account,
  coalesce(sum(amount) filter (where side = 'debit'), 0)::bigint as debits,
  coalesce(sum(amount) filter (where side = 'credit'), 0)::bigint as credits
from entries
group by ledger_account;

-- Money that was paid for an order and has not gone on. Since: when it came last to an order that had none.
create view report_escrow as
with moves as not materialized (
  select order_id, id, posted_at, amount from transfers where credit_account = 'escrow'
  union all
  select order_id, id, posted_at, -amount from transfers where debit_account = 'escrow'
), unsettled as (
  select order_id, sum(amount)::bigint as amount, min(posted_at) as first_at
  from moves
  group by order_id
  having sum(amount) <> 0
)
select unsettled.order_id, orders.code as order_code, orders.state, unsettled.amount,
  coalesce(held.since, unsettled.first_at) as since
from unsettled
left join orders on orders.id = unsettled.order_id
left join lateral (
  select min(posted_at) as since
  from (
    select posted_at, place, max(place) filter (where left_over = 0) over () as emptied_at
    from (
      select posted_at, row_number() over moved as place, sum(amount) over moved as left_over
      from moves
      where moves.order_id = unsettled.order_id
      window moved as (order by posted_at, id)
    ) run
  ) runs
  where place > coalesce(emptied_at, 0)
) held on true;

-- Money that nobody could explain, by the payment that brought it, or else by the event's key.
create view report_suspense as
with moves as (
  select key, order_id, posted_at, amount from transfers where credit_account = 'suspense'
  union all
  select key, order_id, posted_at, -amount from transfers where debit_account = 'suspense'
), told as (
  select moves.order_id, moves.posted_at, moves.amount,
    case split_part(moves.key, ':', 1)
      when 'payment' then moves.key
      when 'short' then 'payment:' || split_part(moves.key, ':', 2)
      when 'chargeback_short' then 'payment:' || split_part(moves.key, ':', 2)
      when 'explained' then 'un' || moves.key
      when 'source_refund' then coalesce('payment:' || refunds.payment_id, moves.key)
      else moves.key
    end as subject
  from moves
  left join refunds on moves.key like 'source_refund:%'
    and refunds.id::text = split_part(moves.key, ':', 2)
), unexplained as (
  select subject, (array_agg(order_id) filter (where order_id is not null))[1] as order_id,
    sum(amount)::bigint as amount, min(posted_at) as since
  from told
  group by subject
  having sum(amount) <> 0
)
select unexplained.subject, payments.ref as payment_ref, orders.code as order_code,
  unexplained.amount, unexplained.since
from unexplained
left join orders on orders.id = unexplained.order_id
left join payments on payments.order_id = unexplained.order_id
  and 'payment:' || payments.id = unexplained.subject;

-- What open purchases took from a float: nobody knows yet whether it was spent.
create view report_in_transit as
with moves as (
  select debit_account as ledger_account, key, order_id, posted_at, amount
  from transfers where debit_account like 'in\_transit:%'
  union all
  select credit_account, key, order_id, posted_at, -amount
  from transfers where credit_account like 'in\_transit:%'
), unsettled as (
  select ledger_account, split_part(key, ':', 2) as purchase, order_id,
    sum(amount)::bigint as amount, min(posted_at) as since
  from moves
  group by ledger_account, split_part(key, ':', 2), order_id
  having sum(amount) <> 0
)
select unsettled.ledger_account, unsettled.purchase, purchases.ref as purchase_ref,
  orders.code as order_code, unsettled.amount, unsettled.since
from unsettled
left join orders on orders.id = unsettled.order_id
left join purchases on purchases.order_id = unsettled.order_id
  and purchases.id::text = unsettled.purchase;

-- Each side of a transfer that earns or costs something, in the column of its kind. A transfer that
-- names no order has no SKU. Who wants a day asks for the instants between which it lies: the indexes
-- of transfers find those.
create view report_profit_lines as
select lines.transfer_id, lines.posted_at,
  to_char(lines.posted_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as jakarta_day,
  lines.order_id, skus.code as sku_code,
  case when lines.ledger_account = 'sales' and lines.earned > 0 then lines.order_id end
    as delivered_order_id,
  case when lines.ledger_account = 'sales' and lines.earned > 0 then lines.earned else 0 end as sales,
  case when lines.ledger_account = 'sales' and lines.earned < 0 then -lines.earned else 0 end as refunds,
  case when lines.ledger_account = 'cost_of_sales' and lines.earned < 0 then -lines.earned else 0 end
    as costs,
  case when lines.ledger_account = 'cost_of_sales' and lines.earned > 0 then lines.earned else 0 end
    as reversals,
  case when lines.ledger_account = 'gateway_fees' then -lines.earned else 0 end as gateway_fees,
  case when lines.ledger_account in ('sales', 'cost_of_sales', 'gateway_fees') then 0
    else lines.earned end as other_income,
  lines.earned as profit
from (
  select id as transfer_id, posted_at, order_id, credit_account as ledger_account, amount as earned
  from transfers
  where credit_account in (
    'sales', 'fee_income', 'cost_of_sales', 'gateway_fees', 'supplier_fees', 'promotions',
    'adjustments', 'chargebacks'
  )
  union all
  select id, posted_at, order_id, debit_account, -amount
  from transfers
  where debit_account in (
    'sales', 'fee_income', 'cost_of_sales', 'gateway_fees', 'supplier_fees', 'promotions',
    'adjustments', 'chargebacks'
  )
) lines
left join orders on orders.id = lines.order_id
left join skus on skus.id = orders.sku_id;

-- Both sides of every transfer, all customers in one line, for balances at the edges of a day.
create view report_day_lines as
select case when ledger_account like 'customer:%' then 'customer:*' else ledger_account::text end
    as ledger_group,
  side, amount, posted_at
from entries;

-- What is counted at the end of a day and is no profit or loss.
create view report_day_events as
select 'refunded' as kind, order_id, amount, posted_at
from transfers
where debit_account = 'escrow' and split_part(key, ':', 1) in (
  'refund', 'refund_part', 'source_refund', 'chargeback'
)
union all
select 'deposited', order_id, amount, posted_at
from transfers
where debit_account like 'gateway:%' and credit_account like 'customer:%'
  and split_part(key, ':', 1) = 'payment';
