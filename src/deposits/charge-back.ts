/** Charge back: the payer's side took back what a deposit brought. */
import assert from "node:assert/strict";
import type { Transfer } from "../ledger/transfer.ts";
import { findPayment } from "../payments/find.ts";
import { postTakenBack, takeBack } from "../payments/take-back.ts";
import type { Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { formatRupiah } from "../platform/money.ts";
import { noteEvent, type StateDeps } from "./change-state.ts";
import { lockDeposit } from "./repository.ts";

/**
 * Posts it: the saldo pays down to what is held of it, the shop the rest. Without an amount it is all that
 * is left of the payment. The deposit stays paid, and says what happened. Returns the transfers.
 */
export async function chargeBackDeposit(
  tx: Tx,
  deps: StateDeps & { ids: Ids },
  input: { paymentId: string; amountIdr?: bigint; actor: string; reason: string },
): Promise<readonly Transfer[]> {
  const { deposit_id: depositId } = await findPayment(tx, input.paymentId);
  assert.ok(depositId, "the payment of a deposit");
  const deposit = await lockDeposit(tx, depositId);
  const { payment, amountIdr } = await takeBack(tx, input);
  const { actor, reason } = input;
  const liesAt = { saldoIdr: amountIdr };
  const transfers = await postTakenBack(tx, deps, { payment, liesAt, reason });
  const what = `${formatRupiah(amountIdr)} of ${payment.ref} taken back by the payer's side`;
  await noteEvent(tx, deps, deposit, { actor, reason: `${what}: ${reason}` });
  return transfers;
}
