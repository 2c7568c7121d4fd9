/** Change state: the only way a deposit moves on once it is opened. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import { type Deposit, type DepositState, nextStates } from "./deposit.ts";
import { insertEvent, updateState } from "./repository.ts";

export interface StateDeps {
  readonly clock: Clock;
  readonly publish: Publish;
}

/** Moves a locked deposit, records who and why, and tells whoever shows it. */
export async function changeState(
  tx: Tx,
  deps: StateDeps,
  deposit: Deposit,
  to: DepositState,
  cause: { actor: string; reason: string },
): Promise<void> {
  if (!nextStates[deposit.state].includes(to)) {
    throw new Error(`deposit ${deposit.code} does not go from ${deposit.state} to ${to}`);
  }
  await updateState(tx, deposit.id, to, deps.clock.now());
  await record(tx, deps, deposit, to, cause);
}

/** Records what happened to a locked deposit without moving it. */
export async function noteEvent(
  tx: Tx,
  deps: StateDeps,
  deposit: Deposit,
  cause: { actor: string; reason: string },
): Promise<void> {
  await record(tx, deps, deposit, deposit.state, cause);
}

async function record(
  tx: Tx,
  deps: StateDeps,
  deposit: Deposit,
  to: DepositState,
  cause: { actor: string; reason: string },
): Promise<void> {
  await insertEvent(tx, {
    deposit_id: deposit.id,
    from_state: deposit.state,
    to_state: to,
    actor: cause.actor,
    reason: cause.reason,
    happened_at: deps.clock.now(),
  });
  await deps.publish(tx, { name: "deposit.changed", depositId: deposit.id });
}
