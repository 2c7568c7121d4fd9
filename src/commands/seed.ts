/** `konter seed`: what is missing of the seed catalog. */
import { renderPreview } from "../catalog/preview.ts";
import { readConfig } from "../config.ts";
import { openStoreDatabase } from "../database.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createRandom } from "../platform/random.ts";
import { seedSandbox } from "../seed.ts";
import { type Command, fail, print, readArgs } from "./command.ts";

export const seed: Command = {
  usage: "seed [--preview]",
  summary: "add what is missing of the seed catalog",
  details: `Changes nothing that is there, so it is safe to run twice. \`konter start\` does it too.
  --preview   only show the seed: a table per game, its mark-up and its projected turnover`,
  async run(args) {
    const { values } = readArgs(args, { options: { preview: { type: "boolean" } } });
    if (values.preview) return print(renderPreview());
    const { connectionString, close } = await openStoreDatabase(readConfig(process.env));
    const db = openDatabase({ connectionString, poolSize: 1, onPoolError: fail });
    try {
      const clock = createSandboxClock({});
      const added = await seedSandbox(db, { clock, ids: createIds(clock, createRandom()) });
      const none = "Nothing to add: the seed is there.";
      print(added.length === 0 ? none : `Added ${added.join(", ")}.`);
    } finally {
      await db.destroy();
      await close();
    }
  },
};
