/** Treasury repository: every statement that touches proposals. Private to this folder. */
import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Schema, Tx } from "../platform/db.ts";
import { compare } from "../platform/proof.ts";
import type { Proposal } from "./proposal.ts";

const asProposal = (row: Selectable<Schema["adjustment_proposals"]>) => row as Proposal;

/** One act with the shop's money at a time, until this transaction ends. */
export async function lockTreasury(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('konter.money'))`.execute(tx);
}

export async function insertProposal(tx: Tx, proposal: Insertable<Schema["adjustment_proposals"]>) {
  const row = await tx
    .insertInto("adjustment_proposals")
    .values(proposal)
    .returningAll()
    .executeTakeFirstOrThrow();
  return asProposal(row);
}

export async function lockProposal(tx: Tx, column: "id" | "number", value: string | number) {
  const row = await tx
    .selectFrom("adjustment_proposals")
    .selectAll()
    .where(column, "=", value)
    .forUpdate()
    .executeTakeFirst();
  return row && asProposal(row);
}

export async function endProposal(
  tx: Tx,
  proposalId: string,
  end: { ending: string; endedBy: string; endedFrom: string | null; now: Date },
) {
  await tx
    .updateTable("adjustment_proposals")
    .set({
      ending: end.ending,
      ended_by: end.endedBy,
      ended_from: end.endedFrom,
      ended_at: end.now,
    })
    .where("id", "=", proposalId)
    .execute();
}

export async function selectOpenProposals(db: Db) {
  const rows = await db
    .selectFrom("adjustment_proposals")
    .selectAll()
    .where("ending", "is", null)
    .orderBy("number")
    .execute();
  return rows.map(asProposal);
}

/** What each proposal moved, against how it ended. */
export async function compareAdjusted(db: Db) {
  return compare(
    db,
    sql`
      select 'proposal ' || number as subject,
        case when ending in ('approved', 'took_effect') then direction || ' ' || proposals.amount
          else 'nothing' end as expected,
        case
          when transfers.debit_account = 'adjustments'
            and transfers.credit_account = 'customer:' || customer_id then 'give ' || transfers.amount
          when transfers.credit_account = 'adjustments'
            and transfers.debit_account = 'customer:' || customer_id then 'take ' || transfers.amount
          when transfers.id is null then 'nothing'
          else 'something else'
        end as found
      from adjustment_proposals proposals
      left join transfers on transfers.key = 'adjustment:' || proposals.id`,
  );
}
