/** Deposit: money that a customer puts into their saldo; its states and how they follow each other. */
import type { Selectable } from "kysely";
import type { Schema } from "../platform/db.ts";

export type DepositState =
  | "awaiting_payment"
  | "paid" // money came, and is saldo
  | "expired" // no money in time
  | "cancelled"; // stopped before money came

export const nextStates: Readonly<Record<DepositState, readonly DepositState[]>> = {
  awaiting_payment: ["paid", "expired", "cancelled"],
  paid: [],
  // Money is saldo however late it comes, and after the buyer changed their mind.
  expired: ["paid"],
  cancelled: ["paid"],
};

export type DepositMethod = "gopay";

// A trigger and a check hold the columns to these values; the generated types say text.
export type Deposit = Omit<Selectable<Schema["deposits"]>, "state" | "method"> & {
  readonly state: DepositState;
  readonly method: DepositMethod;
};

/** What can be put into a saldo at once. */
export const depositLimits = { leastIdr: 10_000n, mostIdr: 10_000_000n };
/** How many deposits of a customer may wait for their money. */
export const maxUnpaid = 3;
/** Until when a deposit can be paid; the payment itself ends earlier. */
export const payWithinMs = 15 * 60_000;
const expireExtraMs = 2 * 60_000;
/** Who has the address of a deposit's page may see it this long. */
export const pageLifeMs = 30 * 24 * 3600_000;
/** How the reason of a cancellation begins that nobody wished for. */
export const openFailed = "payment could not be opened";

/** When a deposit expires, if the gateway confirms then that no money came. */
export const expiresAt = ({ pay_by: payBy }: Pick<Deposit, "pay_by">): Date =>
  new Date(payBy.getTime() + expireExtraMs);
