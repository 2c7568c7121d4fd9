/** The life of an interaction: three seconds for the first answer, one answer, fifteen minutes of token. */
import { type APIBaseInteraction, type InteractionType, MessageFlags } from "discord-api-types/v10";
import { z } from "zod";
import type { Act } from "./actions.ts";
import { parseForm, refusal } from "./errors.ts";
import {
  botPermissions,
  directChannel,
  guildChannel,
  guildLocale,
  memberObject,
  recipientOf,
  userObject,
} from "./identity.ts";
import { deferredForm, type MessageForm, messageForms } from "./message-rules.ts";
import type { Messages, Placement } from "./messages.ts";
import { choicesForm, type Modal, modalForm } from "./modal-rules.ts";
import type { KeptInteraction, KeptMessage, Person, State } from "./state.ts";
import type { Body, Upload } from "./uploads.ts";

type Outcome =
  | { interaction_id: string; status: "failed" }
  | {
      interaction_id: string;
      status: "acknowledged";
      callback_type: number;
      choices?: object[];
      modal?: Modal;
      modal_id?: string;
    };

export interface Interactions {
  /** Resolves with the bot's first answer, or as failed when the clock says it came too late. */
  start(person: Person, act: Act): Promise<Outcome>;
  /** The bot's first answer; gives what `with_response` asks for. */
  answer(id: string, token: string, body: Body): object;
  /** The interaction a webhook token stands for, while the token lives. */
  byToken(token: string): KeptInteraction;
  followUp(interaction: KeptInteraction, form: MessageForm, uploads: Upload[]): KeptMessage;
}

const patienceMs = 3_000;
const tokenLifeMs = 15 * 60_000;
const ephemeralFlag = MessageFlags.Ephemeral;
const attachmentSizeLimit = 10 * 1024 * 1024;

const command = 2;
const autocomplete = 4;
const modalSubmit = 5;

const answerMessage = 4;
const deferMessage = 5;
const deferUpdate = 6;
const updateMessage = 7;
const giveChoices = 8;
const openModal = 9;

const callbackForm = (types: number[]) =>
  z.object({ type: z.literal(types), data: z.unknown().optional() });
const callbacks = [answerMessage, deferMessage];
const updates = [deferUpdate, updateMessage];
const suggestionForm = callbackForm([giveChoices]);
const modalCallbackForm = callbackForm(callbacks);
const modalUpdateForm = callbackForm([...callbacks, ...updates]);
const commandCallbackForm = callbackForm([...callbacks, openModal]);
const componentCallbackForm = callbackForm([...callbacks, ...updates, openModal]);
const choicesForms = new Map(
  [3, 4, 10].map((optionType) => [optionType, z.object({ choices: choicesForm(optionType) })]),
);

/** What may answer it. */
function callbackFormOf({ type, messageId }: KeptInteraction) {
  if (type === autocomplete) return suggestionForm;
  if (type === modalSubmit) return messageId === null ? modalCallbackForm : modalUpdateForm;
  return messageId === null ? commandCallbackForm : componentCallbackForm;
}

export function createInteractions(
  state: State,
  messages: Messages,
  dispatch: (payload: object) => void,
  closing: AbortSignal,
): Interactions {
  const { data } = state;
  const waiting = new Map<string, { answered(): void; choices?: object[] }>();

  async function start(person: Person, act: Act): Promise<Outcome> {
    const { interaction, payload } = begin(person, act);
    const { promise, resolve } = Promise.withResolvers<void>();
    const wait: { answered(): void; choices?: object[] } = { answered: resolve };
    waiting.set(interaction.id, wait);
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, closing]);
    // Whether a clock resolves or rejects an aborted sleep is its own affair: the wait is over.
    const patience = state.clock.sleep(patienceMs, signal).catch(() => undefined);
    dispatch(payload);
    await Promise.race([promise, patience]);
    enough.abort();
    waiting.delete(interaction.id);

    const { id: interaction_id, callbackType, modal } = interaction;
    if (callbackType === null) return { interaction_id, status: "failed" };
    return {
      interaction_id,
      status: "acknowledged",
      callback_type: callbackType,
      ...(wait.choices && { choices: wait.choices }),
      ...(modal && { modal, modal_id: interaction_id }),
    };
  }

  function begin(person: Person, act: Act) {
    const interaction: KeptInteraction = {
      id: state.mintId(),
      // A token is read as one part of a path, which Fastify limits to 100 characters.
      token: state.randomText(60),
      type: act.type,
      name: act.name,
      userId: person.id,
      channelId: act.channelId,
      messageId: act.message?.id ?? null,
      focusedType: act.focusedType ?? null,
      metadata: {},
      createdAtMs: state.nowMs(),
      callbackType: null,
      acknowledgedAtMs: null,
      originalId: null,
      modal: null,
    };
    const recipient = recipientOf(data, act.channelId);
    const owners = { "0": recipient ? "0" : data.guildId };
    interaction.metadata = {
      id: interaction.id,
      type: act.type,
      user: userObject(person),
      authorizing_integration_owners: owners,
      // Sent by Discord beside what its documents list: its own client shows which command it was.
      ...(act.type === command && { name: act.name }),
      ...(act.type === modalSubmit
        ? { triggering_interaction_metadata: act.opener?.metadata }
        : act.message && { interacted_message_id: act.message.id }),
    };
    data.interactions.push(interaction);

    // The message is checked against the documents elsewhere; all the rest at compile time here.
    const common: Omit<APIBaseInteraction<InteractionType, object>, "message"> = {
      id: interaction.id,
      application_id: data.applicationId,
      type: act.type,
      token: interaction.token,
      version: 1,
      data: act.data,
      channel_id: act.channelId,
      app_permissions: botPermissions,
      locale: person.locale,
      entitlements: [],
      authorizing_integration_owners: owners,
      attachment_size_limit: attachmentSizeLimit,
      ...(recipient
        ? {
            context: 1,
            user: userObject(person),
            channel: directChannel(data, act.channelId, recipient),
          }
        : {
            context: 0,
            member: memberObject(person),
            guild_id: data.guildId,
            guild: { id: data.guildId, locale: guildLocale, features: [] },
            guild_locale: guildLocale,
            channel: guildChannel(data),
          }),
    };
    const message = act.message && messages.render(act.message);
    return { interaction, payload: { ...common, ...(message && { message }) } };
  }

  function answer(id: string, token: string, body: Body): object {
    const interaction = data.interactions.findLast((it) => it.id === id && it.token === token);
    if (!interaction) throw refusal("unknown_interaction");
    if (interaction.callbackType !== null) throw refusal("already_acknowledged");
    const nowMs = state.nowMs();
    if (nowMs - interaction.createdAtMs >= patienceMs) throw refusal("unknown_interaction");

    const callback = parseForm(callbackFormOf(interaction), body.json);
    carryOut(interaction, callback.type, callback.data, body.uploads);
    interaction.callbackType = callback.type;
    interaction.acknowledgedAtMs = nowMs;
    waiting.get(id)?.answered();
    return describe(interaction);
  }

  function carryOut(
    interaction: KeptInteraction,
    type: number,
    content: unknown,
    uploads: Upload[],
  ): void {
    const at = ["data"];
    switch (type) {
      case answerMessage: {
        const form = parseForm(messageForms.reply, content, at);
        interaction.originalId = messages.post(
          placement(interaction, form.flags),
          form,
          uploads,
          at,
        ).id;
        return;
      }
      case deferMessage: {
        const { flags } = parseForm(deferredForm, content ?? {}, at);
        interaction.originalId = messages.postThinking(placement(interaction, flags)).id;
        return;
      }
      case deferUpdate:
        interaction.originalId = interaction.messageId;
        return;
      case updateMessage: {
        const form = parseForm(messageForms.edit, content, at);
        const message = messages.find(interaction.messageId);
        if (!message) throw refusal("unknown_message");
        messages.edit(message, form, uploads, at);
        interaction.originalId = message.id;
        return;
      }
      case giveChoices: {
        const form = choicesForms.get(interaction.focusedType ?? 3);
        if (form === undefined) throw new Error("only texts and numbers are suggested");
        const { choices } = parseForm(form, content, at);
        const wait = waiting.get(interaction.id);
        if (wait) wait.choices = choices;
        return;
      }
      case openModal:
        interaction.modal = parseForm(modalForm, content, at);
    }
  }

  function placement(interaction: KeptInteraction, flags: number | null | undefined): Placement {
    const ephemeral = ((flags ?? 0) & ephemeralFlag) !== 0;
    return {
      channelId: interaction.channelId,
      visibleTo: ephemeral ? interaction.userId : null,
      // 20 is the answer to a slash command.
      type: interaction.type === command ? 20 : 0,
      metadata: interaction.metadata,
    };
  }

  function describe(interaction: KeptInteraction): object {
    const message = messages.find(interaction.originalId);
    return {
      interaction: {
        id: interaction.id,
        type: interaction.type,
        ...(message && {
          response_message_id: message.id,
          response_message_loading: interaction.callbackType === deferMessage,
          response_message_ephemeral: message.visibleTo !== null,
        }),
      },
      ...(message &&
        interaction.callbackType !== deferUpdate && {
          resource: {
            type: interaction.callbackType === updateMessage ? updateMessage : answerMessage,
            message: messages.render(message),
          },
        }),
    };
  }

  return {
    start,
    answer,
    byToken(token) {
      const interaction = data.interactions.findLast((it) => it.token === token);
      if (!interaction) throw refusal("invalid_webhook_token");
      if (state.nowMs() - interaction.createdAtMs > tokenLifeMs)
        throw refusal("invalid_webhook_token");
      if (interaction.callbackType === null) throw refusal("unknown_webhook");
      return interaction;
    },
    followUp(interaction, form, uploads) {
      const original = messages.find(interaction.originalId);
      // Deprecated, but so it is: the first follow-up after a deferral fills the waiting message.
      const fills = interaction.callbackType === deferMessage && original?.editedAtMs === null;
      if (original && fills) return messages.edit(original, form, uploads, []);
      const { originalId } = interaction;
      const metadata = {
        ...interaction.metadata,
        ...(originalId && { original_response_message_id: originalId }),
      };
      return messages.post(
        { ...placement(interaction, form.flags), type: 0, metadata },
        form,
        uploads,
        [],
      );
    },
  };
}
