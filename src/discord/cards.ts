/** Cards: keeps what a buyer sees of an order or a deposit true, in its message, else in a direct message. */
import { DiscordAPIError } from "@discordjs/rest";
import { viewDeposit } from "../deposits/find.ts";
import type { Locale } from "../notifications/texts/texts.ts";
import { holdOrder, viewOrder } from "../orders/find.ts";
import { recordNotice } from "../orders/notice.ts";
import type { PaidFor } from "../payments/payment.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction, type Tx } from "../platform/db.ts";
import { enqueue } from "../platform/jobs.ts";
import type { Log } from "../platform/log.ts";
import type { Seal } from "../platform/seal.ts";
import { closedDoorMs } from "./forget.ts";
import { renderDeposit } from "./render/deposit-card.ts";
import { hashOf, type Message } from "./render/message.ts";
import { renderOrder } from "./render/order-card.ts";
import {
  type CardRow,
  keepClosedDoor,
  markShown,
  markTokenDead,
  rememberDirectMessage,
  selectCard,
  selectClosedDoor,
  selectOrdersWithCard,
  upsertCard,
} from "./repository.ts";
import type { InteractionRef, Responder } from "./responder.ts";

const tokenLifeMs = 15 * 60_000;
// An edit takes a moment; one that would arrive after the token's end goes to a direct message.
const tokenMarginMs = 30_000;

// Closed to us, or no server in common: the order page and /history remain.
const closedCodes: ReadonlySet<number | string> = new Set([50007, 50278]);

const tokenPlace = (subjectId: string) => `card:${subjectId}`;
const idOf = (of: PaidFor) => ("orderId" in of ? of.orderId : of.depositId);

/** Those of these orders that are shown in Discord. */
export async function ordersWithCard(tx: Tx, orderIds: readonly string[]): Promise<Set<string>> {
  return new Set(await selectOrdersWithCard(tx, orderIds));
}

/** From now on it is shown in the message of this interaction, and at once. */
export async function showHere(
  tx: Tx,
  deps: { clock: Clock; seal: Seal },
  input: {
    of: PaidFor;
    interaction: Omit<InteractionRef, "id">;
    receivedAt: Date;
    discordId: string;
    locale: Locale;
  },
): Promise<void> {
  const { of } = input;
  const id = idOf(of);
  // Whoever changes the order now has to be waited for: it looked for a card before there was one.
  if ("orderId" in of) await holdOrder(tx, of.orderId);
  await upsertCard(tx, {
    subject_id: id,
    discord_id: input.discordId,
    locale: input.locale,
    application_id: input.interaction.application_id,
    token: deps.seal.close(input.interaction.token, tokenPlace(id)),
    token_expires_at: new Date(input.receivedAt.getTime() + tokenLifeMs),
  });
  await enqueue(tx, deps, { name: "discord.updateCard", key: id, payload: of });
}

type Deps = { clock: Clock; log: Log; seal: Seal; responder: Responder; publicUrl: string };

/** Job `discord.updateCard`: one at a time per card, so an old state never covers a new one. */
export async function updateCard(db: Database, deps: Deps, of: PaidFor): Promise<void> {
  const shown = await selectCard(db, idOf(of));
  if (shown === undefined) return;
  const look = await lookAt(db, deps, of, shown.locale === "en" ? "en" : "id");
  const hash = hashOf(look.message);
  if (hash === shown.shown_hash) return;

  const alive = shown.token_expires_at.getTime() - tokenMarginMs > deps.clock.now().getTime();
  const onCard = alive && (await editCard(db, deps, shown, look.message));
  const told = onCard || (await tellDirectly(db, deps, shown, look));
  await inTransaction(db, async (tx) => {
    await markShown(tx, shown.subject_id, shown.token, hash);
    if (told) await look.remember(tx, onCard ? "card" : "direct_message");
  });
}

/** What a buyer is to see. */
interface Look {
  readonly message: Message;
  /** Names what is told, so that a direct message about it comes once. */
  readonly story: string;
  /** Notes that the buyer was told. */
  remember(tx: Tx, road: "card" | "direct_message"): Promise<void>;
}

async function lookAt(db: Database, deps: Deps, of: PaidFor, locale: Locale): Promise<Look> {
  const pageUrl = (token: string) => `${deps.publicUrl}/pay/${token}`;
  if ("orderId" in of) {
    const view = await viewOrder(db, of.orderId);
    const { order } = view;
    return {
      message: renderOrder(view, locale, pageUrl(order.page_token)),
      story: `${order.code}-${order.state}`,
      remember: (tx, road) =>
        recordNotice(tx, deps, { orderId: order.id, state: order.state, road }),
    };
  }
  const view = await viewDeposit(db, of.depositId);
  const { deposit } = view;
  const look = { pageUrl: pageUrl(deposit.page_token), now: deps.clock.now() };
  return {
    message: renderDeposit(view, locale, look),
    story: `${deposit.code}-${deposit.state}`,
    remember: async () => {},
  };
}

async function editCard(db: Database, deps: Deps, shown: CardRow, message: Message) {
  const token = deps.seal.open(shown.token, tokenPlace(shown.subject_id));
  if (await deps.responder.edit({ ...shown, token }, message)) return true;
  await markTokenDead(db, shown.subject_id, shown.token, deps.clock.now());
  return false;
}

/** Direct messages that were found closed are not tried again for a day. */
async function isDoorClosed(db: Database, deps: Deps, discordId: string): Promise<boolean> {
  const foundAt = await selectClosedDoor(db, discordId);
  return foundAt !== undefined && deps.clock.now().getTime() - foundAt.getTime() < closedDoorMs;
}

async function tellDirectly(
  db: Database,
  deps: Deps,
  shown: CardRow,
  { message, story }: Look,
): Promise<boolean> {
  const { responder } = deps;
  // A message that is there can be changed; only new ones are refused.
  const isNew = shown.dm_message_id === null;
  if (isNew && (await isDoorClosed(db, deps, shown.discord_id))) return false;
  try {
    const channelId = shown.dm_channel_id ?? (await responder.openDirectMessages(shown.discord_id));
    if (shown.dm_message_id !== null) {
      await responder.editSent(channelId, shown.dm_message_id, message);
      return true;
    }
    const messageId = await responder.send(channelId, message, story);
    await rememberDirectMessage(db, shown.subject_id, { channelId, messageId });
    return true;
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || !closedCodes.has(error.code)) throw error;
    await keepClosedDoor(db, shown.discord_id, deps.clock.now());
    deps.log.info({ of: shown.subject_id }, "direct messages are closed; the page tells");
    return false;
  }
}
