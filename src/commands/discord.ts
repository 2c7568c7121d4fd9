/** `konter discord`: the bot's commands at Discord, and the way into a server. */
import { recordAct } from "../audit/record.ts";
import { type Config, readConfig } from "../config.ts";
import { inTransaction } from "../platform/db.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { asOperator, withShop } from "./operator.ts";
import type { Terminal } from "./terminal.ts";

export const discord: Command = {
  usage: "discord deploy [--again] | invite",
  summary: "register the bot's slash commands, or print the link that takes it into a server",
  details: `\`konter start\` registers them too when it starts.
  deploy    tells Discord the commands, when they have changed since they were told last
  --again   tells them in any case
  invite    the link for a server's owner, with the permissions of a shop; it is never an administrator`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { again: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [verb = "", ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much`);
    if (verb !== "deploy" && verb !== "invite") throw new UsageError("say deploy or invite");
    if (values.again && verb !== "deploy") throw new UsageError("--again belongs to deploy");
    const credentials = credentialsOf(readConfig(terminal.env));
    if (verb === "deploy") return deploy(terminal, credentials, values.again);
    // Loaded when it is needed: every other command starts faster without Discord's library.
    const { inviteUrl } = await import("../discord/deploy.ts");
    terminal.print(inviteUrl(credentials.applicationId));
  },
};

type Credentials = ReturnType<typeof credentialsOf>;

function credentialsOf({ parties, simulators }: Config) {
  const party = parties.discord ?? simulators?.discord;
  if (party === undefined) {
    throw new Error(
      "This shop plays Discord itself, and `konter start` tells it the commands. For a real bot set " +
        "DISCORD_TOKEN and DISCORD_APPLICATION_ID (docs/discord.md)",
    );
  }
  const { base_url: apiUrl, token, application_id: applicationId } = party;
  return { apiUrl, token, applicationId };
}

async function deploy(terminal: Terminal, credentials: Credentials, again: boolean): Promise<void> {
  const { applicationId } = credentials;
  const { deployCommands } = await import("../discord/deploy.ts");
  const { openRest } = await import("../discord/rest.ts");
  await withShop(terminal, async (shop) => {
    const rest = openRest(credentials);
    const names = await deployCommands(shop.db, { ...shop, rest }, { applicationId, again });
    if (names === undefined) {
      return terminal.print(
        "They have not changed since this shop registered them. Nothing was done; --again does it.",
      );
    }
    const object = `application:${applicationId}`;
    await inTransaction(shop.db, (tx) =>
      recordAct(tx, shop, asOperator({ action: "discord.deploy", object })),
    );
    terminal.print(`Registered: ${names.map((name) => `/${name}`).join(" ")}`);
  });
}
