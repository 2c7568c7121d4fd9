/** `konter migrate`: brings the database up to this version. */
import { readConfig } from "../config.ts";
import { openStoreDatabase } from "../database.ts";
import { createClock } from "../platform/clock.ts";
import { type Command, readArgs } from "./command.ts";

export const migrate: Command = {
  usage: "migrate",
  summary: "bring the database up to this version",
  details: "Forward only, and safe to run twice. `konter start` does it too.",
  async run(args, terminal) {
    readArgs(args, {});
    const { migrated, close } = await openStoreDatabase(readConfig(terminal.env), createClock());
    await close();
    const changed = [...migrated.migrations, ...migrated.functions];
    terminal.print(
      changed.length === 0 ? "The database is up to date." : `Applied:\n${changed.join("\n")}`,
    );
  },
};
