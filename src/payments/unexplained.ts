/** Unexplained: money of a reference that a person booked before we understood it. It counts once. */
import { findPosted } from "../ledger/transfer.ts";
import type { Db, Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { Payment } from "./payment.ts";
import { lockPayment, selectPaymentByRef } from "./repository.ts";

/** The key of the transfer to suspense. */
export const unexplainedKey = (gateway: string, ref: string) => `unexplained:${gateway}:${ref}`;

/** True when a person has booked the money of a payment as unexplained. */
export async function isBookedUnexplained(db: Db, payment: Payment): Promise<boolean> {
  const refs = [payment.ref, payment.gateway_ref].filter((ref) => ref !== null);
  const keys = refs.map((ref) => unexplainedKey(payment.gateway, ref));
  return (await findPosted(db, keys)).length > 0;
}

/**
 * Locks the payment of a reference whose money a person calls unexplained, so that no report books it at
 * the same time; undefined when there is none. Refuses one by which just as much has come already.
 */
export async function lockUnexplained(
  tx: Tx,
  { ref, amountIdr }: { ref: string; amountIdr: bigint },
): Promise<Payment | undefined> {
  const found = await selectPaymentByRef(tx, ref);
  if (found === undefined) return undefined;
  const payment = await lockPayment(tx, found.id);
  if (payment.paid_amount !== amountIdr) return payment;
  throw new Refusal("payment.counted", {
    ...{ field: "ref", payment: ref, came: formatRupiah(amountIdr) },
  });
}
