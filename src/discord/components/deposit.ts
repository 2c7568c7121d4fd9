/** Buttons of a deposit card: check the status, stop an unpaid deposit. */
import { cancelDeposit } from "../../deposits/expire.ts";
import { viewOwnDeposit } from "../../deposits/find.ts";
import { requestInquiry } from "../../payments/request-inquiry.ts";
import { inTransaction } from "../../platform/db.ts";
import { showHere } from "../cards.ts";
import type { Context, Handled } from "../context.ts";
import { notice } from "../render/message.ts";

/** Asks the gateway again and shows the deposit here. */
export async function depositStatus(context: Context, depositCode: string): Promise<Handled> {
  const { db, customerId } = context;
  const { deposit, payment } = await viewOwnDeposit(db, { depositCode, customerId });
  await inTransaction(db, async (tx) => {
    const of = { depositId: deposit.id };
    await showHere(tx, context, { ...context.person, ...context, of });
    if (payment?.state === "pending") await requestInquiry(tx, context, payment.id);
  });
  return "shown_by_card";
}

/** Stops an unpaid deposit, when the gateway confirms that no money can come any more. */
export async function stopDeposit(context: Context, depositCode: string): Promise<Handled> {
  const { db, customerId, texts } = context;
  const ended = await cancelDeposit(db, context, { depositCode, customerId });
  if (ended === "unknown") {
    return notice(texts.deposit.notYetCancelled, [
      { label: texts.order.check, id: { action: "deposit_status", depositCode } },
    ]);
  }
  return depositStatus(context, depositCode);
}
