/** Change state: the only way an order moves on once it is placed. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import { nextStates, type Order, type OrderState } from "./order.ts";
import { insertEvents, updateStates } from "./repository.ts";

export interface StateDeps {
  readonly clock: Clock;
  readonly publish: Publish;
}

interface Cause {
  readonly actor: string;
  readonly reason: string;
}

/** Moves locked orders, records who and why, and tells whoever shows them. Returns them as they are after. */
export async function changeStates(
  tx: Tx,
  deps: StateDeps,
  orders: readonly Order[],
  to: OrderState,
  cause: Cause,
): Promise<Order[]> {
  if (orders.length === 0) return [];
  const wrong = orders.find((order) => !nextStates[order.state].includes(to));
  if (wrong !== undefined) {
    throw new Error(`order ${wrong.code} does not go from ${wrong.state} to ${to}`);
  }
  const now = deps.clock.now();
  const ids = orders.map((order) => order.id);
  await updateStates(tx, ids, to, now);
  await record(tx, deps, orders, to, cause);
  return orders.map((order) => ({ ...order, state: to, changed_at: now }));
}

/** The same for one order. */
export async function changeState(
  tx: Tx,
  deps: StateDeps,
  order: Order,
  to: OrderState,
  cause: Cause,
): Promise<Order> {
  const [changed] = await changeStates(tx, deps, [order], to, cause);
  return changed ?? order;
}

/** Records what happened to a locked order without moving it. */
export async function noteEvent(
  tx: Tx,
  deps: StateDeps,
  order: Order,
  cause: Cause,
): Promise<void> {
  await record(tx, deps, [order], order.state, cause);
}

async function record(
  tx: Tx,
  deps: StateDeps,
  orders: readonly Order[],
  to: OrderState,
  cause: Cause,
): Promise<void> {
  const now = deps.clock.now();
  const events = orders.map((order) => ({
    order_id: order.id,
    from_state: order.state,
    to_state: to,
    actor: cause.actor,
    reason: cause.reason,
    happened_at: now,
  }));
  await insertEvents(tx, events);
  const changes = orders.map(({ id }) => ({ name: "order.changed", orderId: id }) as const);
  await deps.publish(tx, ...changes);
}
