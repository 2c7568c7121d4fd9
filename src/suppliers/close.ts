/** Close: a person ends a purchase that is still open. Its reference is never sent again. */
import type { Tx } from "../platform/db.ts";
import { applyReport, type ReportDeps } from "./apply-report.ts";
import { lockLivePurchase } from "./repository.ts";

export type Closed =
  | "closed"
  /** Nothing is open, so nothing has to be closed. */
  | "none"
  /** It has delivered; the order learns of it in a moment. */
  | "worked"
  /** A request is on its way now: its answer may say that it worked. */
  | "in_flight"
  /** It was sent and may have worked: only who knows the supplier's own history may close it. */
  | "may_have_worked";

// Until then a request that left in time has come back or timed out.
const answeredMs = 25_000;

/**
 * Closes an order's open purchase as failed. One that was ever sent is closed only when the person says
 * that the supplier did not deliver it.
 */
export async function closePurchase(
  tx: Tx,
  deps: ReportDeps,
  input: { orderId: string; saysItFailed: boolean; reason: string },
): Promise<Closed> {
  const purchase = await lockLivePurchase(tx, input.orderId);
  if (purchase === undefined) return "none";
  if (purchase.state === "succeeded") return "worked";
  const answeredAt = (purchase.send_by?.getTime() ?? 0) + answeredMs;
  if (deps.clock.now().getTime() < answeredAt) return "in_flight";
  if (purchase.sent_at !== null && !input.saysItFailed) return "may_have_worked";
  const why = `closed by a person: ${input.reason}`;
  const exchange = { status: null, body: why };
  await applyReport(tx, deps, {
    purchaseId: purchase.id,
    kind: "inquiry",
    report: { status: "failed", why, fault: "supplier", action: "refund", exchange },
  });
  return "closed";
}
