/** What Discord remembers: one object that fits in a JSON file, and the ids and tokens it hands out. */
import { Locale, type Permissions } from "discord-api-types/v10";
import { openBooks } from "../books.ts";
import type { SimulatedClock } from "../clock.ts";
import type { Command } from "./command-rules.ts";
import type { ComponentRow, Embed } from "./message-rules.ts";
import type { Modal } from "./modal-rules.ts";

export interface Person {
  id: string;
  username: string;
  global_name: string;
  locale: Locale;
  permissions: Permissions;
  /** Takes no direct messages from bots. */
  closed?: boolean;
}

export interface KeptFile {
  id: string;
  filename: string;
  description: string | undefined;
  contentType: string;
  size: number;
  base64: string;
}

export interface KeptMessage {
  id: string;
  type: number;
  channelId: string;
  /** The one user who sees an ephemeral message; null when the whole channel does. */
  visibleTo: string | null;
  content: string;
  embeds: Embed[];
  components: ComponentRow[];
  files: KeptFile[];
  flags: number;
  nonce: string | number | null;
  createdAtMs: number;
  editedAtMs: number | null;
  /** Discord's interaction_metadata; null when no interaction led to the message. */
  metadata: object | null;
}

export interface KeptInteraction {
  id: string;
  token: string;
  type: number;
  /** The command's name, or the custom_id of the component or modal. */
  name: string;
  userId: string;
  channelId: string;
  /** The message of a component, and of a modal that was opened from one. */
  messageId: string | null;
  /** The option being completed; autocomplete only. */
  focusedType: number | null;
  metadata: object;
  createdAtMs: number;
  callbackType: number | null;
  acknowledgedAtMs: number | null;
  originalId: string | null;
  modal: Modal | null;
}

interface Refused {
  at: string;
  route: string;
  code: number;
  errors?: unknown;
}

interface DiscordBooks {
  counter: number;
  token: string;
  applicationId: string;
  guildId: string;
  channelId: string;
  /** Seen by the server's owner alone. */
  staffChannelId: string;
  people: Person[];
  /** user id → id of the direct message channel the bot opened */
  directChannels: Record<string, string>;
  commands: Command[];
  messages: KeptMessage[];
  /** channel id → id of the last message that all of it could see */
  lastMessageIds: Record<string, string>;
  interactions: KeptInteraction[];
  requests: Record<string, number>;
  refused: Refused[];
}

export interface State {
  readonly data: DiscordBooks;
  readonly clock: SimulatedClock;
  nowMs(): number;
  mintId(): string;
  randomText(byteCount: number): string;
  save(): void;
}

// The file is written whole at each change, so what nobody can act on any more must not pile up.
const keptCount = 1_000;
const ownerName = "pemilik";
const tokenLifeMs = 15 * 60_000;
const discordEpochMs = 1_420_070_400_000;
// VIEW_CHANNEL, SEND_MESSAGES, READ_MESSAGE_HISTORY and USE_APPLICATION_COMMANDS.
const buyerPermissions = String((1n << 10n) | (1n << 11n) | (1n << 16n) | (1n << 31n));
const ownerPermissions = String((1n << 53n) - 1n);

export function openState(options: {
  clock: SimulatedClock;
  randomBytes(length: number): Uint8Array;
  booksFile?: string | undefined;
}): State {
  const { clock } = options;
  const nowMs = () => clock.now().getTime();
  const randomText = (byteCount: number) =>
    Buffer.from(options.randomBytes(byteCount)).toString("base64url");
  // A snowflake is the time in ms since 2015 in the upper bits and a counter in the lower 22.
  const snowflake = (count: number) =>
    String((BigInt(nowMs() - discordEpochMs) << 22n) | BigInt(count & 0x3fffff));
  const person = (count: number, username: string, global_name: string): Person => ({
    id: snowflake(count),
    username,
    global_name,
    locale: Locale.Indonesian,
    permissions: username === ownerName ? ownerPermissions : buyerPermissions,
  });

  const { data, save } = openBooks<DiscordBooks>(options.booksFile, () => ({
    counter: 7,
    token: [randomText(18), randomText(4), randomText(28)].join("."),
    applicationId: snowflake(1),
    guildId: snowflake(2),
    channelId: snowflake(3),
    staffChannelId: snowflake(6),
    people: [
      person(4, "pembeli", "Pembeli"),
      person(5, "pembeli2", "Pembeli Dua"),
      person(7, ownerName, "Pemilik"),
    ],
    directChannels: {},
    commands: [],
    messages: [],
    lastMessageIds: {},
    interactions: [],
    requests: {},
    refused: [],
  }));

  // Books of an earlier version knew none of these.
  data.lastMessageIds ??= {};
  data.staffChannelId ??= snowflake(++data.counter);
  if (data.people.every(({ username }) => username !== ownerName)) {
    data.people.push(person(++data.counter, ownerName, "Pemilik"));
  }

  function prune(): void {
    const surplus = data.interactions.length - keptCount;
    const oldestMs = data.interactions[0]?.createdAtMs ?? nowMs();
    if (surplus > 0 && nowMs() - oldestMs > tokenLifeMs) {
      const spent = data.interactions
        .slice(0, surplus)
        .filter((interaction) => nowMs() - interaction.createdAtMs > tokenLifeMs);
      data.interactions.splice(0, spent.length);
      // Only ephemeral messages: a direct message is the buyer's receipt and can still be edited.
      const alive = new Set(data.interactions.map((interaction) => interaction.originalId));
      const oldest = data.interactions[0]?.createdAtMs ?? 0;
      data.messages = data.messages.filter(
        (message) =>
          message.visibleTo === null || message.createdAtMs >= oldest || alive.has(message.id),
      );
    }
    data.refused.splice(0, data.refused.length - keptCount);
  }

  return {
    data,
    clock,
    nowMs,
    randomText,
    mintId: () => snowflake(++data.counter),
    save() {
      prune();
      save();
    },
  };
}

/** Whose server it is. */
export function ownerOf(data: DiscordBooks): Person {
  const owner = data.people.find((person) => person.username === ownerName);
  if (owner === undefined) throw new Error("the server has no owner");
  return owner;
}

export function findPerson(state: State, id: string | undefined): Person | undefined {
  return state.data.people.find((person) => person.id === id);
}
