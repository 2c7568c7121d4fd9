/** Placer: gathers what is to be placed at once and places it together, in one statement and one commit. */

import { paymentTimes } from "../payments/open.ts";
import type { Clock } from "../platform/clock.ts";
import { isDatabaseGone, mayTryAgain } from "../platform/database-problem.ts";
import { type Database, inOneStatement } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { payWithinMs, reservationExtraMs } from "./order.ts";
import { callPlace } from "./repository.ts";

/** A request to place.sql, which names its fields. */
export interface PlaceRequest {
  readonly key: string;
  readonly customer_id: string;
  readonly [field: string]: string;
}

export interface Placer {
  /** Resolves to the outcome that place.sql gave the request. */
  place(request: PlaceRequest): Promise<unknown>;
}

interface Waiting {
  readonly request: PlaceRequest;
  resolve(outcome: unknown): void;
  reject(error: unknown): void;
}

const largestBatch = 64;
// While one waits for its commit, the other's batch is computed.
const flusherCount = 2;
// A commit nobody knows of is asked about by sending the batch again: the keys tell what was done.
const retriesMs = [0, 50, 250, 1_000];

/**
 * Makes the placer of a process. Nothing waits for a timer: a batch is what came while the last ones
 * were under way. A customer is in one batch at a time, because placing is serial per customer.
 */
export function createPlacer(deps: { db: Database; clock: Clock; log: Log }): Placer {
  const { db, clock, log } = deps;
  // In the order in which customers came; those of customers in a batch wait apart.
  const ready = new Map<string, Waiting[]>();
  const busy = new Map<string, Waiting[]>();
  let flusherAtWork = 0;

  const take = (): Waiting[] => {
    const batch: Waiting[] = [];
    for (const [customerId, queue] of ready) {
      const [first, ...others] = queue;
      if (first !== undefined) batch.push(first);
      ready.delete(customerId);
      busy.set(customerId, others);
      if (batch.length === largestBatch) break;
    }
    return batch;
  };

  const giveBack = (batch: readonly Waiting[]) => {
    for (const { request } of batch) {
      const queue = busy.get(request.customer_id) ?? [];
      busy.delete(request.customer_id);
      if (queue.length > 0) ready.set(request.customer_id, queue);
    }
  };

  const send = (batch: readonly Waiting[]) => {
    const now = clock.now();
    const requests = batch.map((one) => one.request);
    return inOneStatement(db, (tx) => callPlace(tx, { requests, times: timesFrom(now), now }));
  };

  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const outcomes = await send(batch);
        for (const [index, one] of batch.entries()) one.resolve(outcomes[index]);
        return;
      } catch (error) {
        const waitMs = retriesMs[attempt];
        if (waitMs !== undefined && (mayTryAgain(error) || isDatabaseGone(error))) {
          log.warn({ error: String(error), count: batch.length }, "placing is tried again");
          if (waitMs > 0) await clock.sleep(waitMs);
          continue;
        }
        // A request that breaks the statement must not take the others with it.
        if (batch.length > 1 && !isDatabaseGone(error)) {
          for (const one of batch) await settle([one]);
          return;
        }
        for (const one of batch) one.reject(error);
        return;
      }
    }
  };

  const flush = async () => {
    for (let batch = take(); batch.length > 0; batch = take()) {
      await settle(batch);
      giveBack(batch);
    }
    flusherAtWork--;
  };

  return {
    place(request) {
      return new Promise((resolve, reject) => {
        const one = { request, resolve, reject };
        const inBatch = busy.get(request.customer_id);
        if (inBatch !== undefined) return inBatch.push(one);
        const queue = ready.get(request.customer_id);
        if (queue === undefined) ready.set(request.customer_id, [one]);
        else queue.push(one);
        if (flusherAtWork === flusherCount) return;
        flusherAtWork++;
        // After whatever else has arrived by now.
        setImmediate(() => void flush());
      });
    },
  };
}

function timesFrom(now: Date) {
  const after = (ms: number) => new Date(now.getTime() + ms);
  const { sendBy, expiresAt } = paymentTimes(now);
  return {
    charge_by: sendBy,
    pay_until: expiresAt,
    pay_by: after(payWithinMs),
    reserved_until: after(payWithinMs + reservationExtraMs),
  };
}
