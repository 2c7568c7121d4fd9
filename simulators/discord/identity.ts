/** Who and where, as Discord's objects: the bot, the people, the one server and its channels. Pure. */
import { ApplicationFlags, ChannelType, GuildMemberFlags, Locale } from "discord-api-types/v10";
import { ownerOf, type Person, type State } from "./state.ts";

type Data = State["data"];

export const guildName = "Toko Demo";
export const channelName = "top-up";
export const staffChannelName = "staf";
export const guildLocale = Locale.Indonesian;
// What the invite of the documents grants the bot (discord.md §4.5).
export const botPermissions = "361045806080";
const botName = "Konter";
const foundedAt = "2025-01-01T00:00:00.000Z";

export function userObject(person: Pick<Person, "id" | "username" | "global_name">) {
  return {
    id: person.id,
    username: person.username,
    global_name: person.global_name,
    discriminator: "0",
    avatar: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
  };
}

/** The bot's user has the id of its application, as with every application of today. */
export function botUser(data: Data) {
  const user = { id: data.applicationId, username: botName, global_name: botName };
  return { ...userObject(user), global_name: null, bot: true };
}

export function applicationObject(data: Data) {
  return {
    id: data.applicationId,
    name: botName,
    icon: null,
    description: "",
    type: null,
    flags: ApplicationFlags.ApplicationCommandBadge,
    flags_new: String(ApplicationFlags.ApplicationCommandBadge),
    bot: botUser(data),
    verify_key: "0".repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: userObject(ownerOf(data)),
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  };
}

export function memberObject(person: Person) {
  return {
    user: userObject(person),
    nick: null,
    avatar: null,
    banner: null,
    roles: [],
    joined_at: foundedAt,
    premium_since: null,
    communication_disabled_until: null,
    flags: GuildMemberFlags.CompletedOnboarding,
    pending: false,
    mute: false,
    deaf: false,
    permissions: person.permissions,
  };
}

export function guildChannel(data: Data, id: string = data.channelId) {
  const ofStaff = id === data.staffChannelId;
  return {
    id,
    type: ChannelType.GuildText as const,
    guild_id: data.guildId,
    name: ofStaff ? staffChannelName : channelName,
    position: ofStaff ? 1 : 0,
    parent_id: null,
    topic: null,
    nsfw: false,
    last_message_id: lastMessageId(data, id),
    rate_limit_per_user: 0,
    permission_overwrites: [],
    flags: 0,
  };
}

export function directChannel(data: Data, channelId: string, person: Person) {
  return {
    id: channelId,
    type: ChannelType.DM as const,
    last_message_id: lastMessageId(data, channelId),
    flags: 0,
    recipients: [userObject(person)],
  };
}

export function guildObject(data: Data) {
  const everyone = {
    id: data.guildId,
    name: "@everyone",
    permissions: botPermissions,
    position: 0,
  };
  return {
    id: data.guildId,
    name: guildName,
    icon: null,
    owner_id: ownerOf(data).id,
    preferred_locale: guildLocale,
    joined_at: foundedAt,
    large: false,
    unavailable: false,
    member_count: data.people.length + 1,
    features: [],
    roles: [{ ...everyone, color: 0, hoist: false, managed: false, mentionable: false, flags: 0 }],
    channels: [guildChannel(data), guildChannel(data, data.staffChannelId)],
    members: [],
    emojis: [],
    stickers: [],
    threads: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

/** True for the server's channels. */
export function isGuildChannel(data: Data, channelId: string): boolean {
  return channelId === data.channelId || channelId === data.staffChannelId;
}

/** Whose direct channel this is; undefined for the server's channel. */
export function recipientOf(data: Data, channelId: string): Person | undefined {
  return data.people.find((person) => data.directChannels[person.id] === channelId);
}

/** As in Discord, of a message that may be gone by now. */
function lastMessageId(data: Data, channelId: string): string | null {
  return data.lastMessageIds[channelId] ?? null;
}
