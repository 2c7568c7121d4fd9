/** Supplier: the port to whoever sells us top-ups. */

export type SupplierName = "digiflazz";

/** Where the top-up goes, in the game's terms. */
export interface PurchaseTarget {
  readonly gameCode: string;
  readonly playerId: string;
  readonly zoneId: string | null;
}

export interface PurchaseRequest {
  readonly ref: string;
  readonly supplierSku: string;
  readonly customerNo: string;
  /** The supplier refuses rather than charge more. */
  readonly maxCostIdr: bigint;
  /** Not sent at or after this instant: its worker may have been paused, and another has taken over. */
  readonly sendBy: Date;
}

/** A purchase that may have been sent before. */
export interface PurchaseInquiry extends PurchaseRequest {
  /** What an earlier answer left open, from `unknown` reports; null when none did. */
  readonly doubt: string | null;
}

/** What was said, for the order's story. */
export interface Exchange {
  readonly status: number | null;
  readonly body: string;
}

/** What a supplier says of a purchase, however we learnt it. `unknown` leads only to an inquiry. */
export type PurchaseReport =
  | {
      readonly status: "succeeded";
      readonly serialNumber: string;
      readonly chargedIdr: bigint | null;
      readonly exchange: Exchange;
    }
  | { readonly status: "pending"; readonly exchange: Exchange }
  /** `doubt` is kept and shown to the next inquiry. */
  | { readonly status: "unknown"; readonly doubt?: string; readonly exchange: Exchange }
  /** Nothing reached them. */
  | { readonly status: "not_sent"; readonly exchange: Exchange }
  | {
      readonly status: "failed";
      readonly why: string;
      /** Whose turn it is: the buyer's (a wrong id), the operator's (our set-up), or nobody's. */
      readonly fault: "account" | "configuration" | "supplier";
      readonly exchange: Exchange;
    };

export type PurchaseWebhookRead =
  | { readonly outcome: "report"; readonly ref: string; readonly report: PurchaseReport }
  | { readonly outcome: "ignored" | "forged" };

export interface Supplier {
  readonly name: SupplierName;
  /** How this supplier writes an account. */
  customerNo(target: PurchaseTarget): string;
  purchase(request: PurchaseRequest): Promise<PurchaseReport>;
  /** At most once a minute per purchase. */
  inquire(inquiry: PurchaseInquiry): Promise<PurchaseReport>;
  /** Pure: reads the raw bytes. */
  readWebhook(raw: Buffer, header: (name: string) => string | undefined): PurchaseWebhookRead;
}
