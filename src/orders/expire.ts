/** Expire and cancel: an order that no money came for gives its stock back. */
import { releaseReservation } from "../inventory/stock.ts";
import { mayBePaid } from "../payments/find.ts";
import { type Ended, endPayments, type ReconcileDeps } from "../payments/reconcile.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import { RunAgain } from "../platform/jobs.ts";
import { Refusal } from "../platform/refusal.ts";
import { changeState } from "./change-state.ts";
import type { OrderState } from "./order.ts";
import { lockOrder, selectOrder, selectOrderBy } from "./repository.ts";
import { returnShort } from "./short.ts";

type Deps = ReconcileDeps;

const askAgainMs = 60_000;

/** Job `orders.expire`, at the end of the reservation: only after the gateway confirmed "unpaid". */
export async function expireOrder(
  db: Database,
  deps: Deps,
  input: { orderId: string },
): Promise<void> {
  const ended = await endUnpaid(db, deps, {
    orderId: input.orderId,
    to: "expired",
    cause: { actor: "system", reason: "nobody paid in time" },
  });
  if (ended === "unknown") throw new RunAgain(askAgainMs);
}

/**
 * Cancels a customer's own order that is not paid. `paid`: the money was faster. `unknown`: the
 * gateway could not confirm now that no money can come; the order then ends by itself at its time.
 * Refuses an order that is unknown or somebody else's.
 */
export async function cancelOrder(
  db: Database,
  deps: Deps,
  input: { orderCode: string; customerId: string },
): Promise<Ended> {
  const order = await selectOrderBy(db, "code", input.orderCode);
  if (order?.customer_id !== input.customerId) throw new Refusal("order.unknown");
  return endUnpaid(db, deps, {
    orderId: order.id,
    to: "cancelled",
    cause: { actor: `customer:${input.customerId}`, reason: "the buyer stopped it" },
  });
}

async function endUnpaid(
  db: Database,
  deps: Deps,
  input: {
    orderId: string;
    to: Extract<OrderState, "expired" | "cancelled">;
    cause: { actor: string; reason: string };
  },
): Promise<Ended> {
  const before = await selectOrder(db, input.orderId);
  if (before.state !== "awaiting_payment") return "ended";
  const ended = await endPayments(db, deps, { orderId: input.orderId });
  if (ended !== "ended") return ended;
  return inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, input.orderId);
    if (order.state !== "awaiting_payment") return "ended";
    // Money may have come between asking and locking; a paid payment always wins.
    if (await mayBePaid(tx, { orderId: order.id })) return "unknown";
    const ended = await changeState(tx, deps, order, input.to, input.cause);
    // Balances are locked before stock, everywhere.
    await returnShort(tx, deps, ended);
    await releaseReservation(tx, deps, { orderId: order.id, actor: input.cause.actor });
    return "ended";
  });
}
