/**
 * Ledger: transfers a second against a ledger of the usual shape (pgledger's): both accounts have a balance
 * row that is locked, and each transfer writes a history of both.
 */
import { join } from "node:path";
import pg from "pg";
import type { Benchmark, Measurement, Skipped } from "./benchmark.ts";
import { openPgbench, withoutPgbench } from "./pgbench.ts";
import { inTemporaryDirectory, startStore } from "./store-process.ts";

const clients = 32;
const batch = 16;
const seconds = 5;
const customerCount = 1_000;

const usualShape = `
  create schema usual;
  create table usual.accounts (
    id int primary key, balance bigint not null default 0, version bigint not null default 0,
    updated_at timestamptz not null default now()
  );
  create table usual.transfers (
    id uuid primary key default gen_random_uuid(), from_account_id int not null references usual.accounts,
    to_account_id int not null references usual.accounts, amount bigint not null check (amount > 0),
    event_at timestamptz not null, created_at timestamptz not null
  );
  create index on usual.transfers (from_account_id);
  create index on usual.transfers (to_account_id);
  create table usual.entries (
    id uuid primary key default gen_random_uuid(), account_id int not null references usual.accounts,
    transfer_id uuid not null references usual.transfers, amount bigint not null,
    account_previous_balance bigint not null, account_current_balance bigint not null,
    account_version bigint not null, created_at timestamptz not null
  );
  create index on usual.entries (account_id);
  create index on usual.entries (transfer_id);
  insert into usual.accounts (id, balance) select id, 1000000000 from generate_series(0, ${customerCount}) id;
  create function usual.transfer(payer int, payee int, moved bigint) returns uuid language plpgsql as $$
  declare
    made uuid;
    one usual.accounts;
    other usual.accounts;
  begin
    perform from usual.accounts where id in (payer, payee) order by id for update;
    insert into usual.transfers (from_account_id, to_account_id, amount, event_at, created_at)
    values (payer, payee, moved, now(), now()) returning id into made;
    update usual.accounts set balance = balance - moved, version = version + 1, updated_at = now()
    where id = payer returning * into one;
    update usual.accounts set balance = balance + moved, version = version + 1, updated_at = now()
    where id = payee returning * into other;
    insert into usual.entries (
      account_id, transfer_id, amount, account_previous_balance, account_current_balance,
      account_version, created_at
    ) values
      (payer, made, -moved, one.balance + moved, one.balance, one.version, now()),
      (payee, made, moved, other.balance - moved, other.balance, other.version, now());
    return made;
  end
  $$;`;

const customer = (number: string) =>
  `'customer:00000000-0000-4000-8000-' || lpad((${number})::text, 12, '0')`;

// What 32 callers want at once the shop posts in batches, two of them under way (platform/gather.ts).
const ours = (credit: string) => `select ledger_post(array_agg(row(
    gen_random_uuid(), ${customer("one")}, ${credit}, 1, gen_random_uuid()::text, 'bench', null, now(), null
  )::transfers), now())
  from (
    select one, 1 + (one + (random() * ${customerCount - 3})::int) % ${customerCount} as other
    from (select 1 + (random() * ${customerCount - 1})::int as one from generate_series(1, ${batch})) picked
  ) pairs
  where one <> other;`;
const theirs = (payee: string) => `\\set one random(1, ${customerCount})
\\set other 1 + (:one + random(0, ${customerCount - 2})) % ${customerCount}
select usual.transfer(:one, ${payee}, 1);`;

/** Transfers of the run, counted where they lie. */
async function count(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    "select count(*)::int as count from transfers where reason = 'bench' and debit_account <> 'bank'",
  );
  return rows[0].count;
}

function transfers(
  name: string,
  unit: string,
  to: { ours: string; theirs: string },
  atLeast: number,
): Benchmark {
  return {
    name,
    unit,
    budget: { at_least: atLeast },
    run: () =>
      inTemporaryDirectory(async (dataDir): Promise<Measurement | Skipped> => {
        const store = await startStore(dataDir, { WORKER: "off" });
        const client = new pg.Client({
          host: join(dataDir, "pg18"),
          user: "konter",
          database: "konter",
        });
        await client.connect();
        try {
          const pgbench = await openPgbench(dataDir);
          if (pgbench === undefined) return { skipped: withoutPgbench };
          await client.query(usualShape);
          await client.query(
            `select ledger_post(array_agg(row(
               gen_random_uuid(), 'bank', ${customer("n")}, 1000000000, 'bench:' || n, 'bench', null, now(), null
             )::transfers), now()) from generate_series(1, ${customerCount}) n`,
          );
          await client.query("analyze");
          await client.query("checkpoint");
          const usual = () => pgbench.script(theirs(to.theirs), { clients, seconds });
          // Before and after, so that a machine that grows slower is so for both.
          const before = await usual();
          await pgbench.script(ours(to.ours), { clients: clients / batch, seconds });
          const posted = await count(client);
          const after = await usual();
          const value = posted / seconds;
          return {
            value,
            against: {
              name: `one by one in the usual shape, ${clients} clients`,
              value: (before + after) / 2,
            },
          };
        } finally {
          await client.end();
          await store.stop();
        }
      }),
  };
}

export const ledgerBenchmarks: readonly Benchmark[] = [
  transfers(
    "transfers_random",
    `transfers/s between random customers, posted in batches of ${batch}`,
    { ours: customer("other"), theirs: ":other" },
    2,
  ),
  transfers(
    "transfers_hot",
    `transfers/s from random customers to one house account, posted in batches of ${batch}`,
    { ours: "'escrow'", theirs: "0" },
    5,
  ),
];
