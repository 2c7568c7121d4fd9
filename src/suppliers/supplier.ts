/** Supplier: the port to whoever sells us top-ups. */

export const supplierNames = ["digiflazz"] as const;
export type SupplierName = (typeof supplierNames)[number];

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

/** What a supplier's word asks of the shop, beside what it means for the purchase itself. */
export type PurchaseAction =
  | "deliver"
  | "wait"
  | "ask_again" // in a minute: only their second word counts
  | "refund"
  | "ask_buyer" // who must give another number, or do something first
  | "other_sku" // or another supplier: this one cannot now
  | "later"
  | "pause_until_funded" // our float is too low for anything that costs as much
  | "pause_supplier" // our set-up is wrong: until a person says so, nothing new is sent
  | "disable_sku" // until the price list offers it again
  | "review" // a person looks at it
  | "reverse"; // a success was taken back: its cost returns, a person decides about the buyer

/** What a supplier says of a purchase, however we learnt it. `unknown` leads only to an inquiry. */
export type PurchaseReport =
  | {
      readonly status: "succeeded";
      readonly serialNumber: string;
      readonly chargedIdr: bigint | null;
      readonly exchange: Exchange;
    }
  | { readonly status: "pending"; readonly exchange: Exchange }
  /** `doubt` is kept and shown to the next inquiry. Without an action nothing was said. */
  | {
      readonly status: "unknown";
      readonly why?: string;
      readonly doubt?: string;
      readonly action?: PurchaseAction;
      readonly exchange: Exchange;
    }
  /** Nothing reached them. */
  | { readonly status: "not_sent"; readonly exchange: Exchange }
  | {
      readonly status: "failed";
      readonly why: string;
      /** Whose turn it is: the buyer's (a wrong id), the operator's (our set-up), or nobody's. */
      readonly fault: PurchaseFault;
      readonly action: PurchaseAction;
      readonly exchange: Exchange;
    };

export type PurchaseFault = "account" | "configuration" | "supplier";

export type PurchaseWebhookRead =
  | { readonly outcome: "report"; readonly ref: string; readonly report: PurchaseReport }
  | { readonly outcome: "ignored" | "forged" };

/** The hours in which a SKU is closed each day, in minutes since midnight in Jakarta. */
export interface CutOff {
  readonly fromMinute: number;
  /** Smaller than `fromMinute` when midnight lies between. */
  readonly untilMinute: number;
}

/** A line of a supplier's price list. */
export interface ListedSku {
  readonly supplierSku: string;
  readonly priceIdr: bigint;
  /** On offer and in stock, whatever the hour. */
  readonly offered: boolean;
  readonly cutOff: CutOff | null;
}

export type PriceList =
  | { readonly outcome: "listed"; readonly skus: readonly ListedSku[] }
  /** The last good list is still the best one. */
  | { readonly outcome: "unavailable"; readonly why: string };

export type FloatRead =
  | { readonly outcome: "read"; readonly amountIdr: bigint }
  | { readonly outcome: "unavailable"; readonly why: string };

export interface Supplier {
  readonly name: SupplierName;
  /** How this supplier writes an account. */
  customerNo(target: PurchaseTarget): string;
  purchase(request: PurchaseRequest): Promise<PurchaseReport>;
  /** At most once a minute per purchase. */
  inquire(inquiry: PurchaseInquiry): Promise<PurchaseReport>;
  /** Everything it sells us now: at most once in five minutes. */
  listSkus(): Promise<PriceList>;
  /** Our prepaid balance there. */
  float(): Promise<FloatRead>;
  /** Pure: reads the raw bytes. */
  readWebhook(raw: Buffer, header: (name: string) => string | undefined): PurchaseWebhookRead;
}
