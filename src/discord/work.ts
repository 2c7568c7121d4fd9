/** Work: does what an interaction asked for, after its first answer, and shows the result. */
import type { APIInteraction } from "discord-api-types/v10";
import { customerOf } from "../customers/customer.ts";
import type { Texts } from "../notifications/texts/texts.ts";
import { textsFor } from "../notifications/texts/texts.ts";
import { inTransaction } from "../platform/db.ts";
import { Refusal } from "../platform/refusal.ts";
import { check } from "./commands/check.ts";
import { history } from "./commands/history.ts";
import { price } from "./commands/price.ts";
import { saldo } from "./commands/saldo.ts";
import { quoteFromForm, topup } from "./commands/topup.ts";
import { cancel, status } from "./components/order.ts";
import { confirm, drop, pay } from "./components/quote.ts";
import type { BotDeps, Context, Handled } from "./context.ts";
import type { CustomId } from "./custom-id.ts";
import { actOf, personOf } from "./interaction.ts";
import { playerField, zoneField } from "./render/account-form.ts";
import { inert } from "./render/escape.ts";
import { notice } from "./render/message.ts";
import { selectInteraction } from "./repository.ts";
import type { Responder } from "./responder.ts";

type CommandHandler = (context: Context, options: ReadonlyMap<string, string>) => Promise<Handled>;

const commands: Readonly<Record<string, CommandHandler>> = {
  price,
  cek: check,
  topup,
  saldo,
  history,
};

// A fault is tried again for this long before the buyer is told; the database may be restarting.
const patienceMs = 30_000;

/** Job `discord.work`. Work whose first answer was never taken is dropped: Discord said it failed. */
export async function workInteraction(
  deps: BotDeps & { responder: Responder },
  input: { interactionId: string },
): Promise<void> {
  const row = await selectInteraction(deps.db, input.interactionId);
  if (row === undefined || row.acknowledged_at === null) return;
  // Written by us from what Discord sent, so it has Discord's shape.
  const interaction = row.payload as unknown as APIInteraction;
  const person = personOf(interaction);
  const texts = textsFor(person.locale);
  let handled: Handled;
  try {
    const customer = await inTransaction(deps.db, (tx) => customerOf(tx, deps, person));
    handled = await handle(interaction, {
      ...deps,
      person,
      texts,
      interaction,
      customerId: customer.id,
      receivedAt: row.received_at,
    });
  } catch (error) {
    if (error instanceof Refusal) {
      handled = notice(sayRefusal(texts, error));
    } else {
      const ageMs = deps.clock.now().getTime() - row.received_at.getTime();
      if (ageMs < patienceMs) throw error;
      const reference = interaction.id.slice(-8);
      deps.log.error({ reference, error: String(error) }, "an interaction could not be finished");
      handled = notice(texts.errors.fault(reference));
    }
  }
  if (handled !== "shown_by_card") await deps.responder.edit(interaction, handled);
}

async function handle(interaction: APIInteraction, context: Context): Promise<Handled> {
  const act = actOf(interaction);
  switch (act?.kind) {
    case "command": {
      const handler = commands[act.name];
      if (handler === undefined) throw new Refusal("interaction.stale");
      return handler(context, act.options);
    }
    case "button":
      return press(context, act.id);
    case "form": {
      if (act.id?.action !== "account") throw new Refusal("interaction.stale");
      const playerId = act.values.get(playerField) ?? "";
      const zoneId = act.values.get(zoneField) ?? "";
      return quoteFromForm(context, act.id.skuCode, { playerId, zoneId });
    }
    default:
      throw new Refusal("interaction.stale");
  }
}

async function press(context: Context, id: CustomId | undefined): Promise<Handled> {
  switch (id?.action) {
    case "pay":
      return pay(context, id);
    case "confirm":
      return confirm(context, id.quoteId);
    case "drop":
      return drop(context);
    case "status":
      return status(context, id.orderCode);
    case "cancel":
      return cancel(context, id.orderCode);
    case "account": // opens a form as its first answer, so there is no work
    case undefined:
      throw new Refusal("interaction.stale");
    default:
      return id satisfies never;
  }
}

/** A refusal in the buyer's language. */
function sayRefusal(texts: Texts, refusal: Refusal): string {
  const { details } = refusal;
  const detail = (name: string) => inert(details[name] ?? "");
  switch (refusal.code) {
    case "game.unknown":
      return texts.errors.unknownGame(detail("game"), details.known ?? "");
    case "sku.unknown":
      return texts.errors.unknownSku(detail("sku"), details.game ?? "", details.known ?? "");
    case "order.unknown":
    case "page.unknown":
      return texts.errors.unknownOrder;
    case "quote.unknown":
      return texts.outcome.quote_unknown;
    case "game_account.invalid":
    case "game_account.not_found":
    case "input.invalid":
    case "interaction.stale":
    case "purchase.too_old":
      return texts.errors.stale;
    default:
      return refusal.code satisfies never;
  }
}
