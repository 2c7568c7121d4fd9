/** Operator: who works behind the counter of a test world, at its terminal or in its own time. */
import { restock } from "../src/inventory/stock.ts";
import { inTransaction } from "../src/platform/db.ts";
import { createIds } from "../src/platform/ids.ts";
import { createLog } from "../src/platform/log.ts";
import { createRandom } from "../src/platform/random.ts";
import { konter } from "./konter.ts";
import type { World } from "./world.ts";

/** What use cases are given when a test calls them in the world's own time. */
export function operatorDeps({ clock, publish }: World) {
  const ids = createIds(clock, createRandom());
  return { clock, ids, publish, log: createLog({ level: "silent", terminal: false }) };
}

/** `konter ARGS` as a person types it, and what follows from it; `said` is all that they read. */
export async function typeCommand(world: World, args: readonly string[]) {
  const ran = await konter(args, { DATABASE_URL: world.databaseUrl });
  await world.untilQuiet();
  return { ...ran, said: `${ran.stdout}${ran.stderr}` };
}

/** Puts more of a SKU on the shelf, and money at the supplier, than a test can sell. */
export async function stockUp(world: World, skuCode: string) {
  const sku = await world.db
    .selectFrom("skus")
    .select(["id as skuId", "code as skuCode"])
    .where("code", "=", skuCode)
    .executeTakeFirstOrThrow();
  const stock = { ...sku, onHand: 100_000, actor: "operator" } as const;
  await inTransaction(world.db, (tx) => restock(tx, world, stock));
  await world.digiflazz.control("balance", { balance: 1_000_000_000 });
  return sku;
}
