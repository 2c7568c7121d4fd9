/** Story: an order's payments and refunds, and what was said with the gateway, scrubbed. */
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { linesAbout, type StoryLine } from "../platform/story.ts";
import type { Payment, Refund } from "./payment.ts";
import { selectExchangesOfOrder, selectPaymentsFor, selectRefundsOfOrder } from "./repository.ts";

const line = linesAbout("payment");

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const payments = await selectPaymentsFor(db, { orderId });
  const refunds = await selectRefundsOfOrder(db, orderId);
  const exchanges = await selectExchangesOfOrder(db, orderId);
  return [
    ...payments.flatMap(tellPayment),
    ...refunds.flatMap(tellRefund),
    ...exchanges.map(({ id, ref, gateway, kind, status, body, at }) => {
      const what = `${kind} of ${ref}${status === null ? "" : `, HTTP ${status}`}`;
      return line(at, id, `gateway:${gateway}`, what, { body });
    }),
  ];
}

function tellPayment(payment: Payment): StoryLine[] {
  const { id, ref, gateway, method, attempt, paid_amount: came } = payment;
  const amount = formatRupiah(payment.amount);
  const lines = [
    line(
      payment.opened_at,
      id,
      "system",
      `${ref} of ${amount} by ${method} is opened at ${gateway}, attempt ${attempt}`,
      {
        state: payment.state,
        failure: payment.failure,
        claim: payment.claim,
        gateway_ref: payment.gateway_ref,
        expires: payment.expires_at.toISOString(),
      },
    ),
  ];
  if (payment.paid_at !== null && came !== null) {
    lines.push(
      line(payment.paid_at, id, `gateway:${gateway}`, `${ref} brought ${formatRupiah(came)}`),
    );
  }
  return lines;
}

function tellRefund(refund: Refund): StoryLine[] {
  const { id, ref, state, failure, reason } = refund;
  const amount = formatRupiah(refund.amount);
  const asked = `refund ${ref} of ${amount} is asked for: ${reason}`;
  const lines = [line(refund.requested_at, id, "system", asked, { state })];
  if (refund.sent_at !== null) {
    lines.push(line(refund.sent_at, id, "system", `refund ${ref} is marked as sent`));
  }
  if (refund.ended_at !== null) {
    lines.push(line(refund.ended_at, id, "system", `refund ${ref} is ${state}`, { failure }));
  }
  return lines;
}
