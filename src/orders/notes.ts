/** Notes: what is written beside an order when money came or went otherwise, and how it is read. */
import { isSecondPayment } from "./order.ts";

const rupiah = "(-?Rp [\\d.]+)";

export const shortReason = (paymentRef: string, came: string, asked: string) =>
  `short payment ${paymentRef}: ${came} of ${asked}`;

export const shortReturnedReason = (paymentRef: string) => `short payment ${paymentRef} to saldo`;

export const surplusReason = (amount: string) => `${amount} more than the price to saldo`;

export const partRefundedReason = (amount: string, why: string) => `${amount} to saldo: ${why}`;

/** Beside `refunded`, when the money is not in the saldo. */
export const backAtSourceReason = "back at its source";

/** A note that its buyer is told of; amounts are written as rupiah. */
export type Note =
  | { readonly note: "second_payment" | "short_returned" }
  | { readonly note: "short"; readonly came: string; readonly asked: string }
  | { readonly note: "surplus" | "part_refunded"; readonly amount: string };

/** What a reason says when it is such a note. */
export function readNote(reason: string): Note | undefined {
  if (isSecondPayment(reason)) return { note: "second_payment" };
  if (/^short payment \S+ to saldo$/.test(reason)) return { note: "short_returned" };
  const short = new RegExp(`^short payment \\S+: ${rupiah} of ${rupiah}$`).exec(reason);
  if (short?.[1] && short[2]) return { note: "short", came: short[1], asked: short[2] };
  const surplus = new RegExp(`^${rupiah} more than the price to saldo$`).exec(reason)?.[1];
  if (surplus !== undefined) return { note: "surplus", amount: surplus };
  const part = new RegExp(`^${rupiah} to saldo: `).exec(reason)?.[1];
  return part === undefined ? undefined : { note: "part_refunded", amount: part };
}
