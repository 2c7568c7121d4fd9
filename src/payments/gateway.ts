/** Gateway: the port to whoever collects a payment. */

export type GatewayName = "midtrans";

/** One try to collect an order's total. */
export interface ChargeAttempt {
  readonly ref: string;
  readonly amountIdr: bigint;
  readonly expiresAt: Date;
  readonly sendBy: Date;
  /** Where the wallet sends the buyer back to. */
  readonly returnUrl: string;
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
  /** Nothing reached the gateway: try again with the same reference. */
  | { readonly outcome: "not_sent"; readonly exchange: Exchange }
  | { readonly outcome: "refused"; readonly why: string; readonly exchange: Exchange };

/** What a gateway says of a payment, however we learnt it. `unknown` leads only to an inquiry. */
export type PaymentReport =
  | { readonly status: "paid"; readonly paidIdr: bigint; readonly exchange: Exchange }
  | {
      readonly status: "pending" | "expired" | "cancelled" | "failed" | "not_found" | "unknown";
      readonly exchange: Exchange;
    }
  /** Paid, but not what we asked for: another amount, currency or merchant. Nothing is posted. */
  | { readonly status: "mismatch"; readonly why: string; readonly exchange: Exchange };

export type WebhookRead =
  /** Authentic. It names a payment to inquire about; its word alone moves nothing. */
  | { readonly outcome: "hint"; readonly ref: string; readonly exchange: Exchange }
  | { readonly outcome: "forged" };

export interface PaymentGateway {
  readonly name: GatewayName;
  charge(attempt: ChargeAttempt): Promise<ChargeAnswer>;
  inquire(attempt: { ref: string; amountIdr: bigint }): Promise<PaymentReport>;
  cancel(attempt: { ref: string; amountIdr: bigint }): Promise<PaymentReport>;
  /** Pure: reads the raw bytes. */
  readWebhook(raw: Buffer): WebhookRead;
}
