/** Refund: what was paid goes back to the buyer's saldo, once. */
import { releaseReservation } from "../inventory/stock.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post } from "../ledger/transfer.ts";
import type { Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { changeState, type StateDeps } from "./change-state.ts";
import type { Order } from "./order.ts";
import { addRefunded } from "./repository.ts";

/**
 * Gives a locked order in `refunding` back what of its money it still holds. Its goods, if any are
 * reserved, can be sold again.
 */
export async function refundToSaldo(
  tx: Tx,
  deps: StateDeps & { ids: Ids },
  order: Order,
  reason: string,
): Promise<void> {
  const amountIdr = order.paid - order.refunded;
  await post(tx, deps, [
    {
      debit: "escrow",
      credit: saldoOf(order.customer_id),
      amountIdr,
      key: `refund:${order.id}`,
      reason: `refund: ${reason}`,
      orderId: order.id,
    },
  ]);
  await addRefunded(tx, order.id, amountIdr);
  await releaseReservation(tx, deps, { orderId: order.id, actor: "system" });
  await changeState(tx, deps, order, "refunded", { actor: "system", reason });
}
