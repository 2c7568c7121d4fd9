-- What a score means: see rules.ts. A test holds the two equal.
create or replace function risk_decision(score int) returns text language sql immutable as $$
  select case
    when score >= 70 then 'block'
    when score >= 40 then 'review'
    when score >= 20 then 'verify'
    else 'allow'
  end
$$;

-- A game account as blocks keep it. Small letters, because names of players are told apart without.
create or replace function risk_game_account(game_code text, player_id text, zone_id text)
returns text language sql immutable as $$
  select lower(game_code || ':' || player_id || coalesce(':' || nullif(zone_id, ''), ''))
$$;

-- Scores orders that are being placed, one for each place of the arrays and in their order. What is
-- not known of an order is null. Reads the tables of risk only, and raises for nothing.
create or replace function risk_score(
  order_ids uuid[], customer_ids uuid[], discord_ids text[], game_codes text[], player_ids text[],
  zone_ids text[], at timestamptz
) returns table (order_id uuid, version int, score int, decision text, hits jsonb)
language sql stable as $$
  with blocked as (
    -- Almost always none, found without looking at the orders one by one.
    select kind, value from risk_blocks
    where removed_at is null and kind = 'customer' and value = any (customer_ids::text[])
    union all
    select kind, value from risk_blocks
    where removed_at is null and kind = 'discord_id' and value = any (discord_ids)
    union all
    select kind, value from risk_blocks
    where removed_at is null and kind = 'game_account' and value = any (array(
      select risk_game_account(game_code, player_id, zone_id)
      from unnest(game_codes, player_ids, zone_ids) one (game_code, player_id, zone_id)
    ))
  ), features as (
    select place, 'blocks' as feature, count(*) as value
    from blocked
    join unnest(customer_ids, discord_ids, game_codes, player_ids, zone_ids) with ordinality
      as one (customer_id, discord_id, game_code, player_id, zone_id, place)
      on value = case kind
        when 'customer' then customer_id::text
        when 'discord_id' then discord_id
        else risk_game_account(game_code, player_id, zone_id)
      end
    group by place
  ), fired as (
    select place, sum(points)::int as score, jsonb_agg(
      jsonb_build_object('rule', name, 'value', value, 'threshold', threshold, 'points', points)
      order by name
    ) as hits
    from features join risk_rules rule using (feature)
    where rule.version = (select max(newest.version) from risk_rules newest)
      and case operator when '>' then value > threshold else value >= threshold end
    group by place
  )
  select one.order_id, (select max(newest.version) from risk_rules newest),
    coalesce(fired.score, 0), risk_decision(coalesce(fired.score, 0)), coalesce(fired.hits, '[]')
  from unnest(order_ids) with ordinality one (order_id, place)
  left join fired using (place)
  order by place
$$;

-- Keeps what was decided.
create or replace function risk_record(decisions risk_decisions[]) returns void language sql as $$
  insert into risk_decisions (order_id, version, score, decision, hits, decided_at)
  select order_id, version, score, decision, hits, decided_at from unnest(decisions)
$$;
