/** Events: how a lower module tells a higher one. Each subscriber is a durable job of its own. */
import type { Clock } from "./clock.ts";
import type { Tx } from "./db.ts";
import { enqueueAll } from "./jobs.ts";

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
  | { readonly name: "order.changed"; readonly orderId: string }
  /** Something lies on the desk, somebody took it, or it is done. */
  | { readonly name: "desk.changed"; readonly itemId: string };

/** Which of these keys a subscriber has something to do for. */
type Among = (tx: Tx, keys: readonly string[]) => Promise<ReadonlySet<string>>;

/** The job of a subscriber: for every event, or only for those whose key is `among` its own. */
export type Subscriber = string | { readonly job: string; readonly among: Among };

/** "When this event happens, run these jobs." */
export type Subscribers = Readonly<Record<DomainEvent["name"], readonly Subscriber[]>>;

/** Publishes in the caller's transaction: the jobs exist when the changes do. */
export type Publish = (tx: Tx, ...events: readonly DomainEvent[]) => Promise<void>;

/** Makes the publisher of a store from its table of subscribers. */
export function createPublisher(deps: { clock: Clock }, subscribers: Subscribers): Publish {
  return async (tx, ...events) => {
    for (const name of new Set(events.map((event) => event.name))) {
      const jobs = jobsOf(events.filter((event) => event.name === name));
      for (const subscriber of subscribers[name]) {
        if (typeof subscriber === "string") {
          await enqueueAll(tx, deps, subscriber, [...jobs.values()]);
          continue;
        }
        const own = await subscriber.among(tx, [...jobs.keys()]);
        const wanted = [...jobs.values()].filter((job) => own.has(job.key));
        await enqueueAll(tx, deps, subscriber.job, wanted);
      }
    }
  };
}

/** What is waiting of the same key is done once. */
function jobsOf(events: readonly DomainEvent[]) {
  const jobs = events.map(({ name: _, ...payload }) => ({
    key: Object.values(payload).join(":"),
    payload,
  }));
  return new Map(jobs.map((job) => [job.key, job]));
}
