/** Notice: remembers what the buyer of an order was last told, so that nobody claims more. */
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import type { OrderState } from "./order.ts";
import { upsertNotice } from "./repository.ts";

/** Records that the buyer was shown an order in this state. */
export async function recordNotice(
  tx: Tx,
  deps: { clock: Clock },
  input: { orderId: string; state: OrderState; road: "card" | "direct_message" },
): Promise<void> {
  await upsertNotice(tx, { ...input, at: deps.clock.now() });
}
