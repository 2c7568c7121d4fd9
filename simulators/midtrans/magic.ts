/** Magic amounts: the last three digits of a charge's amount ask for a fault, as a knob would. Data. */

const magicAmounts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pay: { 201: "short", 202: "deny", 203: "over" },
  webhook: {
    301: "drop",
    302: "thrice",
    303: "forged",
    304: "tampered",
    305: "wrong_amount",
    306: "out_of_order",
    307: "late",
  },
  charge: {
    401: "http_401",
    402: "channel_off",
    429: "http_429",
    501: "http_500",
    502: "html_502",
    503: "http_503",
    504: "hang",
    505: "lost_answer",
  },
  refund: { 411: "denied", 414: "balance_short", 415: "in_progress", 416: "lost_answer" },
};

/** The fault that an amount asks for in an operation. */
export function magicFault(operation: string, amountIdr: unknown): string | undefined {
  if (typeof amountIdr !== "number") return undefined;
  return magicAmounts[operation]?.[String(amountIdr % 1_000)];
}
