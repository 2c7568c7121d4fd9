/** Unexplained: money of a reference that a person booked before we understood it. It counts once. */
import { findPosted } from "../ledger/transfer.ts";
import type { Db, Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { Payment } from "./payment.ts";
import { lockPayment, selectPaymentKnownAs } from "./repository.ts";

/** The key of the transfer to suspense. */
export const unexplainedKey = (gateway: string, ref: string) => `unexplained:${gateway}:${ref}`;

/** True when a person has booked the money of a payment as unexplained, under either of its names. */
export async function isBookedUnexplained(db: Db, payment: Payment): Promise<boolean> {
  return isBooked(db, payment, [payment.ref, payment.gateway_ref]);
}

/**
 * Locks the payment whose money a person calls unexplained, so that no report books it at the same time;
 * undefined when there is none of that name. Refuses one whose money is booked: just as much has come by it,
 * or it was called unexplained by its other name.
 */
export async function lockUnexplained(
  tx: Tx,
  { gateway, ref, amountIdr }: { gateway: string; ref: string; amountIdr: bigint },
): Promise<Payment | undefined> {
  const found = await selectPaymentKnownAs(tx, { gateway, ref });
  if (found === undefined) return undefined;
  const payment = await lockPayment(tx, found.id);
  const otherNames = [payment.ref, payment.gateway_ref].filter((name) => name !== ref);
  const isCounted = payment.paid_amount === amountIdr || (await isBooked(tx, payment, otherNames));
  if (!isCounted) return payment;
  throw new Refusal("payment.counted", {
    ...{ field: "ref", payment: payment.ref, came: formatRupiah(amountIdr) },
  });
}

async function isBooked(
  db: Db,
  { gateway }: Payment,
  names: readonly (string | null)[],
): Promise<boolean> {
  const keys = names.filter((name) => name !== null).map((name) => unexplainedKey(gateway, name));
  return (await findPosted(db, keys)).length > 0;
}
