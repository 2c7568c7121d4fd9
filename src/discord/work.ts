/** Work: does what an interaction asked for, after its first answer, and shows the result. */
import type { APIInteraction } from "discord-api-types/v10";
import { type Customer, customerOf, findCustomers } from "../customers/customer.ts";
import type { Texts } from "../notifications/texts/texts.ts";
import { textsFor } from "../notifications/texts/texts.ts";
import { inTransaction } from "../platform/db.ts";
import { gather } from "../platform/gather.ts";
import { Refusal } from "../platform/refusal.ts";
import { storableJson } from "../platform/storable.ts";
import { check } from "./commands/check.ts";
import { deposit } from "./commands/deposit.ts";
import { help } from "./commands/help.ts";
import { history } from "./commands/history.ts";
import { price } from "./commands/price.ts";
import { saldo } from "./commands/saldo.ts";
import { quoteFromForm, topup } from "./commands/topup.ts";
import { depositStatus, stopDeposit } from "./components/deposit.ts";
import { cancel, choose, status } from "./components/order.ts";
import { confirm, drop, pay } from "./components/quote.ts";
import type { BotDeps, Context, Handled } from "./context.ts";
import type { CustomId } from "./custom-id.ts";
import { type Act, actOf, openToken, personOf } from "./interaction.ts";
import { playerField, zoneField } from "./render/account-form.ts";
import { inert } from "./render/escape.ts";
import { type Aside, type Message, notice } from "./render/message.ts";
import { keepResult, selectInteractions } from "./repository.ts";
import type { Responder } from "./responder.ts";

type CommandHandler = (context: Context, options: ReadonlyMap<string, string>) => Promise<Handled>;

const commands: Readonly<Record<string, CommandHandler>> = {
  price,
  cek: check,
  topup,
  deposit,
  saldo,
  history,
  bantuan: help,
};

const readingCommands: ReadonlySet<string> = new Set(["price", "saldo", "history", "bantuan"]);

// A fault is tried again for this long before the buyer is told; the database may be restarting.
const patienceMs = 30_000;

type Row = NonNullable<Awaited<ReturnType<typeof selectInteractions>>[number]>;
type Deps = BotDeps & { responder: Responder };
/** What many interactions read at once is read together. */
interface Reads {
  interaction(id: string): Promise<Row | undefined>;
  customer(discordId: string): Promise<Customer | undefined>;
}

/** Makes the job `discord.work` of a process. */
export function createInteractionWork(deps: Deps) {
  const reads: Reads = {
    interaction: gather((ids: readonly string[]) => selectInteractions(deps.db, ids)),
    customer: gather((discordIds: readonly string[]) => findCustomers(deps.db, discordIds)),
  };
  return (interactionId: string) => workInteraction(deps, reads, interactionId);
}

/**
 * What no first answer was recorded for is not begun: either Discord said that it
 * failed, or the buyer looks at "thinking…" and is told now.
 */
async function workInteraction(deps: Deps, reads: Reads, interactionId: string): Promise<void> {
  const row = await reads.interaction(interactionId);
  if (row === undefined) return;
  // Written by us from what Discord sent, and by us from a message: they have those shapes.
  const interaction = openToken(deps.seal, row.payload as unknown as APIInteraction);
  const kept = row.result as unknown as Message | Aside | null;
  const message = kept ?? (await produce(deps, reads, row, interaction));
  if (message === "shown_by_card") return;
  if (kept === null && !onlyReads(interaction))
    await keepResult(deps.db, row.id, storableJson(message));
  const shown = await deps.responder.edit(interaction, message);
  if (!shown) deps.log.info({ interaction: row.id }, "the answer came too late to be shown");
}

/** What only reads is done again instead of kept. */
function onlyReads(interaction: APIInteraction): boolean {
  const act = actOf(interaction);
  return act?.kind === "command" && readingCommands.has(act.name);
}

async function produce(
  deps: Deps,
  reads: Reads,
  row: Row,
  interaction: APIInteraction,
): Promise<Handled | Aside> {
  const person = personOf(interaction);
  const texts = textsFor(person.locale);
  const fault = texts.errors.fault(interaction.id.slice(-8));
  // What was pressed can be pressed again.
  const broken = isOnMessage(actOf(interaction)) ? { aside: fault } : notice(fault);
  if (row.acknowledged_at === null) return broken;
  try {
    const customer =
      (await reads.customer(person.discordId)) ??
      (await inTransaction(deps.db, (tx) => customerOf(tx, deps, person)));
    return await handle(interaction, {
      ...deps,
      person,
      texts,
      interaction,
      customerId: customer.id,
      receivedAt: row.received_at,
    });
  } catch (error) {
    if (error instanceof Refusal) return notice(sayRefusal(texts, error));
    const ageMs = deps.clock.now().getTime() - row.received_at.getTime();
    if (ageMs < patienceMs) throw error;
    deps.log.error(
      { interaction: row.id, error: String(error) },
      "an interaction was not finished",
    );
    return broken;
  }
}

/** True for what is done on a message of ours and not with a command. */
function isOnMessage(act: Act | undefined): boolean {
  return act?.kind === "button" || (act?.kind === "form" && act.fromMessage);
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
      return drop(context, id.quoteId);
    case "status":
      return status(context, id.orderCode);
    case "cancel":
      return cancel(context, id.orderCode);
    case "pay_rest":
    case "take_back":
      return choose(context, id.orderCode, id.action);
    case "deposit_status":
      return depositStatus(context, id.depositCode);
    case "deposit_cancel":
      return stopDeposit(context, id.depositCode);
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
    case "check.too_many":
      return texts.check.tooMany(detail("retry_after_s"));
    case "game_account.invalid":
    case "input.invalid":
    case "interaction.stale":
    case "purchase.too_old":
    case "staff.unknown":
    case "key.unknown":
    // Only an API key meets these; a buyer in Discord is told by the outcome itself.
    case "key.missing":
    case "key.invalid":
    case "key.scope":
    case "idempotency_key.missing":
    case "idempotency_key.reused":
    case "game_account.not_found":
    case "game_account.unchecked":
    case "quote.expired":
    case "quote.used":
    case "sku.sold_out":
    case "saldo.insufficient":
    case "order.too_many_unpaid":
    case "order.blocked":
    case "order.not_short":
    case "order.not_refundable":
    case "refund.too_much":
    case "refund.again":
    case "refund.none_under_way":
    case "refund.in_flight":
    case "refund.not_in_part":
    case "refund.no_source":
    case "purchase.in_flight":
    case "purchase.may_have_worked":
    case "sku.unavailable":
    case "order.not_cancellable":
    case "purchase.worked":
    case "order.paid":
    case "order.may_be_paid":
    case "deposit.unknown":
    case "deposit.amount":
    case "deposit.too_many_unpaid":
    case "deposit.over":
    case "deposit.may_be_paid":
    case "desk.unknown":
    case "desk.taken":
    case "desk.closed":
    case "block.exists":
    case "block.unknown":
    case "staff.role":
    case "customer.unknown":
    case "money.too_little":
    case "money.ref_reused":
    case "saldo.too_little":
    case "payment.unknown":
    case "payment.several":
    case "payment.counted":
    case "chargeback.no_money":
    case "chargeback.from_saldo":
    case "chargeback.again":
    case "chargeback.not_applied":
    case "chargeback.refund_under_way":
    case "chargeback.not_in_part":
    case "order.charged_back":
    case "suspense.empty":
    case "suspense.whose":
    case "adjustment.again":
    case "cashback.limit":
    case "proposal.unknown":
    case "proposal.ended":
    case "proposal.own":
      return texts.errors.stale;
    default:
      return refusal.code satisfies never;
  }
}
