/** Dead jobs: what has failed too often lies on the desk, with the order that waits for it. */
import { openItem, settleItem } from "./desk/item.ts";
import { findPayment, findRefund } from "./payments/find.ts";
import type { Clock } from "./platform/clock.ts";
import type { Tx } from "./platform/db.ts";
import type { Publish } from "./platform/events.ts";
import type { Ids } from "./platform/ids.ts";
import type { JobPayload } from "./platform/jobs.ts";
import type { DeadJob } from "./platform/worker.ts";
import { findPurchases } from "./suppliers/find.ts";

const longestError = 200;

const subjectOf = (jobId: bigint) => `job:${jobId}`;

/** Puts a job that has just died on the desk, in the transaction that buries it. */
export async function reportDeadJob(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; publish: Publish },
  job: DeadJob,
): Promise<void> {
  const orderId = await orderOf(tx, job.payload);
  const [firstLine = ""] = job.error.split("\n");
  await openItem(tx, deps, {
    kind: "dead_job",
    subject: subjectOf(job.id),
    ...(orderId === undefined ? {} : { orderId }),
    details: {
      job: job.name,
      ...(job.key === null ? {} : { key: job.key }),
      error: firstLine.slice(0, longestError),
    },
  });
}

/** A dead job that lives again is no longer a person's to look at. */
export async function settleDeadJob(
  tx: Tx,
  deps: { clock: Clock; publish: Publish },
  jobId: bigint,
): Promise<void> {
  const subject = subjectOf(jobId);
  await settleItem(tx, deps, { kind: "dead_job", subject, resolution: "replayed" });
}

async function orderOf(tx: Tx, payload: JobPayload): Promise<string | undefined> {
  const { orderId, paymentId, purchaseId, refundId } = payload;
  if (orderId !== undefined) return orderId;
  if (paymentId !== undefined) return (await findPayment(tx, paymentId)).order_id ?? undefined;
  if (purchaseId !== undefined) return (await findPurchases(tx, [purchaseId]))[0]?.order_id;
  if (refundId !== undefined) return (await findRefund(tx, refundId)).order_id;
  return undefined;
}
