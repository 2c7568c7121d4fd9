/** `konter start`: the shop with its sandbox world and playground. */
import { readConfig } from "../config.ts";
import { startStore } from "../main.ts";
import { createLog } from "../platform/log.ts";
import { stopOnSignal } from "../platform/stop.ts";
import { type Command, fail, print, readArgs, say } from "./command.ts";

export const start: Command = {
  usage: "start",
  summary: "run the shop with its sandbox world and playground",
  async run(args) {
    readArgs(args, {});
    const config = readConfig(process.env);
    const log = createLog({ level: config.logLevel, terminal: process.stderr.isTTY });
    const store = await startStore({ config, log, onFatal: fail });
    print(`Konter is ready.

  Playground  ${store.url}/playground/
  Prices      ${store.url}/api/v1/game/price/ml
  Data        ${config.databaseUrl === undefined ? config.dataDir : "the database of DATABASE_URL"}

Everything here is a sandbox: pretend money, pretend goods. Press Ctrl-C to stop.`);
    stopOnSignal(() => store.stop(), say);
  },
};
