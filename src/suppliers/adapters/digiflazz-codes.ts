/**
 * Digiflazz response codes: what each means for a purchase and asks of the shop (contracts:
 * suppliers.md §2.8). Data, read by the adapter and its tests.
 */
import type { PurchaseAction, PurchaseFault } from "../supplier.ts";

export interface CodeMeaning {
  readonly outcome:
    | "succeeded"
    | "pending"
    | "failed"
    /** Refused before the reference was looked at: definite for a first sending only. */
    | "refused"
    /** A time-out on their side: failed only when they say so again a minute later. */
    | "unknown_until_repeated"
    /** Contradictory: never decided by a machine. */
    | "unknown";
  /** Whether they keep a record of it, or nothing came to be. */
  readonly formed: boolean;
  readonly action: PurchaseAction;
  /** Whose turn it is after a failure. */
  readonly fault: PurchaseFault;
  /** For staff. */
  readonly means: string;
}

type Row = readonly [
  code: string,
  outcome: CodeMeaning["outcome"],
  formed: "formed" | "not formed",
  action: PurchaseAction,
  fault: PurchaseFault,
  means: string,
];

// 64, 83 and 86 answer other calls than a purchase, so a purchase that hears them knows nothing.
const rows: readonly Row[] = [
  ["00", "succeeded", "formed", "deliver", "supplier", "success"],
  ["01", "unknown_until_repeated", "formed", "ask_again", "supplier", "time-out"],
  ["02", "failed", "formed", "refund", "supplier", "failed"],
  ["03", "pending", "formed", "wait", "supplier", "pending"],
  ["40", "refused", "not formed", "pause_supplier", "configuration", "payload error"],
  ["41", "refused", "not formed", "pause_supplier", "configuration", "wrong signature"],
  ["42", "refused", "not formed", "pause_supplier", "configuration", "user name wrong"],
  ["43", "failed", "not formed", "disable_sku", "configuration", "SKU unknown or inactive"],
  ["44", "failed", "not formed", "pause_until_funded", "configuration", "our balance is too low"],
  ["45", "refused", "not formed", "pause_supplier", "configuration", "our IP is not allowed"],
  ["47", "failed", "not formed", "review", "supplier", "already done by another buyer"],
  ["49", "unknown", "not formed", "review", "supplier", "reference is not unique"],
  ["50", "unknown", "formed", "review", "supplier", "no such purchase"],
  ["51", "failed", "formed", "refund", "account", "destination blocked"],
  ["52", "failed", "formed", "ask_buyer", "account", "prefix is another operator's"],
  ["53", "failed", "formed", "other_sku", "supplier", "product unavailable"],
  ["54", "failed", "formed", "ask_buyer", "account", "wrong destination number"],
  ["55", "failed", "formed", "other_sku", "supplier", "product disturbed"],
  ["56", "failed", "not formed", "other_sku", "supplier", "seller's balance limit"],
  ["57", "failed", "formed", "ask_buyer", "account", "too few or too many digits"],
  ["58", "failed", "formed", "later", "supplier", "closed at this hour"],
  ["59", "failed", "formed", "refund", "account", "outside the product's region"],
  ["60", "failed", "formed", "ask_buyer", "account", "bill not available"],
  ["61", "refused", "not formed", "pause_supplier", "configuration", "nothing was ever deposited"],
  ["62", "failed", "not formed", "other_sku", "supplier", "seller in trouble"],
  ["63", "failed", "not formed", "other_sku", "supplier", "bought for this number today"],
  ["65", "failed", "not formed", "other_sku", "supplier", "limit for one number"],
  ["66", "failed", "not formed", "other_sku", "supplier", "seller's maintenance"],
  ["67", "failed", "not formed", "other_sku", "supplier", "seller not verified"],
  ["68", "failed", "not formed", "other_sku", "supplier", "out of stock"],
  ["69", "failed", "not formed", "other_sku", "supplier", "dearer than our price cap"],
  ["70", "unknown_until_repeated", "formed", "ask_again", "supplier", "biller's time-out"],
  ["71", "failed", "formed", "other_sku", "supplier", "product unstable"],
  ["72", "failed", "formed", "ask_buyer", "account", "another package must end first"],
  ["73", "failed", "formed", "ask_buyer", "account", "kWh limit exceeded"],
  ["74", "unknown", "formed", "reverse", "supplier", "refunded by the seller"],
  ["80", "failed", "not formed", "other_sku", "supplier", "the seller blocked us"],
  ["81", "failed", "not formed", "pause_supplier", "configuration", "we blocked the seller"],
  ["82", "refused", "not formed", "pause_supplier", "configuration", "we are not verified"],
  ["84", "failed", "formed", "refund", "account", "invalid amount"],
  ["85", "failed", "formed", "later", "supplier", "too many purchases this minute"],
  ["87", "failed", "not formed", "ask_buyer", "account", "not a multiple of 1.000"],
  ["88", "refused", "not formed", "pause_supplier", "configuration", "we may not do this"],
  ["99", "pending", "formed", "wait", "supplier", "their router's trouble"],
];

export const codeMeanings: ReadonlyMap<string, CodeMeaning> = new Map(
  rows.map(([code, outcome, formed, action, fault, means]) => [
    code,
    { outcome, formed: formed === "formed", action, fault, means },
  ]),
);

/** The status word that goes with an outcome; another word is a contradiction. */
export const statusWords: Readonly<Record<CodeMeaning["outcome"], string>> = {
  succeeded: "sukses",
  pending: "pending",
  failed: "gagal",
  refused: "gagal",
  unknown_until_repeated: "gagal",
  unknown: "gagal",
};
