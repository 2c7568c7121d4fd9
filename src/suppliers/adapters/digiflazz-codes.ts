/** Digiflazz response codes: what each means for a purchase (contracts: suppliers.md §2.8). Data. */

export type CodeMeaning =
  | "succeeded"
  | "pending"
  /** The order number, its digits or its operator are wrong: the buyer must look. */
  | "failed_account"
  /** Our credentials: refused before the reference was looked at. The operator must look. */
  | "refused_configuration"
  /** Our balance or catalogue: nothing was bought. The operator must look. */
  | "failed_configuration"
  | "failed_supplier"
  /** A time-out on their side: failed only when they say so again a minute later. */
  | "unknown_until_repeated"
  /** Contradictory: never decided by a machine. */
  | "unknown";

function codes(meaning: CodeMeaning, list: string): [string, CodeMeaning][] {
  return list.split(" ").map((code) => [code, meaning]);
}

export const codeMeanings: ReadonlyMap<string, CodeMeaning> = new Map([
  ...codes("succeeded", "00"),
  ...codes("pending", "03 99"),
  ...codes("failed_account", "51 52 54 57 59 60 72 73 84 87"),
  ...codes("refused_configuration", "40 41 42 45 61 82 88"),
  ...codes("failed_configuration", "43 44 81"),
  ...codes("failed_supplier", "02 47 53 55 56 58 62 63 65 66 67 68 69 71 80 85"),
  ...codes("unknown_until_repeated", "01 70"),
  ...codes("unknown", "49 50 74"),
]);

/** The status word that goes with a meaning; another word is a contradiction. */
export const statusWords: Readonly<Record<CodeMeaning, string>> = {
  succeeded: "sukses",
  pending: "pending",
  failed_account: "gagal",
  refused_configuration: "gagal",
  failed_configuration: "gagal",
  failed_supplier: "gagal",
  unknown_until_repeated: "gagal",
  unknown: "gagal",
};
