/** Staff notices: the desk in the staff's channel, one message an item that is changed as the item is. */
import { createHash } from "node:crypto";
import { DiscordAPIError } from "@discordjs/rest";
import { findItem } from "../desk/item.ts";
import { orderCodes } from "../orders/story.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { renderDeskItem } from "./render/desk-card.ts";
import { hashOf } from "./render/message.ts";
import { keepStaffNotice, selectStaffNotice } from "./repository.ts";
import type { Responder } from "./responder.ts";

// No such channel, no access, no permission; and on an edit, a message that somebody deleted. Asking
// again would change nothing, and the desk still has the item.
const refusedCodes: ReadonlySet<number | string> = new Set([10003, 10008, 50001, 50013]);

type Deps = { log: Log; responder: Responder; staffChannelId: string | undefined };

/** Job `discord.tellStaff`: one at a time per item. Without a channel nobody is told. */
export async function tellStaff(
  db: Database,
  deps: Deps,
  { itemId }: { itemId: string },
): Promise<void> {
  const { responder, staffChannelId } = deps;
  const item = await findItem(db, itemId);
  if (staffChannelId === undefined || item === undefined) return;
  const told = await selectStaffNotice(db, itemId);
  // What resolved itself before anybody was told needs nobody's attention.
  if (told === undefined && item.closedAt !== null) return;
  const codes = await orderCodes(db, item.orderId === null ? [] : [item.orderId]);
  const message = renderDeskItem(item, codes.get(item.orderId ?? ""));
  const hash = hashOf(message);
  if (told?.shown_hash === hash) return;
  try {
    const channelId = told?.channel_id ?? staffChannelId;
    const messageId =
      told?.message_id ?? (await responder.send(channelId, message, nonceOf(itemId)));
    if (told !== undefined) await responder.editSent(channelId, messageId, message);
    await keepStaffNotice(db, { itemId, channelId, messageId, hash });
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || !refusedCodes.has(error.code)) throw error;
    const hint = "`konter doctor` says what the channel lacks";
    deps.log.warn({ item: item.number, error: error.message, hint }, "the staff were not told");
  }
}

function nonceOf(itemId: string): string {
  return createHash("sha256").update(`desk ${itemId}`).digest("hex").slice(0, 25);
}
