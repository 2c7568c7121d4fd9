/** Order: aggregate; its states and how they follow each other (design: the life of an order). */
import type { Selectable } from "kysely";
import type { Schema } from "../platform/db.ts";

export type OrderState =
  | "blocked" // risk refused it; no money moved
  | "awaiting_verification" // risk asks for the buyer's order PIN; saldo is held meanwhile
  | "awaiting_payment" // stock reserved, price locked, payment open
  | "paid" // the money sits in escrow for this order
  | "under_review" // a person decides
  | "fulfilling" // a purchase is open or about to be
  | "delivered" // the supplier confirmed
  | "refunding" // the money is on its way back
  | "refunded"
  | "expired" // no money in time; the stock is back
  | "cancelled"; // stopped before money came

export const nextStates: Readonly<Record<OrderState, readonly OrderState[]>> = {
  blocked: [],
  awaiting_verification: ["awaiting_payment", "paid", "cancelled"],
  awaiting_payment: ["paid", "expired", "cancelled"],
  paid: ["fulfilling", "under_review", "refunding"],
  under_review: ["fulfilling", "refunding"],
  fulfilling: ["delivered", "refunding"],
  delivered: ["refunding"],
  refunding: ["refunded"],
  refunded: [],
  expired: ["paid", "refunding"], // money may still arrive after expiry
  cancelled: ["refunding"], // and after the buyer changed their mind, when it only goes back
};

/** The event of money that came although an order was paid: it is in the buyer's saldo. */
export const secondPaymentReason = (paymentRef: string) => `second payment ${paymentRef} to saldo`;

export const isSecondPayment = (reason: string) => /^second payment \S+ to saldo$/.test(reason);

export type OrderMethod = "saldo" | "gopay";

// A check and a trigger hold the columns to these values; the generated types say text.
export type Order = Omit<Selectable<Schema["orders"]>, "state" | "method"> & {
  readonly state: OrderState;
  readonly method: OrderMethod;
};

export const quoteLifeMs = 5 * 60_000;
/** Until when an order can be paid; the payment itself ends earlier. */
export const payWithinMs = 15 * 60_000;
/** Who has the address of an order's page may see it this long. */
export const pageLifeMs = 30 * 24 * 3600_000;
/** Money may come this long after an order expired and still buy, while price and stock hold. */
export const lateMoneyMs = 60 * 60_000;
/** The stock waits a little longer than the money may take. */
export const reservationExtraMs = 2 * 60_000;
