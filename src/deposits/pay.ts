/** Pay: what money does to a deposit. It is saldo already, in time, late, a second time, more or less. */
import assert from "node:assert/strict";
import { findPayment } from "../payments/find.ts";
import { replaceClosed } from "../payments/open.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import { changeState, noteEvent, type StateDeps } from "./change-state.ts";
import { openFailed } from "./deposit.ts";
import { hasEvent, lockDeposit } from "./repository.ts";

/** Job `deposits.applyPayment`: the first money makes a deposit paid, whatever became of it before. */
export async function applyDepositPayment(
  db: Database,
  deps: StateDeps,
  input: { paymentId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const payment = await findPayment(tx, input.paymentId);
    assert.ok(payment.deposit_id !== null && payment.paid_amount !== null);
    const deposit = await lockDeposit(tx, payment.deposit_id);
    const reason = `${formatRupiah(payment.paid_amount)} by ${payment.ref} to saldo`;
    if (await hasEvent(tx, deposit.id, reason)) return;
    const cause = { actor: `gateway:${payment.gateway}`, reason };
    if (deposit.state === "paid") return noteEvent(tx, deps, deposit, cause);
    await changeState(tx, deps, deposit, "paid", cause);
    await enqueue(tx, deps, {
      name: "payments.closeOthers",
      key: deposit.id,
      payload: { depositId: deposit.id },
    });
  });
}

/**
 * Job `deposits.replacePayment`: a payment closed without money while the deposit still waits. An
 * attempt that was lost on the way is replaced; one that the gateway refused ends the deposit.
 */
export async function replaceDepositPayment(
  db: Database,
  deps: StateDeps & { ids: Ids },
  input: { depositId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const deposit = await lockDeposit(tx, input.depositId);
    if (deposit.state !== "awaiting_payment") return;
    const replaced = await replaceClosed(tx, deps, { depositId: deposit.id }, deposit.pay_by);
    if (replaced.outcome !== "given_up") return;
    const reason = `${openFailed}: ${replaced.why}`;
    await changeState(tx, deps, deposit, "cancelled", { actor: "system", reason });
  });
}
