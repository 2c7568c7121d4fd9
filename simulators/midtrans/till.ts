/** Midtrans' own record: opens, settles, ends and refunds charges, and announces each change. */
import type { Books } from "../books.ts";
import { createUuid, type PartyContext } from "../party.ts";
import type { Answer } from "./answer.ts";
import {
  type Charge,
  type ChargeReading,
  type ChargeStatus,
  type Notify,
  type Refund,
  statusAt,
} from "./charge.ts";
import type { Delivery, Notifier } from "./notifications.ts";
import { type RefundWish, statusAfter } from "./refund.ts";

export interface MidtransBooks {
  readonly charges: Charge[];
  readonly outbox: Delivery[];
  /** Successful answers by idempotency key. */
  readonly answers: Record<string, { at: string; answer: Answer }>;
}

export interface Till {
  find(id: string): Charge | undefined;
  status(charge: Charge): ChargeStatus;
  open(request: Extract<ChargeReading, { reading: "accepted" }>["request"], notify: Notify): Charge;
  settle(charge: Charge, amountIdr: number): void;
  end(charge: Charge, status: "cancel" | "expire" | "deny"): void;
  usedRefundKeys(): ReadonlySet<string>;
  /** Takes money back. The wallet confirms later, and then it is announced again. */
  giveBack(
    charge: Charge,
    wish: RefundWish,
    how: { kind: Refund["kind"]; confirmsAfterMs: number },
  ): Refund;
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
  const refundCount = () => charges.reduce((sum, charge) => sum + charge.refunds.length, 0);

  function watchExpiry(charge: Charge): void {
    const due = new Date(Date.parse(charge.expires_at) + expiryNoticeDelayMs);
    steps.at(due, async () => {
      if (charge.transaction_status === "pending") change(charge, "expire");
    });
  }

  function watchRefund(charge: Charge, refund: Refund): void {
    steps.at(new Date(refund.confirms_at), async () => {
      refund.bank_confirmed_at = clock.now().toISOString();
      change(charge, charge.transaction_status);
    });
  }

  function change(charge: Charge, status: ChargeStatus): void {
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
    open(request, notify) {
      const charge: Charge = {
        ...request,
        asked_idr: request.gross_amount,
        transaction_id: createUuid(context.randomBytes),
        transaction_status: "pending",
        paid_idr: 0,
        payment_count: 0,
        created_at: clock.now().toISOString(),
        settled_at: null,
        refunds: [],
        notify,
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
    end(charge, status) {
      change(charge, status);
    },
    usedRefundKeys() {
      return new Set(charges.flatMap((charge) => charge.refunds.map((one) => one.refund_key)));
    },
    giveBack(charge, wish, { kind, confirmsAfterMs }) {
      const now = clock.now();
      const refund: Refund = {
        refund_key: wish.refund_key ?? createUuid(context.randomBytes),
        refund_chargeback_id: refundCount() + 1,
        kind,
        amount: wish.amount,
        reason: wish.reason,
        created_at: now.toISOString(),
        confirms_at: new Date(now.getTime() + confirmsAfterMs).toISOString(),
        bank_confirmed_at: null,
      };
      charge.refunds.push(refund);
      change(charge, statusAfter(charge));
      watchRefund(charge, refund);
      return refund;
    },
    resume() {
      for (const charge of charges) {
        if (charge.transaction_status === "pending") watchExpiry(charge);
        for (const refund of charge.refunds) {
          if (refund.bank_confirmed_at === null) watchRefund(charge, refund);
        }
      }
    },
  };
}
