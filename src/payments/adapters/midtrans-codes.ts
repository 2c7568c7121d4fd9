/** Midtrans' codes and words: what each means for a charge, a payment or a refund (contracts: payments.md §1.3, §1.4). Data. */

function table<Meaning extends string>(
  entries: Readonly<Record<Meaning, string>>,
): ReadonlyMap<string, Meaning> {
  const meanings = new Map<string, Meaning>();
  for (const meaning in entries) {
    for (const word of entries[meaning].split(" ")) meanings.set(word, meaning);
  }
  return meanings;
}

/** Whether a charge was opened. What is not here leaves it unknown: the duplicate (406), 5xx, … */
export const chargeCodes = table({
  charged: "201",
  // Nothing was charged, and trying again as it is would be refused again.
  refused: "400 401 402 403 404 405 408 410 413",
  // Too many charges at once: this one was not looked at.
  not_sent: "429",
});

/** Whether a refund was taken. What is not here leaves it unknown: the duplicate (406), 5xx, … */
export const refundCodes = table({
  accepted: "200 201",
  // 202: denied by the wallet. 412: not settled. 414: more than is left there, or than our balance.
  failed: "202 400 401 402 403 404 405 407 408 410 412 413 414",
  not_sent: "429",
});

/** What `transaction_status` says, in lower case; the documents show both. */
export const paymentWords = table({
  pending: "pending authorize",
  paid: "settlement",
  // With a `fraud_status` other than "accept" it waits for a review.
  captured: "capture",
  expired: "expire",
  failed: "deny failure",
  cancelled: "cancel",
  returned: "refund chargeback",
  partly_returned: "partial_refund partial_chargeback",
});
