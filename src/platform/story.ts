/** Story: what became of an order, as lines that each module tells and a person reads. */

export interface StoryLine {
  readonly at: Date;
  /** What part of the shop tells it. */
  readonly about:
    | "order"
    | "risk"
    | "stock"
    | "ledger"
    | "payment"
    | "purchase"
    | "discord"
    | "desk"
    | "job";
  /** The id of the row that tells it; a job about the order carries one of these. */
  readonly subject: string;
  readonly actor: string;
  readonly what: string;
  readonly details: Readonly<Record<string, string>>;
}

/** The details that are there. */
export function known(
  details: Readonly<Record<string, string | number | null | undefined>>,
): Record<string, string> {
  const entries = Object.entries(details).flatMap(([name, value]) =>
    value === null || value === undefined || value === "" ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(entries);
}
