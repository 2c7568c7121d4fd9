/** Order repository: every statement that touches orders, outside place.sql. Private to this folder. */
import { type Insertable, type Selectable, sql } from "kysely";
import type { Place } from "../platform/cursor.ts";
import type { Db, Schema, Tx } from "../platform/db.ts";
import { compare, isAmong } from "../platform/proof.ts";
import type { Order, OrderState } from "./order.ts";

const asOrder = (row: Selectable<Schema["orders"]>) => row as Order;

export async function insertQuote(tx: Tx, quote: Insertable<Schema["quotes"]>) {
  await tx.insertInto("quotes").values(quote).execute();
}

export async function selectQuote(db: Db, quoteId: string) {
  return db.selectFrom("quotes").selectAll().where("id", "=", quoteId).executeTakeFirst();
}

export async function confirmQuote(
  tx: Tx,
  input: { quoteId: string; customerId: string; now: Date },
) {
  await tx
    .updateTable("quotes")
    .set({ confirmed_at: input.now })
    .where("id", "=", input.quoteId)
    .where("customer_id", "=", input.customerId)
    .where("confirmed_at", "is", null)
    .execute();
}

export async function callPlace(
  tx: Tx,
  { requests, times, now }: { requests: readonly object[]; times: object; now: Date },
) {
  const result = await sql<{ outcomes: unknown[] }>`
    select to_jsonb(orders_place(
      ${JSON.stringify(requests)}::jsonb, ${JSON.stringify(times)}::jsonb, ${now}
    )) as outcomes`.execute(tx);
  return result.rows[0]?.outcomes ?? [];
}

/** Locks them in the order of their ids. Throws when one is missing: ids come from our own rows. */
export async function lockOrders(tx: Tx, orderIds: readonly string[]): Promise<Order[]> {
  const rows = await tx
    .selectFrom("orders")
    .selectAll()
    .where("id", "=", sql<string>`any(${orderIds}::uuid[])`)
    .orderBy("id")
    .forUpdate()
    .execute();
  if (rows.length !== new Set(orderIds).size) throw new Error("an order is missing");
  return rows.map(asOrder);
}

export async function lockOrder(tx: Tx, orderId: string): Promise<Order> {
  const [order] = await lockOrders(tx, [orderId]);
  if (order === undefined) throw new Error("an order is missing");
  return order;
}

export async function selectOrder(db: Db, orderId: string) {
  const row = await db
    .selectFrom("orders")
    .selectAll()
    .where("id", "=", orderId)
    .executeTakeFirstOrThrow();
  return asOrder(row);
}

export async function selectOrderBy(db: Db, column: "code" | "page_token", value: string) {
  const row = await db
    .selectFrom("orders")
    .selectAll()
    .where(column, "=", value)
    .executeTakeFirst();
  return row && asOrder(row);
}

/** Newest first; with `after`, those that are older than that one. */
export async function selectOrdersOfCustomer(
  db: Db,
  input: {
    customerId: string;
    limit: number;
    state?: OrderState | undefined;
    after?: Place | undefined;
  },
) {
  const { customerId, limit, state, after } = input;
  let query = db
    .selectFrom("orders")
    .selectAll()
    .where("customer_id", "=", customerId)
    .orderBy("placed_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  if (state !== undefined) query = query.where("state", "=", state);
  if (after !== undefined) {
    const older = sql<boolean>`(placed_at, id) < (${after.at}, ${after.id}::uuid)`;
    query = query.where(older);
  }
  return (await query.execute()).map(asOrder);
}

export async function updateStates(
  tx: Tx,
  orderIds: readonly string[],
  state: OrderState,
  now: Date,
) {
  await tx
    .updateTable("orders")
    .set({ state, changed_at: now })
    .where("id", "=", sql<string>`any(${orderIds}::uuid[])`)
    .execute();
}

export async function setPaidBy(tx: Tx, order: Order, paymentId: string) {
  await tx
    .updateTable("orders")
    .set({ paid_payment_id: paymentId, paid: order.price })
    .where("id", "=", order.id)
    .execute();
}

export async function setPaidFromSaldo(tx: Tx, order: Order) {
  await tx.updateTable("orders").set({ paid: order.price }).where("id", "=", order.id).execute();
}

export async function addRefunded(tx: Tx, orderId: string, amountIdr: bigint) {
  await tx
    .updateTable("orders")
    .set({ refunded: sql`refunded + ${amountIdr}` })
    .where("id", "=", orderId)
    .execute();
}

export async function insertEvents(tx: Tx, events: readonly Insertable<Schema["order_events"]>[]) {
  await tx.insertInto("order_events").values(events).execute();
}

export async function hasEvent(db: Db, orderId: string, reason: string): Promise<boolean> {
  const row = await db
    .selectFrom("order_events")
    .select("id")
    .where("order_id", "=", orderId)
    .where("reason", "=", reason)
    .executeTakeFirst();
  return row !== undefined;
}

export async function hasReached(db: Db, orderId: string, state: OrderState): Promise<boolean> {
  const row = await db
    .selectFrom("order_events")
    .select("id")
    .where("order_id", "=", orderId)
    .where("to_state", "=", state)
    .executeTakeFirst();
  return row !== undefined;
}

export async function selectPlacedOrder(db: Db, input: { key: string; customerId: string }) {
  return db
    .selectFrom("orders")
    .select("code")
    .where("quote_id", "=", input.key)
    .where("customer_id", "=", input.customerId)
    .executeTakeFirst();
}

export async function selectEvents(db: Db, orderId: string) {
  const rows = await db
    .selectFrom("order_events")
    .select(["to_state as state", "reason", "happened_at as at"])
    .where("order_id", "=", orderId)
    .orderBy("id")
    .execute();
  // The trigger of orders knows no other state.
  return rows.map((row) => ({ ...row, state: row.state as OrderState }));
}

export async function upsertNotice(
  tx: Tx,
  notice: { orderId: string; state: OrderState; road: string; at: Date },
) {
  const told = { told_state: notice.state, road: notice.road, told_at: notice.at };
  await tx
    .insertInto("order_notices")
    .values({ order_id: notice.orderId, ...told })
    .onConflict((conflict) => conflict.column("order_id").doUpdateSet(told))
    .execute();
}

export async function selectNotice(db: Db, orderId: string) {
  const row = await db
    .selectFrom("order_notices")
    .select(["told_state", "road", "told_at"])
    .where("order_id", "=", orderId)
    .executeTakeFirst();
  return row && { of: row.told_state as OrderState, road: row.road, at: row.told_at };
}

export async function newestEventId(db: Db): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`
    select coalesce(max(id), 0) as id from order_events`.execute(db);
  return rows[0]?.id ?? 0n;
}

/** Counts the events after one, up to the first that is not older than `before`. */
export async function countTransitions(db: Db, range: { after: bigint; before: Date }) {
  const { rows } = await sql<{ from: string; to: string; count: number; last: bigint }>`
    select coalesce(from_state, 'new') as "from", to_state as "to", count(*)::int as count,
      max(id) as last
    from order_events
    where id > ${range.after} and id < coalesce(
      (select min(id) from order_events where id > ${range.after} and happened_at >= ${range.before}),
      9223372036854775807)
    group by 1, 2`.execute(db);
  const upTo = rows.reduce((last, row) => (row.last > last ? row.last : last), range.after);
  const moved = rows.filter((row) => row.from !== row.to);
  return { upTo, transitions: moved.map(({ from, to, count }) => ({ from, to, count })) };
}

/** Escrow by order: the price of those in `holdingStates`, and money that is being brought to them. */
export async function compareEscrow(
  db: Db,
  holdingStates: readonly OrderState[],
  touched?: readonly string[],
) {
  return compare(
    db,
    sql`
      with moved as (
        select order_id, sum(case when credit_account = 'escrow' then amount else -amount end) as amount
        from transfers
        where 'escrow' in (debit_account, credit_account) and ${isAmong("order_id", touched)}
        group by order_id
      ), arriving as (
        -- Posted together with the job that tells the order: until it ran, the order ended before.
        select payments.order_id, sum(payments.paid_amount) as amount
        from payments
        join orders on orders.id = payments.order_id
        where payments.state = 'paid' and payments.id is distinct from orders.paid_payment_id
          and ${isAmong("payments.order_id", touched)}
          and payments.id in (
            select (payload ->> 'paymentId')::uuid from jobs
            where name = 'orders.applyPayment' and state <> 'dead'
          )
          and not exists (select from transfers where key = 'second_payment:' || payments.id)
        group by payments.order_id
      ), leaving as (
        -- Likewise what a gateway has given back and the order has not learnt of.
        select refunds.order_id, sum(refunds.amount) as amount
        from refunds
        join orders on orders.id = refunds.order_id and orders.state = 'refunding'
        where refunds.state = 'refunded' and refunds.from_account = 'escrow'
          and ${isAmong("refunds.order_id", touched)} and refunds.id in (
          select (payload ->> 'refundId')::uuid from jobs
          where name = 'orders.applyRefund' and state <> 'dead'
        )
        group by refunds.order_id
      )
      select coalesce(orders.code || ' ' || orders.state, moved.order_id::text, 'no order') as subject,
        (
          case when orders.state = any (${holdingStates}) then orders.paid - orders.refunded else 0 end
          + coalesce(arriving.amount, 0) - coalesce(leaving.amount, 0)
        )::text as expected,
        coalesce(moved.amount, 0)::text as found
      from (select id, code, state, paid, refunded from orders where ${isAmong("id", touched)}) orders
      full join moved on moved.order_id = orders.id
      left join arriving on arriving.order_id = orders.id
      left join leaving on leaving.order_id = orders.id`,
  );
}

/** Sources that brought an order's whole price: one in each of `paidStates`, else none. */
export async function comparePaying(
  db: Db,
  paidStates: readonly OrderState[],
  touched?: readonly string[],
) {
  return compare(
    db,
    sql`
      with paying as materialized (
        select order_id, key, amount from transfers
        where credit_account = 'escrow' and ${isAmong("order_id", touched)}
      )
      select orders.code || ' ' || orders.state as subject,
        case when orders.state = any (${paidStates}) then '1' else '0' end as expected,
        count(paying.key)::text as found
      from orders
      left join paying on paying.order_id = orders.id and paying.amount >= orders.price
        and paying.key in ('saldo_payment:' || orders.id, 'payment:' || orders.paid_payment_id)
      where ${isAmong("orders.id", touched)}
      group by orders.id`,
  );
}

/** What went back of each order, as it says itself and as its transfers say. */
export async function compareRefunded(db: Db, touched?: readonly string[]) {
  return compare(
    db,
    sql`
      select code || ' ' || state as subject,
        (case when state = 'refunded' then paid else refunded end)::text as expected,
        (
          select coalesce(sum(amount), 0) from transfers
          where order_id = orders.id and debit_account = 'escrow'
            and key like any (array['refund:%', 'refund\\_part:%', 'source\\_refund:%', 'chargeback:%'])
        )::text as found
      from orders
      where (refunded > 0 or state = 'refunded') and ${isAmong("id", touched)}`,
  );
}

/** Orders whose money went back although the supplier delivered and no person took a sale back. */
export async function compareNeverBoth(db: Db, touched?: readonly string[]) {
  return compare(
    db,
    sql`
      with gone_back as materialized (
        select id, code from orders
        where state in ('refunding', 'refunded') and ${isAmong("id", touched)}
      )
      select gone_back.code || ' ' || purchases.ref as subject, 'delivered before' as expected,
        case when exists (
          select from order_events
          where order_id = gone_back.id and to_state = 'delivered'
        ) then 'delivered before' else 'goods and money' end as found
      from gone_back
      join purchases on purchases.order_id = gone_back.id and purchases.state = 'succeeded'`,
  );
}

export async function compareBought(db: Db, touched?: readonly string[]) {
  return compare(
    db,
    sql`
      select orders.code as subject, '1' as expected, count(purchases.id)::text as found
      from orders
      left join purchases on purchases.order_id = orders.id and purchases.state = 'succeeded'
      where orders.state = 'delivered' and ${isAmong("orders.id", touched)}
      group by orders.id`,
  );
}

export async function selectCodes(db: Db, orderIds: readonly string[]) {
  if (orderIds.length === 0) return [];
  return db.selectFrom("orders").select(["id", "code"]).where("id", "in", orderIds).execute();
}

/** One short text for each order, another one as soon as anything changed that its page shows. */
export async function selectMarkers(db: Db, orderIds: readonly string[]) {
  const { rows } = await sql<{ id: string; marker: string }>`
    select orders.id, md5(concat_ws(
      ' ', orders.state,
      (select max(id) from order_events where order_id = orders.id),
      (
        select string_agg(concat_ws(':', ref, state, gateway_ref), ',' order by attempt)
        from payments where order_id = orders.id
      ),
      -- A failed one always brings an event; without it the index of the others suffices.
      (
        select concat_ws(':', ref, state, extract(epoch from sent_at), doubt, reversed_at is null)
        from purchases where order_id = orders.id and state <> 'failed'
      ),
      (
        select concat_ws(':', told_state, extract(epoch from told_at))
        from order_notices where order_id = orders.id
      )
    )) as marker
    from orders
    where orders.id = any(${orderIds}::uuid[])`.execute(db);
  return rows;
}

export async function selectWholeEvents(db: Db, orderId: string) {
  return db
    .selectFrom("order_events")
    .select(["from_state as from", "to_state as to", "actor", "reason", "happened_at as at"])
    .where("order_id", "=", orderId)
    .orderBy("id")
    .execute();
}
