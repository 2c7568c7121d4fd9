/** Charge: asks the gateway to open a payment, and keeps what only its answer says. */
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import { RunAgain } from "../platform/jobs.ts";
import type { Log } from "../platform/log.ts";
import { closePayment } from "./close.ts";
import type { ChargeAnswer, PaymentGateway } from "./gateway.ts";
import type { Payment } from "./payment.ts";
import { insertExchange, lockPayment, updatePayment } from "./repository.ts";
import { requestInquiry } from "./request-inquiry.ts";

type Deps = { clock: Clock; publish: Publish; log: Log };

const firstInquiryMs = 30_000;
const retryUnsentMs = 2_000;

/**
 * Job `payments.charge`. Records that it is about to send, sends, records the answer. A run that
 * finds an earlier one broken off cannot know whether it was sent: the payment is lost, and closed.
 */
export async function chargePayment(
  db: Database,
  deps: Deps & { gateway: PaymentGateway; publicUrl: string },
  input: { paymentId: string },
): Promise<void> {
  const payment = await inTransaction(db, async (tx) => {
    const row = await lockPayment(tx, input.paymentId);
    if (row.state === "charging") await lose(tx, deps, row);
    if (row.state !== "opening") return undefined;
    await updatePayment(tx, row.id, { state: "charging" });
    return row;
  });
  if (payment === undefined) return;

  const answer = await deps.gateway.charge({
    ref: payment.ref,
    amountIdr: payment.amount,
    expiresAt: payment.expires_at,
    sendBy: payment.send_by,
    returnUrl: deps.publicUrl + payment.return_path,
  });
  const again = await inTransaction(db, (tx) => recordAnswer(tx, deps, payment.id, answer));
  if (again) throw new RunAgain(retryUnsentMs);
}

/** Returns true when nothing was sent and there is time to try again. */
async function recordAnswer(tx: Tx, deps: Deps, paymentId: string, answer: ChargeAnswer) {
  const now = deps.clock.now();
  const payment = await lockPayment(tx, paymentId);
  await insertExchange(tx, payment.id, "charge", answer.exchange, now);
  if (payment.state !== "charging") return false; // a report was faster
  switch (answer.outcome) {
    case "charged": {
      const { gatewayRef, deepLink, qrImage } = answer;
      await updatePayment(tx, payment.id, {
        state: "pending",
        gateway_ref: gatewayRef,
        deep_link: deepLink,
        qr_image: qrImage,
      });
      await requestInquiry(tx, deps, payment.id, new Date(now.getTime() + firstInquiryMs));
      await deps.publish(
        tx,
        payment.order_id === null
          ? { name: "deposit.changed", depositId: payment.deposit_id }
          : { name: "payment.changed", orderId: payment.order_id },
      );
      return false;
    }
    case "lost":
      await lose(tx, deps, payment);
      return false;
    case "not_sent":
      if (now >= payment.send_by) {
        await closePayment(tx, deps, payment, "failed", "not_sent");
        return false;
      }
      await updatePayment(tx, payment.id, { state: "opening" });
      return true;
    case "refused":
      // Every next one is refused too until somebody mends our set-up there.
      deps.log.error({ payment: payment.ref, why: answer.why }, "the gateway refuses to charge");
      await closePayment(tx, deps, payment, "failed", answer.why);
      return false;
    default:
      return answer satisfies never;
  }
}

async function lose(tx: Tx, deps: Deps, payment: Payment): Promise<void> {
  await updatePayment(tx, payment.id, { state: "lost" });
  await requestInquiry(tx, deps, payment.id);
}
