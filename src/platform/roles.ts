/** Roles: the application works as a database role that can change neither history nor the schema. */
import { sql } from "kysely";
import type pg from "pg";
import type { Db } from "./db.ts";

/** Made by the migrator in every database's server; owns nothing. */
export const applicationRole = "konter_app";

/** Tables of history: those with a trigger that refuses changes. */
const appendOnlyTables = `
  select distinct relname::text as name
  from pg_trigger
  join pg_class on pg_class.oid = tgrelid
  join pg_proc on pg_proc.oid = tgfoid
  where proname = 'refuse_change' and relnamespace = current_schema()::regnamespace
  order by 1`;

// Only where it is missing: the rows belong to the server, and other migrations write them too.
const mayTakeRole = `
  select format('grant ${applicationRole} to %I', name)
  from unnest(array[current_user::text, $1::text]) name
  where name is not null and not pg_has_role(name, '${applicationRole}', 'member')`;

// All that may change in a row of these, as a trigger of theirs allows.
const changingColumns: Readonly<Record<string, readonly string[]>> = {
  adjustment_proposals: ["ending", "ended_by", "ended_from", "ended_at"],
  desk_items: ["taken_by", "taken_at", "closed_at", "closed_by", "resolution"],
  risk_blocks: ["removed_at"],
  // Which world a database belongs to is decided at its birth.
  store: ["clock_offset_ms", "key_check"],
};

// What is done with, too old to be kept, or a person's to have forgotten. Nothing else is ever deleted.
const passingTables = [
  ...["jobs", "recurring_jobs", "discord_interactions", "discord_closed_doors"],
  ...["audit_details", "risk_blocks"],
];

// What a migration decides once and a running shop must not change.
const fixedTables = ["applied_sql", "deposit_transitions", "order_transitions", "risk_rules"];

/**
 * Grants the role what a running shop needs, as the owner of the tables, after each migration. A
 * table of history can be read and added to; nothing can be truncated or altered, and only what passes deleted. Whoever
 * migrates may take the role, and so may `applicationUser`, who connects for the shop.
 */
export async function grantApplicationRole(
  client: pg.ClientBase,
  applicationUser?: string,
): Promise<void> {
  await client.query(`
    do $$
    begin
      if not exists (select from pg_roles where rolname = '${applicationRole}') then
        create role ${applicationRole} login;
      end if;
    exception when duplicate_object or unique_violation then
      -- Roles belong to the server: another database's migration was faster.
      null;
    end
    $$`);
  const grants = await client.query<{ format: string }>(mayTakeRole, [applicationUser ?? null]);
  for (const grant of grants.rows) await client.query(grant.format);
  const { rows } = await client.query<{ schema: string }>(
    "select quote_ident(current_schema()) as schema",
  );
  const schema = rows[0]?.schema ?? "public";
  await client.query(`grant usage on schema ${schema} to ${applicationRole}`);
  await client.query(
    `grant select, insert, update on all tables in schema ${schema} to ${applicationRole}`,
  );
  await client.query(`revoke delete on all tables in schema ${schema} from ${applicationRole}`);
  for (const name of await existing(client, passingTables)) {
    await client.query(`grant delete on "${name}" to ${applicationRole}`);
  }
  await client.query(
    `grant usage, select on all sequences in schema ${schema} to ${applicationRole}`,
  );
  const growing = await client.query<{ name: string }>(appendOnlyTables);
  for (const { name } of growing.rows) {
    await client.query(`revoke update, truncate on "${name}" from ${applicationRole}`);
  }
  for (const name of await existing(client, Object.keys(changingColumns))) {
    const columns = changingColumns[name]?.join(", ");
    await client.query(`revoke update on "${name}" from ${applicationRole}`);
    await client.query(`grant update (${columns}) on "${name}" to ${applicationRole}`);
  }
  for (const name of await existing(client, fixedTables)) {
    await client.query(`revoke insert, update on "${name}" from ${applicationRole}`);
  }
}

// A database that is being migrated by a test may not have come as far.
async function existing(client: pg.ClientBase, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select name from unnest($1::text[]) name where to_regclass(name) is not null",
    [names],
  );
  return rows.map((row) => row.name);
}

/** The connection string with which the application works as its role. */
export function asApplication(connectionString: string): string {
  const separator = connectionString.includes("?") ? "&" : "?";
  const option = encodeURIComponent(`-c role=${applicationRole}`);
  return `${connectionString}${separator}options=${option}`;
}

/**
 * Throws unless this connection can add to history and not change it, and cannot change the schema.
 * Asked at every start: a grant given by hand must not go unnoticed.
 */
export async function assertApplicationRole(db: Db): Promise<void> {
  const tables = await sql<{ name: string; update: boolean; delete: boolean; truncate: boolean }>`
    select name, has_table_privilege(name, 'update') as update,
      has_table_privilege(name, 'delete') as delete,
      has_table_privilege(name, 'truncate') as truncate
    from (${sql.raw(appendOnlyTables)}) growing`.execute(db);
  const open = tables.rows.filter((table) => table.update || table.delete || table.truncate);
  const { rows } = await sql<{ role: string; powerful: boolean; creates: boolean }>`
    select current_user::text as role, rolsuper or rolcreaterole or rolbypassrls as powerful,
      has_schema_privilege(current_schema(), 'create') as creates
    from pg_roles where rolname = current_user`.execute(db);
  const [role] = rows;
  const problems = [
    ...open.map((table) => `can change ${table.name}`),
    ...(role?.powerful ? ["is a superuser or may make roles"] : []),
    ...(role?.creates ? ["can change the schema"] : []),
  ];
  if (tables.rows.length === 0) problems.push("sees no table of history");
  if (problems.length === 0) return;
  throw new Error(
    `The database role ${role?.role} ${problems.join(", ")}. The shop must not run with such rights: ` +
      "let `konter migrate` grant them anew",
  );
}
