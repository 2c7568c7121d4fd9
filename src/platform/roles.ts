/** Roles: the application works as a database role that can change neither history nor the schema. */
import { sql } from "kysely";
import type pg from "pg";
import type { Db } from "./db.ts";

/** Made by the migrator in every database's server; owns nothing. */
export const applicationRole = "konter_app";

const guards = `
  from pg_trigger
  join pg_class on pg_class.oid = tgrelid
  join pg_proc on pg_proc.oid = tgfoid
  where proname = 'refuse_change' and relnamespace = current_schema()::regnamespace`;

/** Tables of history: those with a trigger that refuses changes. */
const appendOnlyTables = `select distinct relname::text as name ${guards} order by 1`;

// Only where it is missing: the rows belong to the server, and other migrations write them too.
const mayTakeRole = `
  select format('grant ${applicationRole} to %I', name)
  from unnest(array[current_user::text, $1::text]) name
  where name is not null and not pg_has_role(name, '${applicationRole}', 'member')`;

// What is granted to the role itself. What everybody may do is somebody else's to take away.
const grantedTo = (acl: string) =>
  `(select lower(privilege_type) as privilege from aclexplode(${acl}) where grantee = $1::regrole)`;

// The schema and its sequences, where the role was not granted their use.
const mayNotYetUse = `
  select format('grant usage on schema %I to ${applicationRole}', nspname)
  from pg_namespace
  where nspname = current_schema() and 'usage' not in ${grantedTo("nspacl")}
  union all
  select format('grant usage, select on sequence %s to ${applicationRole}', oid::regclass)
  from pg_class
  where relkind = 'S' and relnamespace = current_schema()::regnamespace
    and not ('usage' in ${grantedTo("relacl")} and 'select' in ${grantedTo("relacl")})`;

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

// Of every table, what the role was granted: of the whole, and of single columns beside it.
const heldRights = `
  select relname::text as name, quote_ident(relname) as quoted,
    pg_class.oid in (select tgrelid ${guards}) as grows,
    array(
      select privilege from ${grantedTo("relacl")} held
      where privilege in ('select', 'insert', 'update', 'delete', 'truncate')
    ) as rights,
    array(
      select privilege || ' ' || attname
      from pg_attribute cross join lateral ${grantedTo("attacl")} held
      where attrelid = pg_class.oid and attnum > 0 and not attisdropped
        and privilege in ('insert', 'update')
    ) as columns
  from pg_class
  where relkind in ('r', 'p', 'v', 'm', 'f') and relnamespace = current_schema()::regnamespace
  order by relname`;

interface TableRights {
  readonly name: string;
  readonly quoted: string;
  /** Whether it is one of history. */
  readonly grows: boolean;
  readonly rights: readonly string[];
  /** `update words`, where the others may not be changed. */
  readonly columns: readonly string[];
}

/**
 * Grants the role what a running shop needs, as the owner of the tables, after each migration. A
 * table of history can be read and added to; nothing can be truncated or altered, and only what passes
 * deleted. Whoever migrates may take the role, and so may `applicationUser`, who connects for the shop.
 * Says only what is not so already: a grant makes every connection of a running shop plan anew.
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
  const missing = await client.query<{ format: string }>(mayTakeRole, [applicationUser ?? null]);
  const around = await client.query<{ format: string }>(mayNotYetUse, [applicationRole]);
  const held = await client.query<TableRights>(heldRights, [applicationRole]);
  const statements = [...missing.rows, ...around.rows].map((row) => row.format);
  for (const table of held.rows) statements.push(...changesOf(table));
  for (const statement of statements) await client.query(statement);
}

/** The statements after which the role has these rights and no others. */
function changesOf({ name, quoted, grows, rights, columns }: TableRights): string[] {
  const wanted = ["select"];
  const isFixed = fixedTables.includes(name);
  const changing = changingColumns[name] ?? [];
  if (!isFixed) wanted.push("insert");
  if (!(isFixed || grows || changing.length > 0)) wanted.push("update");
  if (passingTables.includes(name)) wanted.push("delete");
  const wantedColumns = changing.map((column) => `update ${column}`);
  const otherColumns = columns.toSorted().join() !== wantedColumns.toSorted().join();
  const revoked = new Set(rights.filter((right) => !wanted.includes(right)));
  // Taken from a table it is taken from all its columns.
  if (otherColumns) for (const right of ["insert", "update"]) revoked.add(right);
  const granted = wanted.filter((right) => !rights.includes(right) || revoked.has(right));
  if (revoked.has("update") && changing.length > 0) granted.push(`update (${changing.join(", ")})`);
  const statements: string[] = [];
  if (revoked.size > 0) statements.push(`revoke ${[...revoked].join(", ")} on ${quoted} from`);
  if (granted.length > 0) statements.push(`grant ${granted.join(", ")} on ${quoted} to`);
  return statements.map((statement) => `${statement} ${applicationRole}`);
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
