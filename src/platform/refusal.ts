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
  | "key.missing"
  | "key.invalid"
  | "key.scope"
  | "idempotency_key.missing"
  | "idempotency_key.reused"
  | "game_account.not_found"
  | "game_account.unchecked"
  | "quote.expired"
  | "quote.used"
  | "sku.sold_out"
  | "saldo.insufficient"
  | "order.too_many_unpaid"
  | "order.blocked"
  | "order.not_short"
  | "order.not_refundable"
  | "refund.too_much"
  | "refund.again"
  | "refund.none_under_way"
  | "refund.in_flight"
  | "refund.not_in_part"
  | "refund.no_source"
  | "purchase.in_flight"
  | "purchase.may_have_worked"
  | "sku.unavailable"
  | "order.not_cancellable"
  | "purchase.worked"
  | "order.paid"
  | "order.may_be_paid"
  | "deposit.unknown"
  | "deposit.amount"
  | "deposit.too_many_unpaid"
  | "deposit.over"
  | "deposit.may_be_paid"
  | "desk.unknown"
  | "desk.taken"
  | "desk.closed"
  | "block.exists"
  | "block.unknown"
  | "staff.role"
  | "customer.unknown"
  | "money.too_little"
  | "money.ref_reused"
  | "saldo.too_little"
  | "payment.unknown"
  | "payment.several"
  | "payment.counted"
  | "chargeback.no_money"
  | "chargeback.from_saldo"
  | "chargeback.again"
  | "chargeback.not_applied"
  | "chargeback.refund_under_way"
  | "chargeback.not_in_part"
  | "order.charged_back"
  | "suspense.empty"
  | "suspense.whose"
  | "adjustment.again"
  | "cashback.limit"
  | "proposal.unknown"
  | "proposal.ended"
  | "proposal.own";

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
