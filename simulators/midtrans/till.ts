/** Midtrans' own record: opens, settles, cancels and expires charges, and announces each change. */
import type { Books } from "../books.ts";
import { createUuid, type PartyContext } from "../party.ts";
import type { Answer } from "./answer.ts";
import { type Charge, type ChargeReading, statusAt } from "./charge.ts";
import type { Delivery, Notifier } from "./notifications.ts";

export interface MidtransBooks {
  readonly charges: Charge[];
  readonly outbox: Delivery[];
  /** Successful answers by idempotency key. */
  readonly answers: Record<string, { at: string; answer: Answer }>;
}

export interface Till {
  find(id: string): Charge | undefined;
  status(charge: Charge): Charge["transaction_status"];
  open(request: Extract<ChargeReading, { reading: "accepted" }>["request"]): Charge;
  settle(charge: Charge, amountIdr: number): void;
  cancel(charge: Charge): void;
  resume(): void;
}

/** Midtrans says an expiry is announced within 90 s. */
const expiryNoticeDelayMs = 30_000;

export function createTill(
  context: PartyContext,
  books: Books<MidtransBooks>,
  notifier: Notifier,
): Till {
  const { clock, steps } = context;
  const { charges } = books.data;

  function watchExpiry(charge: Charge): void {
    const due = new Date(Date.parse(charge.expires_at) + expiryNoticeDelayMs);
    steps.at(due, async () => {
      if (charge.transaction_status === "pending") change(charge, "expire");
    });
  }

  function change(charge: Charge, status: Charge["transaction_status"]): void {
    charge.transaction_status = status;
    books.save();
    notifier.announce(charge);
  }

  return {
    find(id) {
      return charges.find((charge) => charge.order_id === id || charge.transaction_id === id);
    },
    status(charge) {
      return statusAt(charge, clock.now());
    },
    open(request) {
      const charge: Charge = {
        ...request,
        transaction_id: createUuid(context.randomBytes),
        transaction_status: "pending",
        paid_idr: 0,
        payment_count: 0,
        created_at: clock.now().toISOString(),
        settled_at: null,
        webhooks: [],
      };
      charges.push(charge);
      books.save();
      watchExpiry(charge);
      return charge;
    },
    settle(charge, amountIdr) {
      charge.gross_amount = amountIdr;
      charge.paid_idr += amountIdr;
      charge.payment_count += 1;
      charge.settled_at = clock.now().toISOString();
      change(charge, "settlement");
    },
    cancel(charge) {
      change(charge, "cancel");
    },
    resume() {
      for (const charge of charges) {
        if (charge.transaction_status === "pending") watchExpiry(charge);
      }
    },
  };
}
