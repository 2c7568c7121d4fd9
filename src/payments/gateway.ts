/** Gateway: the port to whoever collects a payment. */

export const gatewayNames = ["midtrans"] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** One try to collect an order's total. */
export interface ChargeAttempt {
  readonly ref: string;
  readonly amountIdr: bigint;
  readonly expiresAt: Date;
  readonly sendBy: Date;
  /** Where the wallet sends the buyer back to. */
  readonly returnUrl: string;
}

/** A question about a charge, or the wish to end it. Not sent at or after `sendBy`. */
export interface ChargeInquiry {
  readonly ref: string;
  readonly amountIdr: bigint;
  readonly sendBy: Date;
}

/** What was said, scrubbed, for the order's story. */
export interface Exchange {
  readonly status: number | null;
  readonly body: string;
}

export type ChargeAnswer =
  | {
      readonly outcome: "charged";
      readonly gatewayRef: string;
      readonly deepLink: string | null;
      readonly qrImage: Buffer | null;
      readonly exchange: Exchange;
    }
  /** It may exist there, but its QR will never be known: close it and open another. */
  | { readonly outcome: "lost"; readonly exchange: Exchange }
  /** Nothing reached the gateway, or it was too busy to look: try again with the same reference. */
  | { readonly outcome: "not_sent"; readonly exchange: Exchange }
  | { readonly outcome: "refused"; readonly why: string; readonly exchange: Exchange };

/** What a gateway says of a payment, however we learnt it. `unknown` leads only to an inquiry. */
export type PaymentReport =
  /** Confirmed for our merchant and reference: as much as was asked for, less or more. */
  | { readonly status: "paid"; readonly paidIdr: bigint; readonly exchange: Exchange }
  /** Paid once, and this much of it went back since: by a refund, or taken by the payer's side. */
  | {
      readonly status: "returned";
      readonly paidIdr: bigint;
      readonly returnedIdr: bigint;
      readonly exchange: Exchange;
    }
  | {
      readonly status: "pending" | "expired" | "cancelled" | "failed" | "not_found" | "unknown";
      readonly exchange: Exchange;
    }
  /** Paid, but in another currency, for another merchant or reference. Nothing is posted. */
  | { readonly status: "mismatch"; readonly why: string; readonly exchange: Exchange };

/** Part or all of a payment, to be given back to where it came from. */
export interface RefundRequest {
  /** Makes repeating harmless: the gateway gives nothing back twice for one reference. */
  readonly ref: string;
  readonly paymentRef: string;
  readonly amountIdr: bigint;
  readonly reason: string;
  readonly sendBy: Date;
}

/** What a gateway says of a refund. `unknown` leads only to an inquiry. */
export type RefundReport =
  | {
      /** `pending`: accepted, not yet confirmed by who gives it back. `not_found`: from an inquiry. */
      readonly status: "pending" | "refunded" | "not_found" | "unknown" | "not_sent";
      readonly exchange: Exchange;
    }
  | { readonly status: "failed"; readonly why: string; readonly exchange: Exchange };

export type WebhookRead =
  /** Authentic. It names a payment to inquire about; its word alone moves nothing. */
  | {
      readonly outcome: "hint";
      readonly ref: string;
      /** Null when the amount cannot be read. */
      readonly amountIdr: bigint | null;
      readonly exchange: Exchange;
    }
  | { readonly outcome: "forged" };

export interface PaymentGateway {
  readonly name: GatewayName;
  charge(attempt: ChargeAttempt): Promise<ChargeAnswer>;
  inquire(inquiry: ChargeInquiry): Promise<PaymentReport>;
  cancel(inquiry: ChargeInquiry): Promise<PaymentReport>;
  /** Absent: refunds to the source are a person's work. */
  refund?(request: RefundRequest): Promise<RefundReport>;
  inquireRefund?(request: RefundRequest): Promise<RefundReport>;
  /** Pure: reads the raw bytes. */
  readWebhook(raw: Buffer): WebhookRead;
}
