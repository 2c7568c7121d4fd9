/** Responder: every way the bot answers, over Discord's REST. One place turns messages into requests. */
import { createHash } from "node:crypto";
import type { API } from "@discordjs/core";
import { DiscordAPIError, type RawFile } from "@discordjs/rest";
import type { APIModalInteractionResponseCallbackData } from "discord-api-types/v10";
import { MessageFlags } from "discord-api-types/v10";
import type { Aside, Message } from "./render/message.ts";

export interface InteractionRef {
  readonly id: string;
  readonly token: string;
  readonly application_id: string;
}

/** The first answer, within Discord's 3 s. Work that takes longer is deferred and done by a job. */
export type FirstAnswer =
  /** "Thinking…", visible to the buyer only. */
  | { readonly kind: "defer" }
  /** The message that was clicked stays, and is changed later. */
  | { readonly kind: "defer_update" }
  | { readonly kind: "modal"; readonly modal: APIModalInteractionResponseCallbackData }
  | { readonly kind: "choices"; readonly choices: { name: string; value: string }[] };

export interface Responder {
  /** Throws when Discord did not take it; an answer it took before counts as taken. */
  answer(interaction: InteractionRef, answer: FirstAnswer): Promise<void>;
  /** Changes the message of an interaction. False when it is out of reach: deleted, or too late. */
  edit(interaction: Omit<InteractionRef, "id">, message: Message | Aside): Promise<boolean>;
  openDirectMessages(discordId: string): Promise<string>;
  /** Sends once what is told, however often it is tried within minutes. Returns the message's id. */
  send(channelId: string, message: Message, story: string): Promise<string>;
  editSent(channelId: string, messageId: string, message: Message): Promise<void>;
}

type Interactions = API["interactions"];

// Unknown message, unknown webhook, unknown interaction, token too old.
const goneCodes: ReadonlySet<number | string> = new Set([10008, 10015, 10062, 50027]);
/** Somebody answered this interaction already. */
const answeredCode = 40060;
const mostTries = 3;

/** Makes the responder of a bot: `interactions` for what carries an interaction's token. */
export function createResponder(deps: { interactions: Interactions; bot: API }): Responder {
  const { interactions, bot } = deps;
  return {
    async answer(interaction, answer) {
      await insist(async (isRetry) => {
        try {
          await give(interactions, interaction, answer);
        } catch (error) {
          // Our own first try was taken, and its reply lost. Otherwise somebody else has answered.
          const answered = error instanceof DiscordAPIError && error.code === answeredCode;
          if (!answered || !isRetry) throw error;
        }
      });
    },
    async edit(interaction, message) {
      try {
        const { application_id, token } = interaction;
        const change = "aside" in message ? besides(message) : body(message);
        await insist(() => interactions.editReply(application_id, token, change));
        return true;
      } catch (error) {
        if (error instanceof DiscordAPIError && goneCodes.has(error.code)) return false;
        throw error;
      }
    },
    async openDirectMessages(discordId) {
      return (await bot.users.createDM(discordId)).id;
    },
    async send(channelId, message, story) {
      const sent = await bot.channels.createMessage(channelId, {
        ...body(message),
        nonce: nonceOf(story),
        enforce_nonce: true,
      });
      return sent.id;
    },
    async editSent(channelId, messageId, message) {
      await bot.channels.editMessage(channelId, messageId, body(message));
    },
  };
}

/** Tries again at once when nobody knows whether it was done: a broken line, or a fault of Discord's. */
async function insist(work: (isRetry: boolean) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work(tries > 1);
      return;
    } catch (error) {
      if (error instanceof DiscordAPIError || tries === mostTries) throw error;
    }
  }
}

async function give(
  interactions: Interactions,
  { id, token }: InteractionRef,
  answer: FirstAnswer,
): Promise<void> {
  switch (answer.kind) {
    case "defer":
      await interactions.defer(id, token, { flags: MessageFlags.Ephemeral });
      return;
    case "defer_update":
      await interactions.deferMessageUpdate(id, token);
      return;
    case "modal":
      await interactions.createModal(id, token, answer.modal);
      return;
    case "choices":
      await interactions.createAutocompleteResponse(id, token, { choices: answer.choices });
      return;
    default:
      answer satisfies never;
  }
}

/** What Discord knows a repeated message by: 25 characters at most. */
function nonceOf(story: string): string {
  return createHash("sha256").update(story).digest("hex").slice(0, 25);
}

const mentionsNobody = { parse: [] };

// What is not named stays.
function besides({ aside }: Aside) {
  return { content: aside, allowed_mentions: mentionsNobody };
}

function body(message: Message) {
  const { embeds, components, picture } = message;
  const files: RawFile[] =
    picture === undefined
      ? []
      : [{ name: picture.name, data: picture.data, contentType: "image/png" }];
  // The list names what stays: a picture that is not in it disappears from the message.
  const attachments =
    picture === undefined
      ? []
      : [{ id: "0", filename: picture.name, description: picture.description }];
  // Without content an aside of before goes away.
  return {
    ...{ content: "", embeds, components },
    ...{ files, attachments, allowed_mentions: mentionsNobody },
  };
}
