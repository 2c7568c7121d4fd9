-- Enqueues work in the caller's transaction. Waiting work of the same name and key is kept once, at
-- the earlier of both times.
create or replace function jobs_enqueue(
  job_name text, job_key text, job_payload jsonb, job_run_at timestamptz, at timestamptz
) returns void language sql as $$
  insert into jobs (name, key, payload, run_at, enqueued_at)
  values (job_name, job_key, job_payload, job_run_at, at)
  on conflict (name, key) where state = 'waiting'
  do update set run_at = least(jobs.run_at, excluded.run_at)
$$;

-- The same for many at once, which all have different keys.
create or replace function jobs_enqueue_all(
  job_name text, job_keys text[], job_payloads jsonb[], job_run_at timestamptz, at timestamptz
) returns void language sql as $$
  insert into jobs (name, key, payload, run_at, enqueued_at)
  select job_name, one.key, one.payload, job_run_at, at
  from unnest(job_keys, job_payloads) one (key, payload)
  on conflict (name, key) where state = 'waiting'
  do update set run_at = least(jobs.run_at, excluded.run_at)
$$;

-- Leases up to `job_limit` due jobs. A lease that ran out is taken over: its worker is gone or
-- paused. `mine` are the jobs the asking worker is busy with. The two kinds are looked for apart, so
-- that each is read from its index and a long queue costs no more than a short one.
create or replace function jobs_lease(job_limit int, lease_ms int, mine bigint[], at timestamptz)
-- Planned each time: what was right while there was no work is wrong when there is much.
returns setof jobs language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
  -- Mostly there is nothing, and that is told soonest by itself.
  if not exists (select from jobs where state = 'waiting' and run_at <= at)
    and not exists (select from jobs where state = 'running' and lease_until <= at)
  then
    return;
  end if;
  return query
  with abandoned as (
    select id from jobs
    where state = 'running' and lease_until <= at and id <> all (mine)
    order by lease_until
    limit job_limit
    for update skip locked
  ), due as (
    select waiting.id from jobs waiting
    where waiting.state = 'waiting' and waiting.run_at <= at
      and not exists (
        select from jobs other
        where other.state = 'running' and other.name = waiting.name and other.key = waiting.key
      )
    order by waiting.run_at
    limit job_limit - (select count(*) from abandoned)
    for update skip locked
  )
  update jobs
  set state = 'running', lease_until = at + lease_ms * interval '1 millisecond',
      fence = fence + 1, attempt_count = attempt_count + 1
  where id in (select id from abandoned union all select id from due)
  returning *;
end
$$;

-- Renews leases. One that was taken over has another fence by now and is its new holder's to renew.
-- It waits for nobody: a job that is being finished in a long transaction needs no new lease, because
-- nobody can take it over meanwhile, and the others must not lose theirs over it.
create or replace function jobs_renew(job_ids bigint[], job_fences int[], until timestamptz)
returns void language sql as $$
  with mine as (
    select jobs.id
    from jobs join unnest(job_ids, job_fences) as held (id, fence)
      on jobs.id = held.id and jobs.fence = held.fence
    where jobs.state = 'running'
    for update of jobs skip locked
  )
  update jobs set lease_until = until from mine where jobs.id = mine.id
$$;

-- Puts a job back to wait with `attempts` counted against it, unless work of the same name and key
-- waits already. Nothing happens when the lease has been taken over.
create or replace function jobs_retry(
  job_id bigint, job_fence int, job_run_at timestamptz, attempts int, error text, at timestamptz
) returns void language plpgsql as $$
declare
  job jobs;
begin
  delete from jobs where id = job_id and fence = job_fence and state = 'running' returning * into job;
  if not found then
    return;
  end if;
  insert into jobs (name, key, payload, run_at, attempt_count, fence, last_error, enqueued_at)
  values (job.name, job.key, job.payload, job_run_at, attempts, job.fence, coalesce(error, job.last_error), at)
  on conflict (name, key) where state = 'waiting'
  do update set run_at = least(jobs.run_at, excluded.run_at);
end
$$;

-- Lets dead jobs live again, as new, unless work of the same name and key waits already. Returns
-- those that were dead.
create or replace function jobs_replay(job_ids bigint[], at timestamptz)
returns setof jobs language plpgsql as $$
declare
  job jobs;
begin
  for job in delete from jobs where id = any (job_ids) and state = 'dead' returning * loop
    perform jobs_enqueue(job.name, job.key, job.payload, at, at);
    return next job;
  end loop;
end
$$;
