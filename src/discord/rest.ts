/** Rest: the clients of Discord's REST API, one for the bot and one for answers. */
import { REST } from "@discordjs/rest";

export interface DiscordCredentials {
  /** `https://discord.com/api`, or the simulator's. */
  readonly apiUrl: string;
  readonly token: string;
  readonly applicationId: string;
}

/** The client of Discord's REST API for one bot, at most 50 requests a second. */
export function openRest({ apiUrl, token }: DiscordCredentials): REST {
  return new REST({ version: "10", api: apiUrl }).setToken(token);
}

/**
 * The client for what answers an interaction. That carries the interaction's own token, and the limit of
 * a bot's other requests is not for it (contracts: discord.md §4.6): a busy shop would answer late.
 */
export function openInteractionRest({ apiUrl }: DiscordCredentials): REST {
  const globalRequestsPerSecond = Number.MAX_SAFE_INTEGER;
  // Trying again is the responder's, who must know that it did.
  return new REST({ version: "10", api: apiUrl, globalRequestsPerSecond, retries: 0 });
}
