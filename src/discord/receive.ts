/** Receive: records an interaction, gives the first answer in time, and only then lets work begin. */
import type { APIInteraction } from "discord-api-types/v10";
import type { Sku } from "../catalog/product.ts";
import { textsFor } from "../notifications/texts/texts.ts";
import { Refusal } from "../platform/refusal.ts";
import { storableJson } from "../platform/storable.ts";
import { suggest } from "./commands/suggest.ts";
import { accountForm, chosenSku } from "./commands/topup.ts";
import type { BotDeps } from "./context.ts";
import type { Inbox } from "./inbox.ts";
import { type Act, actOf, personOf, sealToken } from "./interaction.ts";
import type { FirstAnswer, Responder } from "./responder.ts";

/** Handles one delivery of an interaction. A redelivered one finds its id taken and does nothing. */
export async function receiveInteraction(
  deps: BotDeps & { inbox: Inbox; responder: Responder },
  interaction: APIInteraction,
): Promise<void> {
  const act = actOf(interaction);
  if (act === undefined) return;
  const answer = await firstAnswer(deps, interaction, act);
  if (answer.kind === "choices" || answer.kind === "modal") {
    await deps.responder.answer(interaction, answer);
    return;
  }
  const payload = storableJson(sealToken(deps.seal, interaction));
  if (!(await deps.inbox.record({ id: interaction.id, payload }))) return;
  await deps.responder.answer(interaction, answer);
  await deps.inbox.acknowledge(interaction.id);
}

async function firstAnswer(
  deps: BotDeps,
  interaction: APIInteraction,
  act: Act,
): Promise<FirstAnswer> {
  switch (act.kind) {
    case "autocomplete":
      return { kind: "choices", choices: await suggest(deps, act.focused, act.options) };
    case "command": {
      if (act.name !== "topup" || act.options.has("id")) return { kind: "defer" };
      // A form can only be the first answer, so what is missing is asked for at once.
      const sku = await unlessRefused(chosenSku(deps.catalog, act.options));
      const given = { playerId: "", zoneId: act.options.get("server") ?? "" };
      return (sku && formFor(interaction, sku, given)) ?? { kind: "defer" };
    }
    case "button": {
      if (act.id?.action !== "account") return { kind: "defer_update" };
      const sku = await unlessRefused(deps.catalog.findSku(act.id.skuCode));
      return (sku && formFor(interaction, sku, act.id)) ?? { kind: "defer_update" };
    }
    case "form":
      return { kind: act.fromMessage ? "defer_update" : "defer" };
    default:
      return act satisfies never;
  }
}

function formFor(
  interaction: APIInteraction,
  sku: Sku,
  given: { playerId: string; zoneId: string },
): FirstAnswer | undefined {
  const modal = accountForm(textsFor(personOf(interaction).locale), sku, given);
  return modal && { kind: "modal", modal };
}

// What is refused here is refused again by the work, which has room to say why.
async function unlessRefused<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
