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

type Details = Readonly<Record<string, string | number | null | undefined>>;

/** Makes the lines of one part of the shop. Details that are not there are left out. */
export function linesAbout(about: StoryLine["about"]) {
  return (
    at: Date,
    subject: string,
    actor: string,
    what: string,
    details: Details = {},
  ): StoryLine => ({ at, about, subject, actor, what, details: known(details) });
}

function known(details: Details): Record<string, string> {
  const there = Object.entries(details).filter(([, value]) => value !== null && value !== "");
  return Object.fromEntries(
    there.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
