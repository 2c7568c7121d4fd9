/** `konter start`: the shop, in its sandbox world with a playground, or live. */
import { type Config, readConfig } from "../config.ts";
import type { Store } from "../main.ts";
import { knownParties, partyNames } from "../party-settings.ts";
import { createLog } from "../platform/log.ts";
import { stopOnSignal } from "../platform/stop.ts";
import { textTable } from "../platform/table.ts";
import { type Command, failOn, readArgs } from "./command.ts";

export const start: Command = {
  usage: "start",
  summary: "run the shop: a sandbox with its playground, or live with KONTER_ENV=production",
  async run(args, terminal) {
    readArgs(args, {});
    const config = readConfig(terminal.env);
    // The whole shop is loaded for this command only: the others answer half a second sooner.
    const { startStore } = await import("../main.ts");
    const log = createLog({ level: config.logLevel, terminal: terminal.screen });
    const starting = startStore({ config, log, onFatal: failOn(terminal) });
    // From its first step on: what has begun to start is ended in order too.
    stopOnSignal(async () => (await starting).stop(), terminal.say);
    terminal.print(welcome(config, await starting));
  },
};

function welcome(config: Config, store: Store): string {
  const { environment, publicUrl, databaseUrl, dataDir } = config;
  const real = partyNames
    .filter((name) => store.standings[name] !== "simulator")
    .map((name) => `${knownParties[name].label} (${store.standings[name]})`);
  const rows = [
    ...(store.playgroundUrl === undefined ? [] : [["Playground", store.playgroundUrl]]),
    ["Prices", `${store.url}/api/v1/game/price/ml`],
    ...(publicUrl === undefined ? [] : [["Public", publicUrl]]),
    ["Data", databaseUrl === undefined ? dataDir : "the database of DATABASE_URL"],
    ...(real.length === 0 ? [] : [["Parties", real.join(", ")]]),
  ];
  const world =
    environment === "production"
      ? "This is a live shop: real money, real goods."
      : "Everything here is a sandbox: pretend money, pretend goods.";
  const table = textTable(rows, 2).replace(/^/gm, "  ");
  return `Konter is ready.\n\n${table}\n\n${world} Press Ctrl-C to stop.`;
}
