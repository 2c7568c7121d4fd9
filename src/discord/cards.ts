/** Cards: keeps what a buyer sees of an order true, in its message, else in a direct message. */
import { createHash } from "node:crypto";
import { DiscordAPIError } from "@discordjs/rest";
import type { Locale } from "../notifications/texts/texts.ts";
import { holdOrder, viewOrder } from "../orders/find.ts";
import { recordNotice } from "../orders/notice.ts";
import type { Order } from "../orders/order.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import { enqueue } from "../platform/jobs.ts";
import type { Log } from "../platform/log.ts";
import type { Seal } from "../platform/seal.ts";
import type { Message } from "./render/message.ts";
import { renderOrder } from "./render/order-card.ts";
import {
  type CardRow,
  markShown,
  markTokenDead,
  rememberDirectMessage,
  selectCard,
  selectOrdersWithCard,
  upsertCard,
} from "./repository.ts";
import type { InteractionRef, Responder } from "./responder.ts";

const tokenLifeMs = 15 * 60_000;
// An edit takes a moment; one that would arrive after the token's end goes to a direct message.
const tokenMarginMs = 30_000;

// Closed to us, or no server in common: the order page and /history remain.
const closedCodes: ReadonlySet<number | string> = new Set([50007, 50278]);

const tokenPlace = (orderId: string) => `card:${orderId}`;

/** Those of these orders that are shown in Discord. */
export async function ordersWithCard(tx: Tx, orderIds: readonly string[]): Promise<Set<string>> {
  return new Set(await selectOrdersWithCard(tx, orderIds));
}

/** From now on an order is shown in the message of this interaction, and at once. */
export async function showOrderHere(
  tx: Tx,
  deps: { clock: Clock; seal: Seal },
  input: {
    orderId: string;
    interaction: Omit<InteractionRef, "id">;
    receivedAt: Date;
    discordId: string;
    locale: Locale;
  },
): Promise<void> {
  // Whoever changes the order now has to be waited for: it looked for a card before there was one.
  await holdOrder(tx, input.orderId);
  await upsertCard(tx, {
    order_id: input.orderId,
    discord_id: input.discordId,
    locale: input.locale,
    application_id: input.interaction.application_id,
    token: deps.seal.close(input.interaction.token, tokenPlace(input.orderId)),
    token_expires_at: new Date(input.receivedAt.getTime() + tokenLifeMs),
  });
  await requestUpdate(tx, deps, input.orderId);
}

async function requestUpdate(tx: Tx, deps: { clock: Clock }, orderId: string): Promise<void> {
  await enqueue(tx, deps, { name: "discord.updateCard", key: orderId, payload: { orderId } });
}

type Deps = { clock: Clock; log: Log; seal: Seal; responder: Responder; publicUrl: string };

/** Job `discord.updateCard`: one at a time per order, so an old state never covers a new one. */
export async function updateCard(
  db: Database,
  deps: Deps,
  input: { orderId: string },
): Promise<void> {
  const shown = await selectCard(db, input.orderId);
  if (shown === undefined) return;
  const view = await viewOrder(db, input.orderId);
  const locale: Locale = shown.locale === "en" ? "en" : "id";
  const message = renderOrder(view, locale, `${deps.publicUrl}/pay/${view.order.page_token}`);
  const hash = hashOf(message);
  if (hash === shown.shown_hash) return;

  const alive = shown.token_expires_at.getTime() - tokenMarginMs > deps.clock.now().getTime();
  const onCard = alive && (await editCard(db, deps, shown, message));
  const told = onCard || (await tellDirectly(db, deps, shown, message, view.order));
  await inTransaction(db, async (tx) => {
    await markShown(tx, shown.order_id, shown.token, hash);
    const road = onCard ? "card" : "direct_message";
    if (told)
      await recordNotice(tx, deps, { orderId: shown.order_id, state: view.order.state, road });
  });
}

function hashOf(message: Message): string {
  const { picture, ...rest } = message;
  return createHash("sha256")
    .update(JSON.stringify(rest))
    .update(picture?.data ?? "")
    .digest("hex");
}

async function editCard(db: Database, deps: Deps, shown: CardRow, message: Message) {
  const token = deps.seal.open(shown.token, tokenPlace(shown.order_id));
  if (await deps.responder.edit({ ...shown, token }, message)) return true;
  await markTokenDead(db, shown.order_id, shown.token, deps.clock.now());
  return false;
}

async function tellDirectly(
  db: Database,
  deps: Deps,
  shown: CardRow,
  message: Message,
  order: Order,
): Promise<boolean> {
  const { responder } = deps;
  try {
    const channelId = shown.dm_channel_id ?? (await responder.openDirectMessages(shown.discord_id));
    if (shown.dm_message_id !== null) {
      await responder.editSent(channelId, shown.dm_message_id, message);
      return true;
    }
    const story = `${order.code}-${order.state}`;
    const nonce = createHash("sha256").update(story).digest("hex").slice(0, 25);
    const messageId = await responder.send(channelId, message, nonce);
    await rememberDirectMessage(db, shown.order_id, { channelId, messageId });
    return true;
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || !closedCodes.has(error.code)) throw error;
    deps.log.info({ order: shown.order_id }, "direct messages are closed; the order page tells");
    return false;
  }
}
