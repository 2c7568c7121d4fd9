/** Change state: the only way an order moves on once it is placed. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import { nextStates, type Order, type OrderState } from "./order.ts";
import { insertEvent, updateState } from "./repository.ts";

export interface StateDeps {
  readonly clock: Clock;
  readonly publish: Publish;
}

/** Moves a locked order, records who and why, and tells whoever shows it. Returns the order after. */
export async function changeState(
  tx: Tx,
  deps: StateDeps,
  order: Order,
  to: OrderState,
  cause: { actor: string; reason: string },
): Promise<Order> {
  if (!nextStates[order.state].includes(to)) {
    throw new Error(`order ${order.code} does not go from ${order.state} to ${to}`);
  }
  const now = deps.clock.now();
  await updateState(tx, order.id, to, now);
  await insertEvent(tx, {
    order_id: order.id,
    from_state: order.state,
    to_state: to,
    actor: cause.actor,
    reason: cause.reason,
    happened_at: now,
  });
  await deps.publish(tx, { name: "order.changed", orderId: order.id });
  return { ...order, state: to, changed_at: now };
}

/** Records what happened to a locked order without moving it. */
export async function noteEvent(
  tx: Tx,
  deps: StateDeps,
  order: Order,
  cause: { actor: string; reason: string },
): Promise<void> {
  await insertEvent(tx, {
    order_id: order.id,
    from_state: order.state,
    to_state: order.state,
    actor: cause.actor,
    reason: cause.reason,
    happened_at: deps.clock.now(),
  });
  await deps.publish(tx, { name: "order.changed", orderId: order.id });
}
