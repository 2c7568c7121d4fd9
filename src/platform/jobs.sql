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

-- Leases up to `job_limit` due jobs. A lease that ran out is taken over: its worker is gone or
-- paused. `mine` are the jobs the asking worker is busy with.
create or replace function jobs_lease(job_limit int, lease_ms int, mine bigint[], at timestamptz)
returns setof jobs language sql as $$
  update jobs
  set state = 'running', lease_until = at + lease_ms * interval '1 millisecond',
      fence = fence + 1, attempt_count = attempt_count + 1
  where id in (
    select due.id
    from jobs due
    where ((due.state = 'waiting' and due.run_at <= at)
        or (due.state = 'running' and due.lease_until <= at and due.id <> all (mine)))
      and not exists (
        select from jobs other
        where other.name = due.name and other.key = due.key
          and other.state = 'running' and other.id <> due.id
      )
    order by due.run_at
    limit job_limit
    for update skip locked
  )
  returning *
$$;

-- Renews leases. One that was taken over has another fence by now and is its new holder's to renew.
create or replace function jobs_renew(job_ids bigint[], job_fences int[], until timestamptz)
returns void language sql as $$
  update jobs set lease_until = until
  from unnest(job_ids, job_fences) as held (id, fence)
  where jobs.id = held.id and jobs.fence = held.fence and jobs.state = 'running'
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
  values (job.name, job.key, job.payload, job_run_at, attempts, job.fence, error, at)
  on conflict (name, key) where state = 'waiting'
  do update set run_at = least(jobs.run_at, excluded.run_at);
end
$$;
