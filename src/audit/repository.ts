/** Audit repository: every statement that touches the audit log. Private to this folder. */
import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";
import type { Act } from "./act.ts";
import { type ChainedTable, chainedTables, type Place, type SealFacts } from "./chain.ts";

export type SealRow = Selectable<Schema["seals"]>;

export async function insertAct(tx: Tx, act: Act, now: Date) {
  const { id } = await tx
    .insertInto("audit_log")
    .values({
      actor: act.actor,
      action: act.action,
      object: act.object,
      before: toJson(act.before),
      after: toJson(act.after),
      reason: act.reason ?? null,
      request_id: act.requestId ?? null,
      acted_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { machineUser, ip } = act.origin ?? {};
  if (machineUser === undefined && ip === undefined) return;
  await tx
    .insertInto("audit_details")
    .values({ audit_id: id, machine_user: machineUser ?? null, ip: ip ?? null })
    .execute();
}

function toJson(value: Readonly<Record<string, unknown>> | undefined): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? item.toString() : item));
}

interface Chained {
  readonly table: RawBuilder<unknown>;
  readonly idType: RawBuilder<unknown>;
  /** 16 bytes. */
  readonly idBytes: RawBuilder<unknown>;
  readonly writtenAt: RawBuilder<unknown>;
  /** All that a row says, as JSON whose text does not depend on a session's settings. */
  readonly says: RawBuilder<unknown>;
}

const inUtc = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;

const chained: Readonly<Record<ChainedTable, Chained>> = {
  transfers: {
    table: sql.table("transfers"),
    idType: sql`uuid`,
    idBytes: sql`uuid_send(id)`,
    writtenAt: sql.ref("posted_at"),
    says: sql`jsonb_build_array(
      'transfer', id, debit_account, credit_account, amount, key, reason, order_id,
      ${inUtc("posted_at")}, tx_id::text
    )`,
  },
  audit_log: {
    table: sql.table("audit_log"),
    idType: sql`bigint`,
    idBytes: sql`int8send(0) || int8send(id)`,
    writtenAt: sql.ref("acted_at"),
    says: sql`jsonb_build_array(
      'act', id, actor, action, object, before, after, reason, request_id, ${inUtc("acted_at")},
      tx_id::text
    )`,
  },
};

// The leaf of a row is the hash of 0x00 and the row (RFC 6962 §2.1).
const leafOf = ({ idBytes, says }: Chained) =>
  sql`${idBytes} || sha256('\\x00'::bytea || convert_to(${says}::text, 'utf8'))`;
const isAfter = ({ idType }: Chained, { tx, id }: Place) =>
  sql`(tx_id, id) > (${tx}::xid8, ${id}::${idType})`;

/** Waits for whoever else seals, until the transaction ends. */
export async function lockSeals(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('konter.seals'))`.execute(tx);
}

/** Whether there is anything to seal, and whether the newest seal covers what is not counted to yet. */
export async function lookForUnsealed(
  db: Db,
): Promise<{ hasUnsealed: boolean; isCountedBack: boolean }> {
  const unsealed = chainedTables.map(
    (covers) => sql`exists (
      select from ${chained[covers].table}
      where tx_id < pg_snapshot_xmin(pg_current_snapshot()) and tx_id >= coalesce(
        (select through_tx from seals where covers = ${covers} order by number desc limit 1), '0'
      )
    )`,
  );
  const result = await sql<{ hasUnsealed: boolean; isCountedBack: boolean }>`
    select coalesce(
      (select through_tx from seals order by number desc limit 1)
        > pg_snapshot_xmax(pg_current_snapshot()),
      false
    ) as "isCountedBack", ${sql.join(unsealed, sql` or `)} as "hasUnsealed"`.execute(db);
  return result.rows[0] ?? { hasUnsealed: true, isCountedBack: false };
}

export interface Unsealed {
  readonly rowCount: number;
  readonly leaves: Buffer | null;
  readonly latestAt: Date | null;
  readonly tx: string | null;
  readonly id: string | null;
  /** The oldest transaction that may still add rows. */
  readonly horizonTx: string;
}

/** The next rows after a place, as far as no transaction can add to them any more. */
export async function selectUnsealed(
  db: Db,
  covers: ChainedTable,
  after: Place,
  limit: number,
): Promise<Unsealed> {
  const rows = chained[covers];
  const result = await sql<Unsealed>`
    select count(*)::int as "rowCount", string_agg(leaf, ''::bytea order by tx_id, id) as leaves,
      max(written_at) as "latestAt",
      (array_agg(tx_id::text order by tx_id desc, id desc))[1] as tx,
      (array_agg(id::text order by tx_id desc, id desc))[1] as id,
      pg_snapshot_xmin(pg_current_snapshot())::text as "horizonTx"
    from (
      select tx_id, id, ${rows.writtenAt} as written_at, ${leafOf(rows)} as leaf
      from ${rows.table}
      where ${isAfter(rows, after)} and tx_id < pg_snapshot_xmin(pg_current_snapshot())
      order by tx_id, id
      limit ${limit}
    ) unsealed`.execute(db);
  const [unsealed] = result.rows;
  if (unsealed === undefined) throw new Error("an aggregate gave no row");
  return unsealed;
}

/** The leaves of the rows after a place up to another, as they are now. */
export async function selectLeaves(
  db: Db,
  covers: ChainedTable,
  range: { after: Place; through: Place },
): Promise<Buffer> {
  const rows = chained[covers];
  const { after, through } = range;
  const result = await sql<{ leaves: Buffer | null }>`
    select string_agg(${leafOf(rows)}, ''::bytea order by tx_id, id) as leaves
    from ${rows.table}
    where ${isAfter(rows, after)}
      and (tx_id, id) <= (${through.tx}::xid8, ${through.id}::${rows.idType})`.execute(db);
  return result.rows[0]?.leaves ?? Buffer.alloc(0);
}

/** The first rows after a place that say they are older than an instant, and how many there are. */
export async function selectOlder(
  db: Db,
  covers: ChainedTable,
  range: { after: Place; through: Place | undefined; than: Date },
) {
  const rows = chained[covers];
  const { after, through, than } = range;
  const upTo =
    through === undefined
      ? sql`true`
      : sql`(tx_id, id) <= (${through.tx}::xid8, ${through.id}::${rows.idType})`;
  const result = await sql<{ count: number; ids: string[] | null }>`
    select count(*)::int as count, (array_agg(id::text order by tx_id, id))[1:5] as ids
    from ${rows.table}
    where ${isAfter(rows, after)} and ${upTo} and ${rows.writtenAt} < ${than}`.execute(db);
  return { count: result.rows[0]?.count ?? 0, ids: result.rows[0]?.ids ?? [] };
}

/** The last seal, or the last one of a table. */
export async function selectLastSeal(db: Db, covers?: ChainedTable) {
  const seals = db
    .selectFrom("seals")
    .select(["number", "head", "through_tx", "through_id", "latest_at", "sealed_at"])
    .orderBy("number", "desc")
    .limit(1);
  return (covers === undefined ? seals : seals.where("covers", "=", covers)).executeTakeFirst();
}

export async function insertSeal(
  tx: Tx,
  seal: SealFacts & { leaves: Buffer; head: Buffer; signature: Buffer },
): Promise<void> {
  const { through, rowCount, latestAt, sealedAt, ...same } = seal;
  await tx
    .insertInto("seals")
    .values({
      ...same,
      through_tx: through.tx,
      through_id: through.id,
      row_count: rowCount,
      latest_at: latestAt,
      sealed_at: sealedAt,
    })
    .execute();
}

/** Seals after a number, in their order; with their leaves, which are up to half a megabyte each. */
export async function selectSeals(
  db: Db,
  input: { after: bigint; limit: number; covers?: ChainedTable },
): Promise<SealRow[]> {
  const seals = db
    .selectFrom("seals")
    .selectAll()
    .where("number", ">", input.after)
    .orderBy("number")
    .limit(input.limit);
  return (input.covers === undefined ? seals : seals.where("covers", "=", input.covers)).execute();
}

/** The heads of these seals in hex, by their numbers. */
export async function selectHeadsOf(
  db: Db,
  numbers: readonly bigint[],
): Promise<Map<bigint, string>> {
  const rows = await db
    .selectFrom("seals")
    .select(["number", "head"])
    .where("number", "=", sql<bigint>`any(${numbers}::bigint[])`)
    .execute();
  return new Map(rows.map(({ number, head }) => [number, head.toString("hex")]));
}

/** Seals after a number, in their order, without their leaves. */
export async function selectHeads(
  db: Db,
  input: { after: bigint; limit: number; covers?: ChainedTable },
) {
  const seals = db
    .selectFrom("seals")
    .select(["number", "covers", "row_count", "head", "signature", "sealed_at"])
    .select(["through_tx", "through_id", "latest_at"])
    .where("number", ">", input.after)
    .orderBy("number")
    .limit(input.limit);
  return (input.covers === undefined ? seals : seals.where("covers", "=", input.covers)).execute();
}
