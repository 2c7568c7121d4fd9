/** Refusal: nobody between here and the edge can help. Each edge turns the code into words once. */

/** Every code an edge must have words for. Stable: clients depend on them. */
export type RefusalCode =
  | "game.unknown"
  | "sku.unknown"
  | "input.invalid"
  | "game_account.invalid"
  | "check.too_many"
  | "quote.unknown"
  | "order.unknown"
  | "page.unknown"
  | "interaction.stale"
  | "purchase.too_old"
  | "staff.unknown"
  | "key.unknown"
  | "desk.unknown"
  | "desk.taken"
  | "desk.closed";

export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The field at fault and what a sentence about it needs; safe to show. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, details: Readonly<Record<string, string>> = {}) {
    super(`${code} ${JSON.stringify(details)}`);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}
