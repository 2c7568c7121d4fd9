/** Payment repository: every statement that touches payments, outside its .sql. Private to this folder. */
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import { type Db, noteEnqueue, type Schema, type Tx } from "../platform/db.ts";
import { compare } from "../platform/proof.ts";
import type { Exchange } from "./gateway.ts";
import type { PaidFor, Payment, Refund } from "./payment.ts";

const asPayment = (row: Selectable<Schema["payments"]>) => row as Payment;

export async function selectPayment(db: Db, paymentId: string) {
  const row = await db
    .selectFrom("payments")
    .selectAll()
    .where("id", "=", paymentId)
    .executeTakeFirstOrThrow();
  return asPayment(row);
}

export async function lockPayment(tx: Tx, paymentId: string) {
  const row = await tx
    .selectFrom("payments")
    .selectAll()
    .where("id", "=", paymentId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return asPayment(row);
}

export async function selectPaymentByRef(db: Db, ref: string) {
  const row = await db.selectFrom("payments").selectAll().where("ref", "=", ref).executeTakeFirst();
  return row && asPayment(row);
}

/** A payment by either name that it has at its gateway: ours, or the gateway's own. */
export async function selectPaymentKnownAs(
  db: Db,
  { gateway, ref }: { gateway: string; ref: string },
) {
  const row = await db
    .selectFrom("payments")
    .selectAll()
    .where("gateway", "=", gateway)
    .where((is) => is.or([is("ref", "=", ref), is("gateway_ref", "=", ref)]))
    .executeTakeFirst();
  return row && asPayment(row);
}

/** All attempts for one thing, oldest first. */
export async function selectPaymentsFor(db: Db, what: PaidFor) {
  const all = db.selectFrom("payments").selectAll().orderBy("attempt");
  const rows =
    "orderId" in what
      ? all.where("order_id", "=", what.orderId)
      : all.where("deposit_id", "=", what.depositId);
  return (await rows.execute()).map(asPayment);
}

export async function updatePayment(
  tx: Tx,
  paymentId: string,
  change: Updateable<Schema["payments"]>,
) {
  await tx.updateTable("payments").set(change).where("id", "=", paymentId).execute();
}

export async function insertExchange(
  tx: Tx,
  paymentId: string,
  kind: "charge" | "inquiry" | "cancel" | "webhook" | "refund",
  exchange: Exchange,
  now: Date,
) {
  await tx
    .insertInto("payment_exchanges")
    .values({ payment_id: paymentId, kind, ...exchange, exchanged_at: now })
    .execute();
}

export async function callOpen(tx: Tx, payment: Readonly<Record<string, unknown>>, now: Date) {
  noteEnqueue(tx);
  await sql`select payments_open(${JSON.stringify([payment])}::jsonb, ${now})`.execute(tx);
}

const asRefund = (row: Selectable<Schema["refunds"]>) => row as Refund;

export async function insertRefund(tx: Tx, refund: Insertable<Schema["refunds"]>) {
  await tx.insertInto("refunds").values(refund).execute();
}

export async function selectRefund(db: Db, refundId: string) {
  const row = await db
    .selectFrom("refunds")
    .selectAll()
    .where("id", "=", refundId)
    .executeTakeFirstOrThrow();
  return asRefund(row);
}

export async function lockRefund(tx: Tx, refundId: string) {
  const row = await tx
    .selectFrom("refunds")
    .selectAll()
    .where("id", "=", refundId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return asRefund(row);
}

export async function updateRefund(
  tx: Tx,
  refundId: string,
  change: Updateable<Schema["refunds"]>,
) {
  await tx.updateTable("refunds").set(change).where("id", "=", refundId).execute();
}

export async function selectLiveRefunds(db: Db, paymentId: string) {
  return db
    .selectFrom("refunds")
    .select("id")
    .where("payment_id", "=", paymentId)
    .where("state", "<>", "failed")
    .execute();
}

export async function selectRefundsUnderWay(db: Db, paymentId: string) {
  return db
    .selectFrom("refunds")
    .select("id")
    .where("payment_id", "=", paymentId)
    .where("state", "in", ["requested", "pending"])
    .execute();
}

export async function selectPendingRefunds(db: Db, paymentId: string) {
  return db
    .selectFrom("refunds")
    .select("id")
    .where("payment_id", "=", paymentId)
    .where("state", "=", "pending")
    .execute();
}

export async function selectExchangesOfOrder(db: Db, orderId: string) {
  return db
    .selectFrom("payment_exchanges")
    .innerJoin("payments", "payments.id", "payment_exchanges.payment_id")
    .select([
      "payments.id",
      "payments.ref",
      "payments.gateway",
      "payment_exchanges.kind",
      "payment_exchanges.status",
      "payment_exchanges.body",
      "payment_exchanges.exchanged_at as at",
    ])
    .where("payments.order_id", "=", orderId)
    .orderBy("payment_exchanges.id")
    .execute();
}

// By its payments: refunds have an index of those.
export async function selectRefundsOfOrder(db: Db, orderId: string) {
  const rows = await db
    .selectFrom("refunds")
    .innerJoin("payments", "payments.id", "refunds.payment_id")
    .selectAll("refunds")
    .where("payments.order_id", "=", orderId)
    .orderBy("refunds.requested_at")
    .execute();
  return rows.map(asRefund);
}

/** What is marked as gone back of each payment, against its refunds and what the payer's side took. */
export async function compareGoneBack(db: Db) {
  return compare(
    db,
    sql`
      select payments.ref as subject, payments.refund_amount::text as expected,
        (coalesce(given.amount, 0) + coalesce(taken.amount, 0))::text as found
      from payments
      left join (
        select payment_id, sum(amount) as amount from refunds where state <> 'failed'
        group by payment_id
      ) given on given.payment_id = payments.id
      left join (
        select split_part(key, ':', 2)::uuid as payment_id, sum(amount) as amount
        from transfers where key like 'chargeback%:%'
        group by 1
      ) taken on taken.payment_id = payments.id`,
  );
}
