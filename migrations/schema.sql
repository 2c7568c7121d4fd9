-- What the migrations and the functions of src/ add up to, for whoever reviews a change.
-- Written by `npm run schema` and never run; a test holds it equal to a migrated database.

create domain ledger_account as text constraint ledger_account_is_in_chart CHECK ((VALUE = ANY (ARRAY['escrow'::text, 'bank'::text, 'inventory'::text, 'capital'::text, 'sales'::text, 'fee_income'::text, 'cost_of_sales'::text, 'gateway_fees'::text, 'supplier_fees'::text, 'promotions'::text, 'adjustments'::text, 'chargebacks'::text, 'suspense'::text])) OR (VALUE ~~ ANY (ARRAY['customer:________-____-____-____-____________'::text, 'gateway:_%'::text, 'float:_%'::text, 'in\_transit:_%'::text])));

create table adjustment_proposals (
  id uuid not null,
  number integer generated always as identity not null,
  customer_id uuid not null,
  direction text not null,
  amount bigint not null,
  reason text not null,
  proposed_by text not null,
  proposed_from text,
  proposed_at timestamp with time zone not null,
  takes_effect_at timestamp with time zone,
  ending text,
  ended_by text,
  ended_from text,
  ended_at timestamp with time zone,
  constraint adjustment_proposals_pkey PRIMARY KEY (id),
  constraint adjustment_proposals_number_key UNIQUE (number),
  constraint adjustment_proposals_amount_check CHECK (amount > 0),
  constraint adjustment_proposals_check CHECK ((ending IS NULL) = (ended_by IS NULL)),
  constraint adjustment_proposals_check1 CHECK ((ending IS NULL) = (ended_at IS NULL)),
  constraint adjustment_proposals_check2 CHECK (ending <> 'took_effect'::text OR ended_at >= takes_effect_at),
  constraint adjustment_proposals_direction_check CHECK (direction = ANY (ARRAY['give'::text, 'take'::text])),
  constraint adjustment_proposals_ending_check CHECK (ending = ANY (ARRAY['approved'::text, 'took_effect'::text, 'cancelled'::text])),
  constraint adjustment_proposals_need_two CHECK (ending <> 'approved'::text OR proposed_from IS NOT NULL AND ended_from IS NOT NULL AND proposed_from <> ended_from AND (ended_by <> proposed_by OR ended_by = 'operator'::text))
);
CREATE INDEX adjustment_proposals_open ON adjustment_proposals USING btree (number) WHERE (ending IS NULL);
CREATE TRIGGER adjustment_proposals_are_forever BEFORE DELETE OR TRUNCATE ON adjustment_proposals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER adjustment_proposals_end_once BEFORE INSERT OR UPDATE ON adjustment_proposals FOR EACH ROW EXECUTE FUNCTION guard_adjustment_proposal();

create table api_keys (
  id uuid not null,
  name text not null,
  hash bytea not null,
  scopes text[] not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_hash_key UNIQUE (hash),
  constraint api_keys_hash_check CHECK (length(hash) = 32),
  constraint api_keys_scopes_check CHECK (cardinality(scopes) > 0)
);

create table audit_details (
  audit_id bigint not null,
  machine_user text,
  ip text,
  constraint audit_details_pkey PRIMARY KEY (audit_id),
  constraint audit_details_audit_id_fkey FOREIGN KEY (audit_id) REFERENCES audit_log(id)
);

create table audit_log (
  id bigint generated always as identity not null,
  actor text not null,
  action text not null,
  object text not null,
  before jsonb,
  after jsonb,
  reason text,
  request_id text,
  acted_at timestamp with time zone not null,
  tx_id xid8 default pg_current_xact_id() not null,
  constraint audit_log_pkey PRIMARY KEY (id),
  constraint audit_log_actor_check CHECK (actor ~ '^(operator|system|seed|staff:[0-9a-f-]{36}|key:[0-9a-f-]{36})$'::text)
);
CREATE INDEX audit_log_in_order ON audit_log USING btree (tx_id, id);
CREATE INDEX audit_log_of_object ON audit_log USING btree (object, id);
CREATE TRIGGER audit_log_is_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table balances (
  ledger_account text not null,
  posted bigint default 0 not null,
  held bigint default 0 not null,
  constraint balances_pkey PRIMARY KEY (ledger_account),
  constraint balances_held_check CHECK (held >= 0),
  constraint balances_ledger_account_check CHECK (ledger_account ~~ 'customer:%'::text),
  constraint balances_posted_check CHECK (posted >= 0),
  constraint balances_still_hold CHECK (held <= posted)
) with (fillfactor=70);

create table catalog_version (
  singleton boolean default true not null,
  version bigint not null,
  constraint catalog_version_pkey PRIMARY KEY (singleton),
  constraint catalog_version_singleton_check CHECK (singleton)
);

create view current_prices (
  sku_id integer,
  version integer,
  price bigint,
  cost bigint
);

create table customers (
  id uuid not null,
  discord_id text,
  locale text not null,
  created_at timestamp with time zone not null,
  key_id uuid,
  constraint customers_pkey PRIMARY KEY (id),
  constraint customers_discord_id_key UNIQUE (discord_id),
  constraint customers_key_id_key UNIQUE (key_id),
  constraint customers_check CHECK (num_nonnulls(discord_id, key_id) = 1),
  constraint customers_locale_check CHECK (locale = ANY (ARRAY['id'::text, 'en'::text]))
);

create table deposit_events (
  id bigint generated always as identity not null,
  deposit_id uuid not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text not null,
  happened_at timestamp with time zone not null,
  constraint deposit_events_pkey PRIMARY KEY (id)
);
CREATE INDEX deposit_events_of_deposit ON deposit_events USING btree (deposit_id, id);
CREATE TRIGGER deposit_events_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON deposit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table deposit_transitions (
  from_state text not null,
  to_state text not null,
  constraint deposit_transitions_pkey PRIMARY KEY (from_state, to_state)
);

create table deposits (
  id uuid not null,
  code text not null,
  page_token text not null,
  customer_id uuid not null,
  amount bigint not null,
  method text not null,
  state text not null,
  key text not null,
  fingerprint text not null,
  opened_at timestamp with time zone not null,
  pay_by timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  constraint deposits_pkey PRIMARY KEY (id),
  constraint deposits_code_key UNIQUE (code),
  constraint deposits_key_key UNIQUE (key),
  constraint deposits_page_token_key UNIQUE (page_token),
  constraint deposits_amount_check CHECK (amount > 0),
  constraint deposits_method_check CHECK (method = 'gopay'::text)
) with (fillfactor=80);
CREATE INDEX deposits_of_customer ON deposits USING btree (customer_id, opened_at DESC, id DESC);
CREATE TRIGGER deposits_follow_the_table BEFORE INSERT OR UPDATE OF state ON deposits FOR EACH ROW EXECUTE FUNCTION guard_deposit_state();

create table desk_items (
  id uuid not null,
  number integer generated always as identity not null,
  kind text not null,
  subject text not null,
  order_id uuid,
  details jsonb not null,
  opened_at timestamp with time zone not null,
  taken_by text,
  taken_at timestamp with time zone,
  closed_at timestamp with time zone,
  closed_by text,
  resolution text,
  constraint desk_items_pkey PRIMARY KEY (id),
  constraint desk_items_number_key UNIQUE (number),
  constraint desk_items_check CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
  constraint desk_items_check1 CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
  constraint desk_items_check2 CHECK ((closed_at IS NULL) = (resolution IS NULL)),
  constraint desk_items_details_check CHECK (jsonb_typeof(details) = 'object'::text)
);
CREATE INDEX desk_items_of_order ON desk_items USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX desk_items_open ON desk_items USING btree (opened_at) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX desk_items_open_once ON desk_items USING btree (kind, subject) WHERE (closed_at IS NULL);
CREATE TRIGGER desk_items_are_forever BEFORE DELETE OR TRUNCATE ON desk_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER desk_items_keep_their_story BEFORE UPDATE ON desk_items FOR EACH ROW EXECUTE FUNCTION guard_desk_item();

create table discord_cards (
  subject_id uuid not null,
  discord_id text not null,
  locale text not null,
  application_id text not null,
  token text not null,
  token_expires_at timestamp with time zone not null,
  dm_channel_id text,
  dm_message_id text,
  shown_hash text,
  constraint discord_cards_pkey PRIMARY KEY (subject_id),
  constraint discord_cards_locale_check CHECK (locale = ANY (ARRAY['id'::text, 'en'::text]))
);

create table discord_closed_doors (
  discord_id text not null,
  found_at timestamp with time zone not null,
  constraint discord_closed_doors_pkey PRIMARY KEY (discord_id)
);

create table discord_deployments (
  application_id text not null,
  hash text not null,
  deployed_at timestamp with time zone not null,
  constraint discord_deployments_pkey PRIMARY KEY (application_id)
);

create table discord_interactions (
  id text not null,
  payload jsonb not null,
  received_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  result jsonb,
  constraint discord_interactions_pkey PRIMARY KEY (id)
);

create table discord_staff_notices (
  item_id uuid not null,
  channel_id text not null,
  message_id text,
  shown_hash text,
  constraint discord_staff_notices_pkey PRIMARY KEY (item_id)
);

create view entries (
  transfer_id uuid,
  ledger_account ledger_account,
  side text,
  amount bigint,
  reason text,
  order_id uuid,
  posted_at timestamp with time zone
);

create table game_account_checks (
  id uuid not null,
  customer_id uuid not null,
  game_code text not null,
  player_id text not null,
  zone_id text,
  result text not null,
  nickname text,
  checked_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint game_account_checks_pkey PRIMARY KEY (id),
  constraint game_account_checks_check CHECK ((result = 'found'::text) = (nickname IS NOT NULL)),
  constraint game_account_checks_result_check CHECK (result = ANY (ARRAY['found'::text, 'unavailable'::text]))
);

create table games (
  id integer generated always as identity not null,
  code text not null,
  name text not null,
  icon text not null,
  position integer not null,
  constraint games_pkey PRIMARY KEY (id),
  constraint games_code_key UNIQUE (code),
  constraint games_code_check CHECK (code = upper(code))
);
CREATE TRIGGER games_are_counted AFTER INSERT OR DELETE OR UPDATE ON games FOR EACH ROW EXECUTE FUNCTION count_catalog_change();

create table holds (
  order_id uuid not null,
  ledger_account text not null,
  amount bigint not null,
  state text default 'held'::text not null,
  held_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint holds_pkey PRIMARY KEY (order_id),
  constraint holds_amount_check CHECK (amount > 0),
  constraint holds_check CHECK ((state = 'held'::text) = (ended_at IS NULL)),
  constraint holds_state_check CHECK (state = ANY (ARRAY['held'::text, 'consumed'::text, 'released'::text]))
) with (fillfactor=80);
CREATE INDEX holds_of_account ON holds USING btree (ledger_account) WHERE (state = 'held'::text);
CREATE TRIGGER holds_end_once BEFORE DELETE OR UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION guard_hold();

create table jobs (
  id bigint generated always as identity not null,
  name text not null,
  key text,
  payload jsonb not null,
  state text default 'waiting'::text not null,
  run_at timestamp with time zone not null,
  attempt_count integer default 0 not null,
  lease_until timestamp with time zone,
  fence integer default 0 not null,
  last_error text,
  enqueued_at timestamp with time zone not null,
  died_at timestamp with time zone,
  constraint jobs_pkey PRIMARY KEY (id),
  constraint jobs_check CHECK ((state = 'running'::text) = (lease_until IS NOT NULL)),
  constraint jobs_check1 CHECK ((state = 'dead'::text) = (died_at IS NOT NULL)),
  constraint jobs_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'running'::text, 'dead'::text]))
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=2000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX jobs_dead ON jobs USING btree (died_at) WHERE (state = 'dead'::text);
CREATE INDEX jobs_due ON jobs USING btree (run_at) WHERE (state = 'waiting'::text);
CREATE INDEX jobs_leased ON jobs USING btree (lease_until) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX jobs_running_once ON jobs USING btree (name, key) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX jobs_waiting_once ON jobs USING btree (name, key) WHERE (state = 'waiting'::text);

create table ledger_rolled_up (
  one boolean default true not null,
  before_tx xid8 not null,
  constraint ledger_rolled_up_pkey PRIMARY KEY (one),
  constraint ledger_rolled_up_one_check CHECK (one)
);

create table ledger_rollups (
  ledger_account text not null,
  debits bigint not null,
  credits bigint not null,
  constraint ledger_rollups_pkey PRIMARY KEY (ledger_account)
) with (fillfactor=80);

create table order_events (
  id bigint generated always as identity not null,
  order_id uuid not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text not null,
  happened_at timestamp with time zone not null,
  constraint order_events_pkey PRIMARY KEY (id)
);
CREATE INDEX order_events_of_order ON order_events USING btree (order_id, id);
CREATE TRIGGER order_events_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON order_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table order_notices (
  order_id uuid not null,
  told_state text not null,
  road text not null,
  told_at timestamp with time zone not null,
  constraint order_notices_pkey PRIMARY KEY (order_id),
  constraint order_notices_road_check CHECK (road = ANY (ARRAY['card'::text, 'direct_message'::text]))
) with (fillfactor=80);

create table order_transitions (
  from_state text not null,
  to_state text not null,
  constraint order_transitions_pkey PRIMARY KEY (from_state, to_state)
);

create table orders (
  id uuid not null,
  code text not null,
  page_token text not null,
  customer_id uuid not null,
  quote_id uuid not null,
  sku_id integer not null,
  price bigint not null,
  cost bigint not null,
  game_code text not null,
  player_id text not null,
  zone_id text,
  nickname text,
  method text not null,
  state text not null,
  paid_payment_id uuid,
  placed_at timestamp with time zone not null,
  pay_by timestamp with time zone not null,
  reserved_until timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  paid bigint default 0 not null,
  refunded bigint default 0 not null,
  price_version integer not null,
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_code_key UNIQUE (code),
  constraint orders_page_token_key UNIQUE (page_token),
  constraint orders_cost_check CHECK (cost > 0),
  constraint orders_method_check CHECK (method = ANY (ARRAY['saldo'::text, 'gopay'::text])),
  constraint orders_paid_check CHECK (paid >= 0),
  constraint orders_price_check CHECK (price > 0),
  constraint orders_refund_what_was_paid CHECK (refunded >= 0 AND refunded <= paid)
) with (fillfactor=80);
CREATE INDEX orders_of_customer ON orders USING btree (customer_id, placed_at DESC);
CREATE UNIQUE INDEX orders_one_per_quote ON orders USING btree (quote_id);
CREATE TRIGGER orders_follow_the_table BEFORE INSERT OR UPDATE OF state ON orders FOR EACH ROW EXECUTE FUNCTION guard_order_state();

create table payment_exchanges (
  id bigint generated always as identity not null,
  payment_id uuid not null,
  kind text not null,
  status integer,
  body text not null,
  exchanged_at timestamp with time zone not null,
  constraint payment_exchanges_pkey PRIMARY KEY (id),
  constraint payment_exchanges_kind_check CHECK (kind = ANY (ARRAY['charge'::text, 'inquiry'::text, 'cancel'::text, 'webhook'::text, 'refund'::text]))
);
CREATE INDEX payment_exchanges_of_payment ON payment_exchanges USING btree (payment_id, id);
CREATE TRIGGER payment_exchanges_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON payment_exchanges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table payments (
  id uuid not null,
  ref text not null,
  order_id uuid,
  customer_id uuid not null,
  gateway text not null,
  method text not null,
  amount bigint not null,
  state text not null,
  attempt integer not null,
  send_by timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  return_path text not null,
  gateway_ref text,
  deep_link text,
  qr_image bytea,
  failure text,
  opened_at timestamp with time zone not null,
  inquired_at timestamp with time zone,
  paid_at timestamp with time zone,
  paid_amount bigint,
  claim text,
  claimed_at timestamp with time zone,
  refund_amount bigint default 0 not null,
  deposit_id uuid,
  constraint payments_pkey PRIMARY KEY (id),
  constraint payments_order_id_attempt_key UNIQUE (order_id, attempt),
  constraint payments_ref_key UNIQUE (ref),
  constraint payments_amount_check CHECK (amount > 0),
  constraint payments_are_for_one_thing CHECK (num_nonnulls(order_id, deposit_id) = 1),
  constraint payments_attempt_check CHECK (attempt > 0),
  constraint payments_claim_has_its_time CHECK ((claim IS NULL) = (claimed_at IS NULL)),
  constraint payments_know_what_came CHECK ((paid_amount IS NOT NULL) = (state = ANY (ARRAY['paid'::text, 'short'::text]))),
  constraint payments_paid_amount_check CHECK (paid_amount > 0),
  constraint payments_refund_what_came CHECK (refund_amount >= 0 AND refund_amount <= COALESCE(paid_amount, 0::bigint)),
  constraint payments_short_is_less CHECK ((state = 'short'::text) = (paid_amount < amount)),
  constraint payments_state_check CHECK (state = ANY (ARRAY['opening'::text, 'charging'::text, 'pending'::text, 'lost'::text, 'paid'::text, 'short'::text, 'expired'::text, 'cancelled'::text, 'failed'::text, 'mismatched'::text]))
) with (fillfactor=80);
CREATE UNIQUE INDEX payments_attempts_of_deposit ON payments USING btree (deposit_id, attempt) WHERE (deposit_id IS NOT NULL);

create table placements (
  key text not null,
  customer_id uuid not null,
  fingerprint text not null,
  outcome jsonb not null,
  placed_at timestamp with time zone not null,
  constraint placements_pkey PRIMARY KEY (key)
);
CREATE TRIGGER placements_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON placements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table prices (
  sku_id integer not null,
  version integer not null,
  price bigint not null,
  cost bigint not null,
  valid_from timestamp with time zone not null,
  constraint prices_pkey PRIMARY KEY (sku_id, version),
  constraint prices_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES skus(id),
  constraint prices_cost_check CHECK (cost > 0),
  constraint prices_price_check CHECK (price > 0),
  constraint prices_version_check CHECK (version > 0)
);
CREATE TRIGGER prices_are_counted AFTER INSERT ON prices FOR EACH ROW EXECUTE FUNCTION count_catalog_change();
CREATE TRIGGER prices_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON prices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table purchase_exchanges (
  id bigint generated always as identity not null,
  purchase_id uuid not null,
  kind text not null,
  status integer,
  body text not null,
  exchanged_at timestamp with time zone not null,
  constraint purchase_exchanges_pkey PRIMARY KEY (id),
  constraint purchase_exchanges_kind_check CHECK (kind = ANY (ARRAY['purchase'::text, 'inquiry'::text, 'webhook'::text]))
);
CREATE INDEX purchase_exchanges_of_purchase ON purchase_exchanges USING btree (purchase_id, id);
CREATE TRIGGER purchase_exchanges_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON purchase_exchanges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table purchases (
  id uuid not null,
  ref text not null,
  order_id uuid not null,
  supplier text not null,
  supplier_sku text not null,
  customer_no text not null,
  max_cost bigint not null,
  state text not null,
  serial_number text,
  charged bigint,
  failure text,
  doubt text,
  opened_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  asked_at timestamp with time zone,
  send_by timestamp with time zone,
  ended_at timestamp with time zone,
  reversed_at timestamp with time zone,
  on_desk boolean default false not null,
  constraint purchases_pkey PRIMARY KEY (id),
  constraint purchases_ref_key UNIQUE (ref),
  constraint purchases_charged_check CHECK (charged >= 0),
  constraint purchases_check CHECK ((asked_at IS NULL) = (send_by IS NULL)),
  constraint purchases_max_cost_check CHECK (max_cost > 0),
  constraint purchases_state_check CHECK (state = ANY (ARRAY['open'::text, 'succeeded'::text, 'failed'::text]))
) with (fillfactor=80);
CREATE INDEX purchases_of_order ON purchases USING btree (order_id, opened_at);
CREATE UNIQUE INDEX purchases_one_per_order ON purchases USING btree (order_id) WHERE (state <> 'failed'::text);

create table quotes (
  id uuid not null,
  customer_id uuid not null,
  sku_id integer not null,
  price_version integer not null,
  price bigint not null,
  cost bigint not null,
  game_code text not null,
  player_id text not null,
  zone_id text,
  nickname text,
  confirmed_at timestamp with time zone,
  quoted_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint quotes_pkey PRIMARY KEY (id),
  constraint quotes_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES skus(id),
  constraint quotes_sku_id_price_version_fkey FOREIGN KEY (sku_id, price_version) REFERENCES prices(sku_id, version),
  constraint quotes_cost_check CHECK (cost > 0),
  constraint quotes_price_check CHECK (price > 0)
);

create table recurring_jobs (
  name text not null,
  every_seconds integer,
  daily_at text,
  next_run_at timestamp with time zone not null,
  constraint recurring_jobs_pkey PRIMARY KEY (name),
  constraint recurring_jobs_check CHECK ((every_seconds IS NULL) <> (daily_at IS NULL)),
  constraint recurring_jobs_daily_at_check CHECK (daily_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text),
  constraint recurring_jobs_every_seconds_check CHECK (every_seconds > 0)
);

create table refunds (
  id uuid not null,
  ref text not null,
  payment_id uuid not null,
  order_id uuid not null,
  amount bigint not null,
  from_account text not null,
  reason text not null,
  state text not null,
  failure text,
  requested_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  send_by timestamp with time zone,
  asked_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint refunds_pkey PRIMARY KEY (id),
  constraint refunds_ref_key UNIQUE (ref),
  constraint refunds_amount_check CHECK (amount > 0),
  constraint refunds_check CHECK ((sent_at IS NULL) = (send_by IS NULL)),
  constraint refunds_check1 CHECK ((state = ANY (ARRAY['refunded'::text, 'failed'::text])) = (ended_at IS NOT NULL)),
  constraint refunds_check2 CHECK ((failure IS NOT NULL) = (state = 'failed'::text)),
  constraint refunds_from_account_check CHECK (from_account = ANY (ARRAY['escrow'::text, 'suspense'::text])),
  constraint refunds_state_check CHECK (state = ANY (ARRAY['requested'::text, 'pending'::text, 'refunded'::text, 'failed'::text]))
) with (fillfactor=80);
CREATE INDEX refunds_of_payment ON refunds USING btree (payment_id);

create view report_day_events (
  kind text,
  order_id uuid,
  amount bigint,
  posted_at timestamp with time zone
);

create view report_day_lines (
  ledger_group text,
  side text,
  amount bigint,
  posted_at timestamp with time zone
);

create view report_escrow (
  order_id uuid,
  order_code text,
  state text,
  amount bigint,
  since timestamp with time zone
);

create view report_in_transit (
  ledger_account ledger_account,
  purchase text,
  purchase_ref text,
  order_code text,
  amount bigint,
  since timestamp with time zone
);

create view report_profit_lines (
  transfer_id uuid,
  posted_at timestamp with time zone,
  jakarta_day text,
  order_id uuid,
  sku_code text,
  delivered_order_id uuid,
  sales bigint,
  refunds bigint,
  costs bigint,
  reversals bigint,
  gateway_fees bigint,
  other_income bigint,
  profit bigint
);

create view report_suspense (
  subject text,
  payment_ref text,
  order_code text,
  amount bigint,
  since timestamp with time zone
);

create view report_trial_balance (
  ledger_account ledger_account,
  debits bigint,
  credits bigint
);

create table reservations (
  order_id uuid not null,
  sku_id integer not null,
  quantity integer not null,
  state text not null,
  reserved_at timestamp with time zone not null,
  constraint reservations_pkey PRIMARY KEY (order_id),
  constraint reservations_quantity_check CHECK (quantity > 0),
  constraint reservations_state_check CHECK (state = ANY (ARRAY['live'::text, 'permanent'::text, 'consumed'::text, 'released'::text]))
) with (fillfactor=80);

create table risk_blocks (
  id uuid not null,
  kind text not null,
  value text not null,
  reason text not null,
  blocked_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint risk_blocks_pkey PRIMARY KEY (id),
  constraint risk_blocks_kind_check CHECK (kind = ANY (ARRAY['customer'::text, 'discord_id'::text, 'game_account'::text]))
);
CREATE UNIQUE INDEX risk_blocks_once ON risk_blocks USING btree (kind, value) WHERE (removed_at IS NULL);
CREATE TRIGGER risk_blocks_only_end BEFORE UPDATE ON risk_blocks FOR EACH ROW EXECUTE FUNCTION guard_risk_block();

create table risk_decisions (
  order_id uuid not null,
  version integer not null,
  score integer not null,
  decision text not null,
  hits jsonb not null,
  decided_at timestamp with time zone not null,
  constraint risk_decisions_pkey PRIMARY KEY (order_id, decided_at),
  constraint risk_decisions_decision_check CHECK (decision = ANY (ARRAY['allow'::text, 'verify'::text, 'review'::text, 'block'::text])),
  constraint risk_decisions_hits_check CHECK (jsonb_typeof(hits) = 'array'::text),
  constraint risk_decisions_score_check CHECK (score >= 0)
);
CREATE TRIGGER risk_decisions_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON risk_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table risk_rules (
  version integer not null,
  name text not null,
  feature text not null,
  operator text not null,
  threshold bigint not null,
  points integer not null,
  constraint risk_rules_pkey PRIMARY KEY (version, name),
  constraint risk_rules_operator_check CHECK (operator = ANY (ARRAY['>'::text, '>='::text])),
  constraint risk_rules_points_check CHECK (points > 0)
);
CREATE TRIGGER risk_rules_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON risk_rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table seals (
  number bigint not null,
  covers text not null,
  through_tx xid8 not null,
  through_id text not null,
  row_count integer not null,
  leaves bytea not null,
  latest_at timestamp with time zone not null,
  root bytea not null,
  previous bytea not null,
  head bytea not null,
  signature bytea not null,
  sealed_at timestamp with time zone not null,
  constraint seals_pkey PRIMARY KEY (number),
  constraint seals_head_key UNIQUE (head),
  constraint seals_check CHECK (length(leaves) = (row_count * 48)),
  constraint seals_covers_check CHECK (covers = ANY (ARRAY['transfers'::text, 'audit_log'::text])),
  constraint seals_head_check CHECK (length(head) = 32),
  constraint seals_number_check CHECK (number > 0),
  constraint seals_previous_check CHECK (length(previous) = 32),
  constraint seals_root_check CHECK (length(root) = 32),
  constraint seals_row_count_check CHECK (row_count > 0),
  constraint seals_signature_check CHECK (length(signature) = 64)
);
CREATE INDEX seals_of_table ON seals USING btree (covers, number);
CREATE TRIGGER seals_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table skus (
  id integer generated always as identity not null,
  game_id integer not null,
  code text not null,
  name text not null,
  position integer not null,
  min_stock integer not null,
  active boolean default true not null,
  constraint skus_pkey PRIMARY KEY (id),
  constraint skus_code_key UNIQUE (code),
  constraint skus_game_id_fkey FOREIGN KEY (game_id) REFERENCES games(id),
  constraint skus_code_check CHECK (code = upper(code)),
  constraint skus_min_stock_check CHECK (min_stock >= 0)
);
CREATE TRIGGER skus_are_counted AFTER INSERT OR DELETE OR UPDATE ON skus FOR EACH ROW EXECUTE FUNCTION count_catalog_change();

create table staff (
  id uuid not null,
  discord_id text not null,
  role text not null,
  added_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint staff_pkey PRIMARY KEY (id),
  constraint staff_discord_id_key UNIQUE (discord_id),
  constraint staff_role_check CHECK (role = ANY (ARRAY['owner'::text, 'admin'::text, 'agent'::text, 'viewer'::text]))
);

create table stock (
  sku_id integer not null,
  on_hand integer not null,
  reserved integer default 0 not null,
  constraint stock_pkey PRIMARY KEY (sku_id),
  constraint stock_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES skus(id),
  constraint stock_check CHECK (reserved >= 0 AND reserved <= on_hand),
  constraint stock_on_hand_check CHECK (on_hand >= 0)
) with (fillfactor=70);

create table stock_movements (
  id bigint generated always as identity not null,
  sku_id integer not null,
  kind text not null,
  on_hand_before integer not null,
  on_hand_after integer not null,
  reserved_before integer not null,
  reserved_after integer not null,
  actor text not null,
  order_id uuid,
  moved_at timestamp with time zone not null,
  constraint stock_movements_pkey PRIMARY KEY (id),
  constraint stock_movements_kind_check CHECK (kind = ANY (ARRAY['stocked'::text, 'reserved'::text, 'released'::text, 'consumed'::text]))
);
CREATE INDEX stock_movements_of_sku ON stock_movements USING btree (sku_id, id);
CREATE TRIGGER stock_movements_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON stock_movements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table store (
  singleton boolean default true not null,
  environment text not null,
  clock_offset_ms bigint default 0 not null,
  key_check text,
  created_at timestamp with time zone not null,
  constraint store_pkey PRIMARY KEY (singleton),
  constraint store_clock_offset_ms_check CHECK (clock_offset_ms >= 0),
  constraint store_environment_check CHECK (environment = ANY (ARRAY['sandbox'::text, 'live'::text])),
  constraint store_singleton_check CHECK (singleton)
);

create table supplier_pauses (
  id bigint generated always as identity not null,
  supplier text not null,
  cause text not null,
  reason text not null,
  paused_by text not null,
  paused_at timestamp with time zone not null,
  needed_amount bigint,
  ended_by text,
  ended_at timestamp with time zone,
  constraint supplier_pauses_pkey PRIMARY KEY (id),
  constraint supplier_pauses_cause_check CHECK (cause = ANY (ARRAY['float'::text, 'configuration'::text, 'staff'::text, 'books'::text])),
  constraint supplier_pauses_check CHECK ((cause = 'float'::text) = (needed_amount IS NOT NULL)),
  constraint supplier_pauses_check1 CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
  constraint supplier_pauses_needed_amount_check CHECK (needed_amount > 0)
);
CREATE UNIQUE INDEX supplier_pauses_open ON supplier_pauses USING btree (supplier, cause) WHERE (ended_at IS NULL);

create table supplier_readings (
  supplier text not null,
  list_asked_at timestamp with time zone,
  list_read_at timestamp with time zone,
  list_problem text,
  float_amount bigint,
  float_read_at timestamp with time zone,
  constraint supplier_readings_pkey PRIMARY KEY (supplier),
  constraint supplier_readings_check CHECK ((float_amount IS NULL) = (float_read_at IS NULL))
);

create table supplier_skus (
  supplier text not null,
  sku_id integer not null,
  supplier_sku text not null,
  list_price bigint,
  offered boolean,
  closed_from integer,
  closed_until integer,
  seen_at timestamp with time zone,
  disabled_at timestamp with time zone,
  disabled_reason text,
  constraint supplier_skus_pkey PRIMARY KEY (supplier, sku_id),
  constraint supplier_skus_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES skus(id),
  constraint supplier_skus_check CHECK ((list_price IS NULL) = (seen_at IS NULL)),
  constraint supplier_skus_check1 CHECK ((closed_from IS NULL) = (closed_until IS NULL)),
  constraint supplier_skus_check2 CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  constraint supplier_skus_closed_from_check CHECK (closed_from >= 0 AND closed_from <= 1439),
  constraint supplier_skus_closed_until_check CHECK (closed_until >= 0 AND closed_until <= 1439),
  constraint supplier_skus_list_price_check CHECK (list_price >= 0)
);

create table transfers (
  id uuid not null,
  debit_account ledger_account not null,
  credit_account ledger_account not null,
  amount bigint not null,
  key text not null,
  reason text not null,
  order_id uuid,
  posted_at timestamp with time zone not null,
  tx_id xid8 default pg_current_xact_id() not null,
  constraint transfers_pkey PRIMARY KEY (id),
  constraint transfers_key_key UNIQUE (key),
  constraint transfers_amount_check CHECK (amount > 0),
  constraint transfers_check CHECK (debit_account::text <> credit_account::text)
);
CREATE INDEX transfers_in_order ON transfers USING btree (tx_id, id);
CREATE INDEX transfers_of_credit ON transfers USING btree (credit_account, posted_at);
CREATE INDEX transfers_of_debit ON transfers USING btree (debit_account, posted_at);
CREATE INDEX transfers_of_order ON transfers USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE TRIGGER transfers_are_forever BEFORE DELETE OR UPDATE OR TRUNCATE ON transfers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- function count_catalog_change() returns trigger language plpgsql
-- function customers_lock(customer_ids uuid[]) returns void language sql
-- function guard_adjustment_proposal() returns trigger language plpgsql
-- function guard_deposit_state() returns trigger language plpgsql
-- function guard_desk_item() returns trigger language plpgsql
-- function guard_hold() returns trigger language plpgsql
-- function guard_order_state() returns trigger language plpgsql
-- function guard_risk_block() returns trigger language plpgsql
-- function inventory_end_reservations(order_ids uuid[], ending text, who text, at timestamp with time zone) returns void language plpgsql
-- function inventory_lock(sku_ids integer[]) returns void language sql
-- function inventory_reserve(order_ids uuid[], sku_ids integer[], beginnings text[], actors text[], at timestamp with time zone) returns SETOF uuid language plpgsql
-- function jobs_enqueue(job_name text, job_key text, job_payload jsonb, job_run_at timestamp with time zone, at timestamp with time zone) returns void language sql
-- function jobs_enqueue_all(job_name text, job_keys text[], job_payloads jsonb[], job_run_at timestamp with time zone, at timestamp with time zone) returns void language sql
-- function jobs_lease(job_limit integer, lease_ms integer, mine bigint[], at timestamp with time zone) returns SETOF jobs language plpgsql
-- function jobs_renew(job_ids bigint[], job_fences integer[], until timestamp with time zone) returns void language sql
-- function jobs_replay(job_ids bigint[], at timestamp with time zone) returns SETOF jobs language plpgsql
-- function jobs_retry(job_id bigint, job_fence integer, job_run_at timestamp with time zone, attempts integer, error text, at timestamp with time zone) returns void language plpgsql
-- function ledger_end_hold(for_order uuid, ending text, at timestamp with time zone) returns boolean language plpgsql
-- function ledger_hold(for_order uuid, of_account text, wanted bigint, at timestamp with time zone) returns boolean language plpgsql
-- function ledger_lock(ledger_accounts text[]) returns void language sql
-- function ledger_post(new_transfers jsonb, at timestamp with time zone) returns integer language sql
-- function ledger_post(new_transfers transfers[], at timestamp with time zone) returns integer language plpgsql
-- function orders_place(requests jsonb, times jsonb, at timestamp with time zone) returns jsonb[] language plpgsql
-- function orders_read(requests jsonb, at timestamp with time zone) returns TABLE(place integer, request order_request, outcome jsonb) language sql
-- function orders_write(made order_request[], outcomes jsonb[], decisions risk_decisions[], times jsonb, at timestamp with time zone) returns void language plpgsql
-- function payments_open(new_payments jsonb, at timestamp with time zone) returns void language plpgsql
-- function refuse_change() returns trigger language plpgsql
-- function risk_decision(score integer) returns text language sql
-- function risk_game_account(game_code text, player_id text, zone_id text) returns text language sql
-- function risk_record(decisions risk_decisions[]) returns void language sql
-- function risk_score(order_ids uuid[], customer_ids uuid[], discord_ids text[], game_codes text[], player_ids text[], zone_ids text[], at timestamp with time zone) returns TABLE(order_id uuid, version integer, score integer, decision text, hits jsonb) language sql
