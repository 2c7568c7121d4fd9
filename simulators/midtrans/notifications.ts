/** Midtrans' HTTP notifications: signed, sent at once, repeated by the code of the reply. */
import { createHash } from "node:crypto";
import type { Faults } from "../faults.ts";
import { createUuid, type PartyContext } from "../party.ts";
import { postWebhook } from "../wire.ts";
import { type Charge, describeCharge } from "./charge.ts";

/** A notification on its way; kept in the books until it is through or given up. */
export interface Delivery {
  readonly id: string;
  readonly order_id: string;
  readonly transaction_status: string;
  readonly body: string;
  retry_count: number;
  due_at: string;
}

export interface Notifier {
  announce(charge: Charge): void;
  resume(): void;
}

const retryGapsMinutes = [2, 10, 30, 90, 210];
const retriesByReply: Record<number, number> = {
  ...{ 301: 0, 302: 0, 303: 0 },
  ...{ 400: 2, 404: 2, 500: 1, 503: 4 },
};

export function createNotifier(
  context: PartyContext,
  faults: Faults,
  merchant: { id: string; serverKey: string },
  books: { data: { charges: Charge[]; outbox: Delivery[] }; save(): void },
): Notifier {
  const { clock, steps } = context;
  const { charges, outbox } = books.data;

  function schedule(delivery: Delivery): void {
    steps.at(new Date(delivery.due_at), (signal) => attempt(delivery, signal));
  }

  async function attempt(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const at = clock.now();
    const url = `${context.storeUrl()}/webhooks/midtrans`;
    const headers = { "user-agent": "Veritrans", accept: "application/json" };
    const replyStatus = await postWebhook({ url, headers, body: delivery.body }, signal);
    if (signal.aborted) return; // it stays in the books and is tried again after the restart
    const { order_id, transaction_status } = delivery;
    context.log({ party: "midtrans", webhook: transaction_status, order_id, replyStatus });
    charges
      .find((charge) => charge.order_id === order_id)
      ?.webhooks.push({ at: at.toISOString(), transaction_status, reply_status: replyStatus });
    const gapMinutes = nextRetryGap(replyStatus, delivery.retry_count);
    if (gapMinutes === undefined) {
      outbox.splice(outbox.indexOf(delivery), 1);
    } else {
      delivery.retry_count += 1;
      delivery.due_at = new Date(clock.now().getTime() + gapMinutes * 60_000).toISOString();
      schedule(delivery);
    }
    books.save();
  }

  return {
    announce(charge) {
      const fault = faults.take("webhook");
      if (fault === "drop") return;
      const key = fault === "forged" ? "not-the-server-key" : merchant.serverKey;
      const notification = describeNotification(charge, clock.now(), { ...merchant, key });
      const copies = Array.from({ length: fault === "thrice" ? 3 : 1 }, () => ({
        id: createUuid(context.randomBytes),
        order_id: charge.order_id,
        transaction_status: charge.transaction_status,
        body: JSON.stringify(notification),
        retry_count: 0,
        due_at: clock.now().toISOString(),
      }));
      outbox.push(...copies);
      books.save();
      for (const delivery of copies) schedule(delivery);
    },
    resume() {
      for (const delivery of outbox) schedule(delivery);
    },
  };
}

function nextRetryGap(replyStatus: number | null, retryCount: number): number | undefined {
  if (replyStatus !== null && replyStatus >= 200 && replyStatus < 300) return undefined;
  const allowed = replyStatus === null ? undefined : retriesByReply[replyStatus];
  return retryCount < (allowed ?? 5) ? retryGapsMinutes[retryCount] : undefined;
}

function describeNotification(
  charge: Charge,
  now: Date,
  merchant: { id: string; key: string },
): Record<string, string> {
  const fields = describeCharge(charge, now);
  // A notification says 202 for expired and cancelled where the status call says 407 and 200.
  const statusCode = charge.transaction_status === "settlement" ? "200" : "202";
  return {
    ...fields,
    status_code: statusCode,
    status_message: "midtrans payment notification",
    signature_key: createHash("sha512")
      .update(`${charge.order_id}${statusCode}${fields.gross_amount}${merchant.key}`)
      .digest("hex"),
    merchant_id: merchant.id,
  };
}
