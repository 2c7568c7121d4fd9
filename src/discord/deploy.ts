/** Deploy: the slash commands as Discord knows them, registered when their definition has changed. */
import { createHash } from "node:crypto";
import { API } from "@discordjs/core";
import { DiscordAPIError, type REST } from "@discordjs/rest";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { commandDefinitions } from "./commands/definitions.ts";
import { keepDeployment, selectDeployment } from "./repository.ts";

/** Messages, embeds, files, and the private threads and roles of a shop (contracts: discord.md §4.5). */
const permissions = "361045806080";

/**
 * Registers the commands unless Discord has them as they are. `again` registers them in any case.
 * Resolves to their names when it did, to undefined when there was nothing to do. Throws a sentence
 * with what to do when Discord refuses.
 */
export async function deployCommands(
  db: Database,
  deps: { clock: Clock; rest: REST },
  { applicationId, again = false }: { applicationId: string; again?: boolean },
): Promise<string[] | undefined> {
  const { applicationCommands } = new API(deps.rest);
  const names = commandDefinitions.map((command) => command.name);
  const hash = createHash("sha256").update(JSON.stringify(commandDefinitions)).digest("hex");
  if (!again && (await selectDeployment(db, applicationId)) === hash) {
    // Somebody may have removed some by other means.
    const there = await applicationCommands.getGlobalCommands(applicationId).catch(explain);
    const known = new Set(there.map((command) => command.name));
    if (known.size === names.length && names.every((name) => known.has(name))) return undefined;
  }
  await applicationCommands
    .bulkOverwriteGlobalCommands(applicationId, commandDefinitions)
    .catch(explain);
  await keepDeployment(db, applicationId, hash, deps.clock.now());
  return names;
}

function explain(error: unknown): never {
  if (!(error instanceof DiscordAPIError)) throw error;
  const advice =
    error.status === 401
      ? "DISCORD_TOKEN is not a token of this bot: reset it in the developer portal"
      : "`konter doctor` says what is set up wrongly";
  throw new Error(`Discord refuses the commands (${error.message}): ${advice}`, { cause: error });
}

/** The address at which a server's owner takes the bot in. */
export function inviteUrl(applicationId: string): string {
  const url = new URL("https://discord.com/oauth2/authorize");
  const scope = "bot applications.commands";
  url.search = new URLSearchParams({ client_id: applicationId, permissions, scope }).toString();
  return url.href;
}
