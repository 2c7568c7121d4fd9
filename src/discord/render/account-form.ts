/** Account form: the modal that asks for a game account, one labelled field per part. */
import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from "discord-api-types/v10";
import type { Sku } from "../../catalog/product.ts";
import { accountFormats, type GameCode } from "../../game-accounts/game.ts";
import type { Texts } from "../../notifications/texts/texts.ts";
import { plain } from "../../platform/plain-text.ts";
import { encodeCustomId } from "../custom-id.ts";

export const playerField = "player_id";
export const zoneField = "zone_id";

const longestTitle = 45;
const longestId = 40;

/** Renders the form for a SKU's game, filled with what was given before. Pure. */
export function renderAccountForm(
  texts: Texts,
  sku: Sku & { readonly gameCode: GameCode },
  given: { playerId: string; zoneId: string },
): APIModalInteractionResponseCallbackData {
  const format = accountFormats[sku.gameCode];
  const field = (customId: string, label: string, example: string, value: string) => ({
    type: ComponentType.Label as const,
    label,
    description: texts.account.example(example),
    component: {
      type: ComponentType.TextInput as const,
      style: TextInputStyle.Short,
      custom_id: customId,
      required: true,
      max_length: longestId,
      ...(value === "" ? {} : { value: plain(value, longestId) }),
    },
  });
  const { playerWord, playerExample, zone } = format;
  const components = [field(playerField, texts.fields[playerWord], playerExample, given.playerId)];
  if (zone) {
    components.push(field(zoneField, texts.fields.zone_id, zone.example, given.zoneId));
  }
  return {
    custom_id: encodeCustomId({ action: "account", skuCode: sku.code, playerId: "", zoneId: "" }),
    title: plain(texts.account.modalTitle(sku.gameName), longestTitle),
    components,
  };
}
