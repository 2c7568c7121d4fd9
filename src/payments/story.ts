/** Story: each attempt to collect an order's total, and what was said with the gateway, scrubbed. */
import type { Db } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { known, type StoryLine } from "../platform/story.ts";
import type { Payment } from "./payment.ts";
import { selectExchangesOfOrder, selectPaymentsFor } from "./repository.ts";

export async function storyOf(db: Db, orderId: string): Promise<StoryLine[]> {
  const payments = await selectPaymentsFor(db, { orderId });
  const exchanges = await selectExchangesOfOrder(db, orderId);
  return [
    ...payments.flatMap(tell),
    ...exchanges.map((exchange): StoryLine => {
      const { id: subject, ref } = exchange;
      const status = exchange.status === null ? "" : `, HTTP ${exchange.status}`;
      return {
        at: exchange.at,
        about: "payment",
        subject,
        actor: `gateway:${exchange.gateway}`,
        what: `${exchange.kind} of ${ref}${status}`,
        details: known({ body: exchange.body }),
      };
    }),
  ];
}

function tell(payment: Payment): StoryLine[] {
  const { id: subject, ref, gateway } = payment;
  const amount = formatRupiah(payment.amount);
  const opened: StoryLine = {
    at: payment.opened_at,
    about: "payment",
    subject,
    actor: "system",
    what: `${ref} of ${amount} by ${payment.method} is opened at ${gateway}, attempt ${payment.attempt}`,
    details: known({
      state: payment.state,
      failure: payment.failure,
      gateway_ref: payment.gateway_ref,
      expires: payment.expires_at.toISOString(),
    }),
  };
  if (payment.paid_at === null) return [opened];
  return [
    opened,
    {
      at: payment.paid_at,
      about: "payment",
      subject,
      actor: `gateway:${gateway}`,
      what: `${ref} is paid`,
      details: {},
    },
  ];
}
