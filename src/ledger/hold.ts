/** Holds: saldo kept for an order that awaits verification, so that it cannot be spent elsewhere. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import { saldoOf } from "./chart.ts";
import { callEndHold, callHold } from "./repository.ts";

/** Holds saldo for an order, once. False when the customer has less to spend or the hold has ended. */
export async function holdSaldo(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; customerId: string; amountIdr: bigint },
): Promise<boolean> {
  const { orderId, customerId, amountIdr } = input;
  return callHold(tx, orderId, saldoOf(customerId), amountIdr, deps.clock.now());
}

/**
 * Ends the hold of an order: `consumed` just before its saldo is spent, `released` when it can be
 * spent on anything again. False when there is none or it has ended before.
 */
export async function endHold(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; ending: "consumed" | "released" },
): Promise<boolean> {
  return callEndHold(tx, input.orderId, input.ending, deps.clock.now());
}
