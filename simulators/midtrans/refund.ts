/** A refund as Midtrans keeps it: request rules, what it does to a charge. Pure. */
import { isRecord } from "../wire.ts";
import type { Charge, ChargeStatus } from "./charge.ts";

export interface RefundWish {
  readonly refund_key: string | undefined;
  readonly amount: number;
  readonly reason: string;
}

export type RefundReading =
  | { reading: "accepted"; wish: RefundWish }
  | { reading: "refused"; code: 400 | 406 | 412 | 414; problem: string };

const refundableMs = 45 * 24 * 3_600_000;
const settled: readonly ChargeStatus[] = ["settlement", "partial_refund"];

/** What came for a charge and has not gone back. */
export function leftIn(charge: Charge): number {
  return charge.refunds.reduce((left, refund) => left - refund.amount, charge.gross_amount);
}

/** Refuses by the first rule that is broken; `usedKeys` are those of all refunds there ever were. */
export function readRefund(
  body: unknown,
  charge: Charge,
  usedKeys: ReadonlySet<string>,
  now: Date,
): RefundReading {
  const refuse = (code: 400 | 406 | 412 | 414, problem: string): RefundReading => ({
    reading: "refused",
    code,
    problem,
  });
  const left = leftIn(charge);
  const { refund_key, amount = left, reason = "" } = isRecord(body) ? body : {};
  const invalid = "One or more parameters in the payload is invalid.";
  if (body !== null && !isRecord(body)) return refuse(400, invalid);
  if (refund_key !== undefined && !isKey(refund_key)) return refuse(400, invalid);
  if (typeof reason !== "string" || reason.length > 255) return refuse(400, invalid);
  if (typeof amount !== "number" || !Number.isSafeInteger(amount)) return refuse(400, invalid);

  if (refund_key !== undefined && usedKeys.has(refund_key)) {
    return refuse(406, "Duplicate refund ID");
  }
  const tooLate = now.getTime() - Date.parse(charge.settled_at ?? "") > refundableMs;
  if (!settled.includes(charge.transaction_status) || tooLate) {
    return refuse(412, "Merchant cannot modify the status of the transaction");
  }
  if (amount < 1 || amount > left) {
    return refuse(414, "Refund request is rejected due to invalid amount");
  }
  return { reading: "accepted", wish: { refund_key, amount, reason } };
}

/** The state of a charge after some of its money went back. */
export function statusAfter(charge: Charge): ChargeStatus {
  const kind = charge.refunds.at(-1)?.kind ?? "refund";
  return leftIn(charge) > 0 ? `partial_${kind}` : kind;
}

function isKey(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]+$/.test(value);
}
