/** Deposit repository: every statement that touches deposits. Private to this folder. */
import { type Insertable, type Selectable, sql } from "kysely";
import type { Place } from "../platform/cursor.ts";
import type { Db, Schema, Tx } from "../platform/db.ts";
import { compare, isAmong } from "../platform/proof.ts";
import type { Deposit, DepositState } from "./deposit.ts";

const asDeposit = (row: Selectable<Schema["deposits"]>) => row as Deposit;

export async function insertDeposit(tx: Tx, deposit: Insertable<Schema["deposits"]>) {
  const row = await tx
    .insertInto("deposits")
    .values(deposit)
    .returningAll()
    .executeTakeFirstOrThrow();
  return asDeposit(row);
}

export async function lockDeposit(tx: Tx, depositId: string) {
  const row = await tx
    .selectFrom("deposits")
    .selectAll()
    .where("id", "=", depositId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return asDeposit(row);
}

export async function selectDepositBy(
  db: Db,
  column: "id" | "code" | "page_token" | "key",
  value: string,
) {
  const row = await db
    .selectFrom("deposits")
    .selectAll()
    .where(column, "=", value)
    .executeTakeFirst();
  return row && asDeposit(row);
}

/** Newest first; with `after`, those that are older than that one. */
export async function selectDepositsOfCustomer(
  db: Db,
  input: {
    customerId: string;
    limit: number;
    state?: DepositState | undefined;
    after?: Place | undefined;
  },
) {
  const { customerId, limit, state, after } = input;
  let query = db
    .selectFrom("deposits")
    .selectAll()
    .where("customer_id", "=", customerId)
    .orderBy("opened_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  if (state !== undefined) query = query.where("state", "=", state);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(opened_at, id) < (${after.at}, ${after.id}::uuid)`);
  }
  return (await query.execute()).map(asDeposit);
}

export async function countUnpaid(db: Db, customerId: string): Promise<number> {
  const { count } = await db
    .selectFrom("deposits")
    .select((select) => select.fn.countAll<bigint>().as("count"))
    .where("customer_id", "=", customerId)
    .where("state", "=", "awaiting_payment")
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function updateState(tx: Tx, depositId: string, state: DepositState, now: Date) {
  await tx
    .updateTable("deposits")
    .set({ state, changed_at: now })
    .where("id", "=", depositId)
    .execute();
}

export async function insertEvent(tx: Tx, event: Insertable<Schema["deposit_events"]>) {
  await tx.insertInto("deposit_events").values(event).execute();
}

export async function hasEvent(db: Db, depositId: string, reason: string): Promise<boolean> {
  const row = await db
    .selectFrom("deposit_events")
    .select("id")
    .where("deposit_id", "=", depositId)
    .where("reason", "=", reason)
    .executeTakeFirst();
  return row !== undefined;
}

export async function selectEvents(db: Db, depositId: string) {
  const rows = await db
    .selectFrom("deposit_events")
    .select(["to_state as state", "reason", "happened_at as at"])
    .where("deposit_id", "=", depositId)
    .orderBy("id")
    .execute();
  // The trigger of deposits knows no other state.
  return rows.map((row) => ({ ...row, state: row.state as DepositState }));
}

/** One short text for each deposit, another one as soon as anything changed that its page shows. */
export async function selectMarkers(db: Db, depositIds: readonly string[]) {
  const { rows } = await sql<{ id: string; marker: string }>`
    select deposits.id, md5(concat_ws(
      ' ', deposits.state,
      (select max(id) from deposit_events where deposit_id = deposits.id),
      (
        select string_agg(concat_ws(':', ref, state, gateway_ref), ',' order by attempt)
        from payments where deposit_id = deposits.id
      )
    )) as marker
    from deposits
    where deposits.id = any(${depositIds}::uuid[])`.execute(db);
  return rows;
}

/** What came by a deposit's payments, and what of it the ledger gave to its customer. */
export async function compareCredited(db: Db, touched?: readonly string[]) {
  return compare(
    db,
    sql`
      select deposits.code || ' ' || deposits.state as subject,
        case when deposits.state = 'paid' and came.amount is null then 'some money'
          else coalesce(came.amount, 0)::text end as expected,
        coalesce(came.credited, 0)::text as found
      from deposits
      left join (
        select payments.deposit_id, sum(payments.paid_amount) as amount,
          sum(transfers.amount) as credited
        from payments
        join deposits on deposits.id = payments.deposit_id
        left join transfers on transfers.key = 'payment:' || payments.id
          and transfers.debit_account = 'gateway:' || payments.gateway
          and transfers.credit_account = 'customer:' || deposits.customer_id
        where ${isAmong("deposits.customer_id", touched)}
        group by payments.deposit_id
      ) came on came.deposit_id = deposits.id
      where ${isAmong("deposits.customer_id", touched)}`,
  );
}
