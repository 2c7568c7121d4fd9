/** Interaction: what a person did, read from Discord's own object. */
import {
  type APIApplicationCommandInteractionDataBasicOption,
  type APIInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
} from "discord-api-types/v10";
import type { Locale } from "../notifications/texts/texts.ts";
import type { Seal } from "../platform/seal.ts";
import { type CustomId, decodeCustomId } from "./custom-id.ts";

type Options = ReadonlyMap<string, string>;

export type Act =
  | { readonly kind: "command"; readonly name: string; readonly options: Options }
  | {
      readonly kind: "autocomplete";
      readonly name: string;
      readonly focused: string;
      readonly options: Options;
    }
  | { readonly kind: "button"; readonly id: CustomId | undefined }
  | {
      readonly kind: "form";
      readonly id: CustomId | undefined;
      readonly values: Options;
      /** Opened from a message, which is then the one to change. */
      readonly fromMessage: boolean;
    };

export interface Person {
  readonly discordId: string;
  readonly locale: Locale;
}

// With its token anybody could speak as the bot for fifteen minutes, so it is not kept in the clear.
const tokenPlace = (interactionId: string) => `interaction:${interactionId}`;

/** An interaction as it is kept. */
export function sealToken(seal: Seal, interaction: APIInteraction): APIInteraction {
  return { ...interaction, token: seal.close(interaction.token, tokenPlace(interaction.id)) };
}

/** An interaction as it came. */
export function openToken(seal: Seal, kept: APIInteraction): APIInteraction {
  return { ...kept, token: seal.open(kept.token, tokenPlace(kept.id)) };
}

/** Who acted, in a server or in direct messages. */
export function personOf(interaction: APIInteraction): Person {
  const user = interaction.member?.user ?? interaction.user;
  if (user === undefined) throw new Error(`interaction ${interaction.id} has no user`);
  const language = "locale" in interaction ? interaction.locale : "id";
  return { discordId: user.id, locale: language === "id" ? "id" : "en" };
}

/** What was done; undefined for a kind of interaction that we never offer. */
export function actOf(interaction: APIInteraction): Act | undefined {
  switch (interaction.type) {
    case InteractionType.ApplicationCommand:
    case InteractionType.ApplicationCommandAutocomplete: {
      const { data } = interaction;
      if (data.type !== ApplicationCommandType.ChatInput) return undefined;
      const given = (data.options ?? []).filter(isBasic);
      const options = new Map(given.map((option) => [option.name, String(option.value)]));
      if (interaction.type === InteractionType.ApplicationCommand) {
        return { kind: "command", name: data.name, options };
      }
      const focused = given.find((option) => "focused" in option && option.focused === true);
      return { kind: "autocomplete", name: data.name, focused: focused?.name ?? "", options };
    }
    case InteractionType.MessageComponent:
      return { kind: "button", id: decodeCustomId(interaction.data.custom_id) };
    case InteractionType.ModalSubmit: {
      const values = new Map<string, string>();
      for (const row of interaction.data.components) {
        if (row.type !== ComponentType.Label) continue;
        const { component } = row;
        if (component.type === ComponentType.TextInput) {
          values.set(component.custom_id, component.value);
        }
      }
      const id = decodeCustomId(interaction.data.custom_id);
      return { kind: "form", id, values, fromMessage: interaction.message !== undefined };
    }
    default:
      return undefined;
  }
}

function isBasic(option: {
  type: ApplicationCommandOptionType;
}): option is APIApplicationCommandInteractionDataBasicOption {
  return (
    option.type !== ApplicationCommandOptionType.Subcommand &&
    option.type !== ApplicationCommandOptionType.SubcommandGroup
  );
}
