/** The conversation: messages posted, changed and deleted, who sees them, and how they look outside. */
import { MessageFlags } from "discord-api-types/v10";
import { type Path, refusal } from "./errors.ts";
import { botUser, recipientOf } from "./identity.ts";
import type { ComponentRow, Embed, MessageForm } from "./message-rules.ts";
import { type KeptFile, type KeptMessage, ownerOf, type State } from "./state.ts";
import {
  checkPictures,
  chooseFiles,
  fileNamed,
  picturesOf,
  pngSize,
  type Upload,
} from "./uploads.ts";

export type ConversationEvent =
  | { type: "message"; message: object }
  | { type: "message_deleted"; id: string };

export interface Messages {
  find(id: string | null): KeptMessage | undefined;
  post(where: Placement, form: MessageForm, uploads: Upload[], at: Path): KeptMessage;
  /** The "is thinking…" message of a deferred reply. */
  postThinking(where: Placement): KeptMessage;
  edit(message: KeptMessage, form: MessageForm, uploads: Upload[], at: Path): KeptMessage;
  remove(message: KeptMessage): void;
  sees(message: KeptMessage, userId: string): boolean;
  seenBy(userId: string): object[];
  render(message: KeptMessage): object;
  file(id: string): KeptFile | undefined;
}

export interface Placement {
  channelId: string;
  visibleTo: string | null;
  type: number;
  metadata: object | null;
}

// "The past few minutes" of enforce_nonce.
const nonceMemoryMs = 5 * 60_000;

export function createMessages(
  state: State,
  baseUrl: () => string,
  announce: (event: ConversationEvent, seesIt: (userId: string) => boolean) => void,
): Messages {
  const { data } = state;

  function sees(message: KeptMessage, userId: string): boolean {
    if (message.visibleTo !== null) return message.visibleTo === userId;
    if (message.channelId === data.staffChannelId) return userId === ownerOf(data).id;
    const recipient = recipientOf(data, message.channelId);
    return recipient === undefined || recipient.id === userId;
  }

  function changed(message: KeptMessage): KeptMessage {
    announce({ type: "message", message: render(message) }, (userId) => sees(message, userId));
    return message;
  }

  function add(where: Placement, content: Partial<KeptMessage>): KeptMessage {
    const message: KeptMessage = {
      id: state.mintId(),
      ...where,
      content: "",
      embeds: [],
      components: [],
      files: [],
      flags: 0,
      nonce: null,
      createdAtMs: state.nowMs(),
      editedAtMs: null,
      ...content,
    };
    data.messages.push(message);
    if (message.visibleTo === null) data.lastMessageIds[message.channelId] = message.id;
    return changed(message);
  }

  function repeated({ nonce, enforce_nonce }: MessageForm): KeptMessage | undefined {
    if (!enforce_nonce || nonce == null) return undefined;
    const since = state.nowMs() - nonceMemoryMs;
    return data.messages.findLast((it) => it.nonce === nonce && it.createdAtMs >= since);
  }

  /** What `form` makes of a message, checked as a whole. */
  function compose(
    before: KeptMessage | undefined,
    form: MessageForm,
    uploads: Upload[],
    at: Path,
  ) {
    const next = {
      content: form.content === undefined ? (before?.content ?? "") : (form.content ?? ""),
      embeds: form.embeds === undefined ? (before?.embeds ?? []) : (form.embeds ?? []),
      components:
        form.components === undefined
          ? (before?.components ?? [])
          : numberComponents(form.components ?? []),
      files: chooseFiles(before?.files ?? [], form.attachments, uploads, {
        mintId: state.mintId,
        at,
      }),
    };
    checkPictures(next.embeds, next.files, at);
    const parts = [next.content.trim(), next.embeds, next.components, next.files];
    if (parts.every((part) => part.length === 0)) throw refusal("empty_message");
    return next;
  }

  function render(message: KeptMessage): object {
    const used = new Set(
      message.embeds.flatMap((it) =>
        picturesOf(it).map(({ url }) => fileNamed(message.files, url)),
      ),
    );
    return {
      id: message.id,
      type: message.type,
      channel_id: message.channelId,
      author: botUser(data),
      content: message.content,
      timestamp: new Date(message.createdAtMs).toISOString(),
      edited_timestamp:
        message.editedAtMs === null ? null : new Date(message.editedAtMs).toISOString(),
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      // A picture that an embed shows is not listed a second time.
      attachments: message.files
        .filter((file) => !used.has(file))
        .map((file) => renderFile(message, file)),
      embeds: message.embeds.map((embed) => renderEmbed(message, embed)),
      components: message.components,
      pinned: false,
      flags: message.flags,
      ...(message.nonce !== null && { nonce: message.nonce }),
      ...(message.metadata && {
        application_id: data.applicationId,
        webhook_id: data.applicationId,
        interaction_metadata: message.metadata,
      }),
    };
  }

  function renderFile(message: KeptMessage, file: KeptFile) {
    const url = `${baseUrl()}/cdn/attachments/${message.channelId}/${file.id}/${file.filename}`;
    return {
      id: file.id,
      filename: file.filename,
      size: file.size,
      url,
      proxy_url: url,
      content_type: file.contentType,
      ...pngSize(file),
      ...(file.description !== undefined && { description: file.description }),
      ...(message.visibleTo !== null && { ephemeral: true }),
    };
  }

  function renderEmbed(message: KeptMessage, embed: Embed): object {
    const picture = (url: string | undefined) => {
      if (url === undefined) return undefined;
      const file = fileNamed(message.files, url);
      const shown = file && renderFile(message, file);
      return {
        url: shown?.url ?? url,
        proxy_url: shown?.url ?? url,
        ...(file && pngSize(file)),
        ...(file?.description !== undefined && { description: file.description }),
      };
    };
    const icon = (url: string | undefined) => ({ icon_url: picture(url)?.url });
    return {
      type: "rich",
      ...embed,
      image: picture(embed.image?.url),
      thumbnail: picture(embed.thumbnail?.url),
      author: embed.author && { ...embed.author, ...icon(embed.author.icon_url) },
      footer: embed.footer && { ...embed.footer, ...icon(embed.footer.icon_url) },
    };
  }

  return {
    find: (id) => data.messages.findLast((message) => message.id === id),
    render,
    sees,
    post(where, form, uploads, at) {
      const same = repeated(form);
      if (same) return same;
      const ephemeral = where.visibleTo === null ? 0 : MessageFlags.Ephemeral;
      const composed = compose(undefined, form, uploads, at);
      return add(where, {
        ...composed,
        flags: (form.flags ?? 0) | ephemeral,
        nonce: form.nonce ?? null,
      });
    },
    postThinking(where) {
      const ephemeral = where.visibleTo === null ? 0 : MessageFlags.Ephemeral;
      return add(where, { flags: MessageFlags.Loading | ephemeral });
    },
    edit(message, form, uploads, at) {
      Object.assign(message, compose(message, form, uploads, at));
      const settable = MessageFlags.SuppressEmbeds;
      if (form.flags != null) message.flags = (message.flags & ~settable) | (form.flags & settable);
      message.flags &= ~MessageFlags.Loading;
      message.editedAtMs = state.nowMs();
      return changed(message);
    },
    remove(message) {
      data.messages.splice(data.messages.indexOf(message), 1);
      announce({ type: "message_deleted", id: message.id }, (userId) => sees(message, userId));
    },
    seenBy: (userId) => data.messages.filter((message) => sees(message, userId)).map(render),
    file: (id) => data.messages.flatMap((message) => message.files).find((file) => file.id === id),
  };
}

/** Discord gives every component that has no id of its own the next free number. */
function numberComponents(rows: ComponentRow[]): ComponentRow[] {
  const taken = new Set(
    rows.flatMap((row) => [row.id, ...row.components.map((child) => child.id)]),
  );
  let last = 0;
  const next = () => {
    do last += 1;
    while (taken.has(last));
    return last;
  };
  return rows.map((row) => ({
    ...row,
    id: row.id ?? next(),
    components: row.components.map((child) => ({ ...child, id: child.id ?? next() })),
  }));
}
