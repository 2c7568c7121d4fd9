/** Events: how a lower module tells a higher one. Each subscriber is a durable job of its own. */
import type { Clock } from "./clock.ts";
import type { Tx } from "./db.ts";
import { enqueue } from "./jobs.ts";

export type DomainEvent =
  | { readonly name: "payment.paid"; readonly paymentId: string }
  | { readonly name: "payment.short"; readonly paymentId: string }
  | { readonly name: "payment.changed"; readonly orderId: string }
  | { readonly name: "payment.closed"; readonly orderId: string }
  /** Money came for a deposit, and is saldo. */
  | { readonly name: "deposit.paid"; readonly paymentId: string }
  | { readonly name: "deposit.changed"; readonly depositId: string }
  /** A payment for a deposit is over without money. */
  | { readonly name: "deposit.closed"; readonly depositId: string }
  | { readonly name: "refund.confirmed"; readonly refundId: string }
  | { readonly name: "refund.failed"; readonly refundId: string }
  | { readonly name: "purchase.ended"; readonly purchaseId: string }
  | { readonly name: "order.changed"; readonly orderId: string };

/** "When this event happens, run these jobs." */
export type Subscribers = Readonly<Record<DomainEvent["name"], readonly string[]>>;

/** Publishes in the caller's transaction: the jobs exist when the change does. */
export type Publish = (tx: Tx, event: DomainEvent) => Promise<void>;

/** Makes the publisher of a store from its table of subscribers. */
export function createPublisher(deps: { clock: Clock }, subscribers: Subscribers): Publish {
  return async (tx, event) => {
    const { name, ...payload } = event;
    for (const job of subscribers[name]) {
      await enqueue(tx, deps, { name: job, key: Object.values(payload).join(":"), payload });
    }
  };
}
