/** Staff notices: the desk in the staff's channel, one message an item that is changed as the item is, and the day's seal. */
import { DiscordAPIError } from "@discordjs/rest";
import { newestSeal } from "../audit/seals.ts";
import { findItem } from "../desk/item.ts";
import { orderCodes } from "../orders/story.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { renderDeskItem } from "./render/desk-card.ts";
import { hashOf } from "./render/message.ts";
import { renderSeal } from "./render/seal-card.ts";
import { insertStaffNotice, keepStaffNotice, selectStaffNotice } from "./repository.ts";
import type { Responder } from "./responder.ts";

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
  const channelId = told?.channel_id ?? staffChannelId;
  if (told === undefined) await insertStaffNotice(db, { itemId, channelId });
  try {
    const messageId =
      told?.message_id ?? (await responder.send(channelId, message, `desk ${itemId}`));
    // What was sent before, perhaps without our hearing of it, may say something older.
    if (told !== undefined) await responder.editSent(channelId, messageId, message);
    await keepStaffNotice(db, { itemId, messageId, hash });
  } catch (error) {
    if (!isRefused(error)) throw error;
    const hint = "the bot must see the channel, and send messages and embeds there";
    deps.log.warn({ item: item.number, error: error.message, hint }, "the staff were not told");
  }
}

/** Job `discord.tellSeal`, once a day: what the staff's channel keeps cannot be rewritten with the database. */
export async function tellSeal(db: Database, deps: Deps): Promise<void> {
  const { responder, staffChannelId } = deps;
  const seal = await newestSeal(db);
  if (staffChannelId === undefined || seal === undefined) return;
  try {
    await responder.send(staffChannelId, renderSeal(seal), `seal ${seal.number}`);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const hint = "the bot must see the channel, and send messages and embeds there";
    deps.log.warn(
      { seal: String(seal.number), error: error.message, hint },
      "the seal was not told",
    );
  }
}

/** Asking again would change nothing, and the desk still has the item. */
function isRefused(error: unknown): error is DiscordAPIError {
  return error instanceof DiscordAPIError && error.status >= 400 && error.status < 500;
}
