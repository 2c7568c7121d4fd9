/** Expire and cancel: a deposit that no money came for ends. */
import { mayBePaid } from "../payments/find.ts";
import { type Ended, endPayments, type ReconcileDeps } from "../payments/reconcile.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import { RunAgain } from "../platform/jobs.ts";
import { Refusal } from "../platform/refusal.ts";
import { changeState } from "./change-state.ts";
import type { DepositState } from "./deposit.ts";
import { lockDeposit, selectDepositBy } from "./repository.ts";

const askAgainMs = 60_000;

/** Job `deposits.expire`: only after the gateway confirmed "unpaid". */
export async function expireDeposit(
  db: Database,
  deps: ReconcileDeps,
  input: { depositId: string },
): Promise<void> {
  const ended = await endUnpaid(db, deps, {
    depositId: input.depositId,
    to: "expired",
    cause: { actor: "system", reason: "nobody paid in time" },
  });
  if (ended === "unknown") throw new RunAgain(askAgainMs);
}

/**
 * Cancels a customer's own deposit that is not paid. `paid`: the money was faster. `unknown`: the
 * gateway could not confirm now that no money can come; the deposit then ends by itself at its time.
 * Refuses a deposit that is unknown or somebody else's.
 */
export async function cancelDeposit(
  db: Database,
  deps: ReconcileDeps,
  input: { depositCode: string; customerId: string },
): Promise<Ended> {
  const deposit = await selectDepositBy(db, "code", input.depositCode);
  if (deposit?.customer_id !== input.customerId) throw new Refusal("deposit.unknown");
  return endUnpaid(db, deps, {
    depositId: deposit.id,
    to: "cancelled",
    cause: { actor: `customer:${input.customerId}`, reason: "the buyer stopped it" },
  });
}

async function endUnpaid(
  db: Database,
  deps: ReconcileDeps,
  input: {
    depositId: string;
    to: Extract<DepositState, "expired" | "cancelled">;
    cause: { actor: string; reason: string };
  },
): Promise<Ended> {
  const { depositId } = input;
  const before = await selectDepositBy(db, "id", depositId);
  if (before?.state !== "awaiting_payment") return "ended";
  const ended = await endPayments(db, deps, { depositId });
  if (ended !== "ended") return ended;
  return inTransaction(db, async (tx) => {
    const deposit = await lockDeposit(tx, depositId);
    if (deposit.state !== "awaiting_payment") return "ended";
    // Money may have come between asking and locking; a paid payment always wins.
    if (await mayBePaid(tx, { depositId })) return "unknown";
    await changeState(tx, deps, deposit, input.to, input.cause);
    return "ended";
  });
}
