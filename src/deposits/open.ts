/** Open: a customer wants to put money into their saldo. One deposit for each key. */
import { lockCustomer } from "../customers/customer.ts";
import type { PaymentGateway } from "../payments/gateway.ts";
import { openDepositPayment } from "../payments/open.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { enqueue } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import {
  type Deposit,
  type DepositMethod,
  depositLimits,
  expiresAt,
  maxUnpaid,
  payWithinMs,
} from "./deposit.ts";
import { countUnpaid, insertDeposit, insertEvent, selectDepositBy } from "./repository.ts";

export type Opened =
  /** Now, or when the key was first used. */
  | { readonly outcome: "opened"; readonly deposit: Deposit }
  /** The key was used for something else: nothing was done. */
  | { readonly outcome: "key_reused" }
  | { readonly outcome: "too_many_unpaid" };

export interface OpenDeposit {
  /** The idempotency key. However often and however much at once it is used, there is one deposit. */
  readonly key: string;
  readonly customerId: string;
  readonly amountIdr: bigint;
  readonly method: DepositMethod;
}

/** Opens a deposit and its payment. Refuses an amount that is out of bounds. */
export async function openDeposit(
  db: Database,
  deps: { clock: Clock; ids: Ids; gateway: PaymentGateway },
  input: OpenDeposit,
): Promise<Opened> {
  const { key, customerId, amountIdr, method } = input;
  const { leastIdr, mostIdr } = depositLimits;
  if (amountIdr < leastIdr || amountIdr > mostIdr) {
    const [least, most] = [formatRupiah(leastIdr), formatRupiah(mostIdr)];
    throw new Refusal("deposit.amount", { field: "amount", least, most });
  }
  const fingerprint = `${amountIdr} ${method}`;
  return inTransaction(db, async (tx): Promise<Opened> => {
    // Whoever uses the key at the same time waits, and then finds the deposit.
    await lockCustomer(tx, customerId);
    const known = await selectDepositBy(tx, "key", key);
    if (known !== undefined) {
      const same = known.customer_id === customerId && known.fingerprint === fingerprint;
      return same ? { outcome: "opened", deposit: known } : { outcome: "key_reused" };
    }
    if ((await countUnpaid(tx, customerId)) >= maxUnpaid) return { outcome: "too_many_unpaid" };

    const now = deps.clock.now();
    const payBy = new Date(now.getTime() + payWithinMs);
    const deposit = await insertDeposit(tx, {
      id: deps.ids.uuid(),
      code: deps.ids.orderCode(),
      page_token: deps.ids.pageToken(),
      customer_id: customerId,
      amount: amountIdr,
      method,
      state: "awaiting_payment",
      key,
      fingerprint,
      opened_at: now,
      pay_by: payBy,
      changed_at: now,
    });
    await insertEvent(tx, {
      deposit_id: deposit.id,
      from_state: null,
      to_state: deposit.state,
      actor: `customer:${customerId}`,
      reason: "opened",
      happened_at: now,
    });
    await openDepositPayment(tx, deps, {
      depositId: deposit.id,
      customerId,
      gateway: deps.gateway.name,
      method,
      amountIdr,
      payBy,
      returnPath: `/pay/${deposit.page_token}`,
    });
    await enqueue(tx, deps, {
      name: "deposits.expire",
      key: deposit.id,
      payload: { depositId: deposit.id },
      runAt: expiresAt(deposit),
    });
    return { outcome: "opened", deposit };
  });
}
