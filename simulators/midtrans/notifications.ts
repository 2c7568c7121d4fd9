/** Midtrans' HTTP notifications: signed, sent at once, repeated by the code of the reply. */
import { createHash } from "node:crypto";
import type { Faults } from "../faults.ts";
import { createUuid, type PartyContext } from "../party.ts";
import { postWebhook } from "../wire.ts";
import { type Charge, type ChargeStatus, describeCharge, rupiah } from "./charge.ts";
import { magicFault } from "./magic.ts";

/** A notification on its way; kept in the books until it is through or given up. */
export interface Delivery {
  readonly id: string;
  readonly order_id: string;
  readonly transaction_status: string;
  /** Absent: the address in the dashboard. */
  readonly url?: string;
  readonly body: string;
  retry_count: number;
  due_at: string;
}

export interface Notifier {
  announce(charge: Charge): void;
  resume(): void;
}

const lateMs = 3_600_000;
const outOfOrderMs = 2_000;

export const webhookFaults = [
  "drop",
  "thrice",
  "forged",
  "tampered",
  "wrong_amount",
  "out_of_order",
  "late",
];

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
    const url = delivery.url ?? `${context.storeUrl()}/webhooks/midtrans`;
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

  function enqueue(charge: Charge, letter: Letter, afterMs: number): void {
    const notification = describeNotification(charge, letter, clock.now(), merchant.id);
    const { override, append } = charge.notify;
    const own = override.length > 0 ? override : [undefined];
    for (const url of [...own, ...append]) {
      const delivery: Delivery = {
        id: createUuid(context.randomBytes),
        order_id: charge.order_id,
        transaction_status: letter.status,
        ...(url === undefined ? {} : { url }),
        body: JSON.stringify(notification),
        retry_count: 0,
        due_at: new Date(clock.now().getTime() + afterMs).toISOString(),
      };
      outbox.push(delivery);
      schedule(delivery);
    }
  }

  return {
    announce(charge) {
      const fault = faults.take("webhook") ?? magicFault("webhook", charge.asked_idr);
      const { serverKey } = merchant;
      const amount = charge.gross_amount;
      const status = charge.transaction_status;
      const good: Letter = { status, key: serverKey, signed: amount, told: amount };
      const copies = fault === "drop" ? 0 : fault === "thrice" ? 3 : 1;
      const letter = { ...good, ...changesOf(fault, amount) };
      for (let copy = 0; copy < copies; copy += 1) {
        enqueue(charge, letter, fault === "late" ? lateMs : 0);
      }
      if (fault === "out_of_order") enqueue(charge, { ...good, status: "pending" }, outOfOrderMs);
      books.save();
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

/** What a notification says and how it is signed; a genuine one signs what it tells. */
interface Letter {
  readonly status: ChargeStatus;
  readonly key: string;
  readonly signed: number;
  readonly told: number;
}

function changesOf(fault: string | undefined, amount: number): Partial<Letter> {
  switch (fault) {
    case "forged":
      return { key: "not-the-server-key" };
    case "tampered":
      return { told: amount * 10 };
    case "wrong_amount":
      return { signed: amount * 10, told: amount * 10 };
    default:
      return {};
  }
}

// A notification says 202 for expired and cancelled where the status call says 407 and 200.
const codes: Partial<Record<ChargeStatus, string>> = {
  pending: "201",
  expire: "202",
  cancel: "202",
  deny: "202",
};

function describeNotification(charge: Charge, letter: Letter, now: Date, merchantId: string) {
  const statusCode = codes[letter.status] ?? "200";
  return {
    ...describeCharge(charge, now),
    transaction_status: letter.status,
    gross_amount: rupiah(letter.told),
    status_code: statusCode,
    status_message: "midtrans payment notification",
    signature_key: createHash("sha512")
      .update(`${charge.order_id}${statusCode}${rupiah(letter.signed)}${letter.key}`)
      .digest("hex"),
    merchant_id: merchantId,
  };
}
