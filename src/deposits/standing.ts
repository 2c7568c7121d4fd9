/** Standing: where a deposit stands for whoever looks at it now. Pure. */
import { unpaidStanding } from "../payments/standing.ts";
import { nextStates, openFailed } from "./deposit.ts";
import type { DepositView } from "./find.ts";

export type DepositStanding =
  | "preparing"
  | "payable"
  | "closing" // its QR is over, and the gateway has not said that nobody paid
  | "lapsed"
  | "mismatched"
  | "paid"
  | "expired"
  | "cancelled"
  | "not_opened";

/** `now` tells a QR that can be paid from one whose time has passed. */
export function depositStandingOf(
  { deposit, payment, events }: DepositView,
  now: Date,
): DepositStanding {
  switch (deposit.state) {
    case "awaiting_payment":
      return unpaidStanding(payment, now);
    case "paid":
      return "paid";
    case "expired":
      return payment?.state === "mismatched" ? "mismatched" : "expired";
    case "cancelled":
      if (payment?.state === "mismatched") return "mismatched";
      return events.some(({ reason }) => reason.startsWith(openFailed))
        ? "not_opened"
        : "cancelled";
    default:
      return deposit.state satisfies never;
  }
}

/** True while what is shown of a deposit can still change. */
export const depositMayChange = ({ deposit }: DepositView) => nextStates[deposit.state].length > 0;
