/** A person's side of the simulated Discord, as simulators/README.md documents it. */
import type { APIMessage, APIModalInteractionResponseCallbackData } from "discord-api-types/v10";
import { callJson } from "./http.ts";

export type Message = APIMessage;
export type Modal = APIModalInteractionResponseCallbackData;
export type Locale = "id" | "en-US";

export interface User {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly locale: string;
  /** Takes no direct messages from bots. */
  readonly closed: boolean;
  /** Whose server it is: reads what staff read. */
  readonly owner: boolean;
}

type Localizations = Readonly<Partial<Record<string, string | null>>> | null;

export interface Choice {
  readonly name: string;
  readonly name_localizations?: Localizations;
  readonly value: string | number;
}

interface Described {
  readonly name: string;
  readonly name_localizations?: Localizations;
  readonly description: string;
  readonly description_localizations?: Localizations;
}

export interface CommandOption extends Described {
  readonly type: number;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly Choice[];
}

export interface Command extends Described {
  readonly id: string;
  readonly options?: readonly CommandOption[];
}

export interface DiscordState {
  readonly user: User;
  readonly guild: { readonly id: string; readonly name: string };
  readonly channel: { readonly id: string; readonly name: string };
  readonly staff_channel: { readonly id: string; readonly name: string } | null;
  readonly dm_channel: { readonly id: string } | null;
  readonly commands: readonly Command[];
  readonly messages: readonly Message[];
}

export type DiscordEvent =
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "message_deleted"; readonly id: string }
  | { readonly type: "commands"; readonly commands: readonly Command[] };

export interface OptionValue {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean;
  readonly focused?: true;
}

export interface ModalAnswer {
  readonly type: 18;
  readonly component: { readonly type: 4; readonly custom_id: string; readonly value: string };
}

export type Interaction =
  | {
      readonly type: 2 | 4;
      readonly data: { readonly name: string; readonly options: readonly OptionValue[] };
    }
  | {
      readonly type: 3;
      readonly message_id: string;
      readonly data: {
        readonly component_type: number;
        readonly custom_id: string;
        readonly values?: readonly string[];
      };
    }
  | {
      readonly type: 5;
      readonly modal_id: string;
      readonly data: { readonly custom_id: string; readonly components: readonly ModalAnswer[] };
    };

export type InteractionAnswer =
  | { readonly status: "failed" }
  | {
      readonly status: "acknowledged";
      readonly callback_type: number;
      readonly choices?: readonly Choice[];
      readonly modal?: Modal;
      readonly modal_id?: string;
    };

export const fetchUsers = (discordUrl: string) =>
  callJson<readonly User[]>(`${discordUrl}/client/users`);

export const saveUser = (
  discordUrl: string,
  userId: string,
  changed: { readonly locale?: Locale; readonly closed?: boolean },
) => callJson<User>(`${discordUrl}/client/users/${userId}`, "PATCH", changed);

export const fetchState = (discordUrl: string, userId: string) =>
  callJson<DiscordState>(`${discordUrl}/client/state?user_id=${userId}`);

export async function interact(
  discordUrl: string,
  userId: string,
  interaction: Interaction,
): Promise<InteractionAnswer> {
  try {
    const body = { user_id: userId, ...interaction };
    return await callJson<InteractionAnswer>(`${discordUrl}/client/interactions`, "POST", body);
  } catch {
    // A person sees the same words whether the bot or the road to it is down.
    return { status: "failed" };
  }
}

/** What the user sees: the localised name when the command has one. */
export const nameOf = (
  entry: { readonly name: string; readonly name_localizations?: Localizations },
  locale: Locale,
) => entry.name_localizations?.[locale] ?? entry.name;

export const descriptionOf = (entry: Described, locale: Locale) =>
  entry.description_localizations?.[locale] ?? entry.description;

/** Applies one event to what the page already knows; also when it arrives twice. */
export function applyEvent(state: DiscordState, event: DiscordEvent): DiscordState {
  switch (event.type) {
    case "commands":
      return { ...state, commands: event.commands };
    case "message_deleted":
      return { ...state, messages: state.messages.filter(({ id }) => id !== event.id) };
    case "message": {
      const others = state.messages.filter(({ id }) => id !== event.message.id);
      return { ...state, messages: [...others, event.message].sort(byAge) };
    }
    default:
      return event satisfies never;
  }
}

// Snowflakes are numbers of up to 64 bits in strings: a longer one is younger.
const byAge = (a: Message, b: Message) =>
  a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
