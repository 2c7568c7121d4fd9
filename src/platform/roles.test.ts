import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { cleanUp, cloneDatabase } from "../../test/database.ts";
import { openDatabase } from "./db.ts";
import { migrate } from "./migrate.ts";
import { applicationRole, asApplication, assertApplicationRole } from "./roles.ts";

const growing = [
  "adjustment_proposals",
  "audit_log",
  "deposit_events",
  "desk_items",
  "order_events",
  "payment_exchanges",
  "placements",
  "prices",
  "purchase_exchanges",
  "risk_decisions",
  "risk_rules",
  "seals",
  "stock_movements",
  "transfers",
];

// What somebody might try by hand, on every table of history.
const attempts = (table: string) => [
  `update ${table} set ctid = ctid`,
  `delete from ${table}`,
  `truncate ${table}`,
  `truncate ${table} cascade`,
  `alter table ${table} disable trigger all`,
  `alter table ${table} drop constraint if exists ${table}_pkey`,
  `drop table ${table} cascade`,
  `drop trigger ${table}_are_forever on ${table}`,
  `create rule bend as on insert to ${table} do instead nothing`,
  `with gone as (delete from ${table} returning 1) select count(*) from gone`,
  `merge into ${table} using (select 1) one on true when matched then delete`,
  `alter table ${table} owner to ${applicationRole}`,
];

const others = [
  "create table mine (id int)",
  "create function refuse_change() returns trigger language plpgsql as 'begin return new; end'",
  "create or replace function ledger_post(new_transfers jsonb, at timestamptz) returns int language sql as 'select 1'",
  "set session_replication_role = 'replica'",
  "alter role konter_app superuser",
  "set role konter",
  "update order_transitions set to_state = 'refunded'",
  "insert into order_transitions values ('refunded', 'paid')",
  "insert into deposit_transitions values ('paid', 'expired')",
  "insert into risk_rules values (2, 'nothing', 'blocks', '>', 1000, 1)",
  "update risk_blocks set value = ''",
  "update store set environment = 'live'",
  "delete from orders",
  "delete from payments",
  "delete from balances",
  "delete from ledger_rollups",
  "update applied_sql set hash = ''",
  "copy transfers to program 'cat'",
  "select lo_import('/etc/passwd')",
];

const unbalanced = [
  "(gen_random_uuid(), 'escrow', 'escrow', 1, 'a', 'r', null, '2026-11-23Z')",
  "(gen_random_uuid(), 'escrow', 'sales', 0, 'b', 'r', null, '2026-11-23Z')",
  "(gen_random_uuid(), 'escrow', 'sales', -5, 'c', 'r', null, '2026-11-23Z')",
  "(gen_random_uuid(), 'escrow', null, 5, 'd', 'r', null, '2026-11-23Z')",
  "(gen_random_uuid(), 'escrow', 'sales', 5, 'seed:capital', 'r', null, '2026-11-23Z')",
];

async function connectAsApplication(t: Parameters<typeof cleanUp>[0]) {
  const atEnd = cleanUp(t);
  const owner = await cloneDatabase(atEnd);
  const client = new pg.Client({
    connectionString: owner.replace("//konter@", `//${applicationRole}@`),
  });
  await client.connect();
  atEnd(() => client.end());
  return { owner, client, atEnd };
}

test("as the shop's role no hand-written statement changes, removes or unbalances history", async (t) => {
  const { client } = await connectAsApplication(t);
  const state = async () => {
    const counts = growing.map((table) => `(select count(*) from ${table})`).join(" + ");
    return (await client.query(`select ${counts} as rows`)).rows;
  };
  const before = await state();
  const statements = [
    ...growing.flatMap(attempts),
    ...others,
    ...unbalanced.map((row) => `insert into transfers values ${row}`),
    "update balances set posted = -1",
    "insert into balances values ('escrow', 5)",
  ];
  // One row of saldo, so that the last ones have something to spoil.
  await client.query("insert into balances values ('customer:x', 1)");
  for (const statement of statements) {
    await assert.rejects(client.query(statement), pg.DatabaseError, statement);
  }
  assert.deepEqual(await state(), before);
  assert.ok(statements.length > 100);
});

test("every table of history is guarded: the list above is the whole list", async (t) => {
  const { client } = await connectAsApplication(t);
  const { rows } = await client.query<{ name: string }>(`
    select distinct relname::text as name from pg_trigger
    join pg_class on pg_class.oid = tgrelid join pg_proc on pg_proc.oid = tgfoid
    where proname = 'refuse_change' order by 1`);
  assert.deepEqual(
    rows.map((row) => row.name),
    growing,
  );
});

test("a store does not start with rights that could change history", async (t) => {
  const { owner, client, atEnd } = await connectAsApplication(t);
  const open = (connectionString: string) => {
    const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
    atEnd(() => db.destroy());
    return db;
  };
  const asOwner = open(owner);
  await assert.rejects(
    assertApplicationRole(asOwner),
    /role konter can change adjustment_proposals, .*superuser/,
  );
  await assertApplicationRole(open(asApplication(owner)));
  const superuser = new pg.Client({ connectionString: owner });
  await superuser.connect();
  atEnd(() => superuser.end());
  await superuser.query(`grant delete on transfers to ${applicationRole}`);
  await assert.rejects(
    assertApplicationRole(open(asApplication(owner))),
    /role konter_app can change transfers\. .*konter migrate/,
  );
  assert.ok(client);
});

test("what was granted or taken by hand is as it should be after the next start, and nothing else is said", async (t) => {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const owner = new pg.Client({ connectionString });
  await owner.connect();
  atEnd(() => owner.end());
  const rights = async () => {
    const { rows } = await owner.query(`
      select relname, relacl::text, xmin::text, array(
        select format('%s %s %s', attname, attacl, pg_attribute.xmin) from pg_attribute
        where attrelid = pg_class.oid and attacl is not null order by attname
      ) as columns
      from pg_class where relnamespace = 'public'::regnamespace order by relname`);
    return rows as { relname: string; relacl: string; xmin: string; columns: string[] }[];
  };
  const before = await rights();
  await migrate(connectionString);
  assert.deepEqual(await rights(), before, "no table was touched");

  for (const change of [
    `grant delete, truncate on transfers to ${applicationRole}`,
    `grant update (reason) on transfers to ${applicationRole}`,
    `grant update on desk_items to ${applicationRole}`,
    `grant insert (name, hash) on applied_sql to ${applicationRole}`,
    `revoke update (key_check) on store from ${applicationRole}`,
    `revoke select on orders from ${applicationRole}`,
    `revoke usage on schema public from ${applicationRole}, public`,
  ]) {
    await owner.query(change);
  }
  await migrate(connectionString);
  const words = (acl: string) => acl.slice(1, -1).split(",").sort();
  const held = (tables: Awaited<ReturnType<typeof rights>>) =>
    tables.map(({ relname, relacl, columns }) => ({
      relname,
      rights: words(relacl ?? "{}"),
      columns: columns.map((column) => column.replace(/ \d+$/, "")),
    }));
  assert.deepEqual(held(await rights()), held(before));
  await owner.query('create table "we""ird" (id int)');
  await migrate(connectionString);
  const { rows } = await owner.query(
    "select has_schema_privilege($1, 'public', 'usage') as usage",
    [applicationRole],
  );
  assert.deepEqual(rows, [{ usage: true }]);
});
