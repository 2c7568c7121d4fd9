-- All purchases of an order, failed ones too: what its pages and cards show.
create index purchases_of_order on purchases (order_id, opened_at);
