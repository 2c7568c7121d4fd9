/** `konter seed`: what is missing of the seed catalog. */
import { renderPreview } from "../catalog/preview.ts";
import { seedShop } from "../seed.ts";
import { type Command, readArgs } from "./command.ts";
import { withShop } from "./operator.ts";

export const seed: Command = {
  usage: "seed [--preview]",
  summary: "add what is missing of the seed catalog",
  details: `Changes nothing that is there, so it is safe to run twice. \`konter start\` does it too.
  --preview   only show the seed: a table per game, its mark-up and its projected turnover`,
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { preview: { type: "boolean" } } });
    if (values.preview) return terminal.print(renderPreview());
    await withShop(terminal, async (shop) => {
      const added = await seedShop(shop.db, shop, shop.config.environment);
      const none = "Nothing to add: the seed is there.";
      terminal.print(added.length === 0 ? none : `Added ${added.join(", ")}.`);
    });
  },
};
