/** Seed: what a new shop begins with. Only a sandbox is given stock and money, which are pretend. */
import { seedCatalog, seedStock } from "./catalog/seed.ts";
import { stockNewSku } from "./inventory/stock.ts";
import { post } from "./ledger/transfer.ts";
import type { Clock } from "./platform/clock.ts";
import { type Database, inTransaction, type Tx } from "./platform/db.ts";
import type { Ids } from "./platform/ids.ts";
import type { Environment } from "./platform/store.ts";
import { mapSupplierSku } from "./suppliers/purchase.ts";
import { digiflazzSeedSkus } from "./suppliers/seed.ts";

// What the simulated Digiflazz holds for us at the start.
const sandboxFloatIdr = 10_000_000n;

/** Safe to run twice: what is there is left as it is. Returns the codes of the SKUs it added. */
export async function seedShop(
  db: Database,
  deps: { clock: Clock; ids: Ids },
  environment: Environment,
): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    const added = await seedCatalog(tx, deps);
    for (const [code, skuId] of added) {
      const supplierSku = digiflazzSeedSkus[code];
      if (supplierSku !== undefined) {
        await mapSupplierSku(tx, { supplier: "digiflazz", skuId, supplierSku });
      }
    }
    if (environment === "sandbox") await seedPretence(tx, deps, [...added.values()]);
    return [...added.keys()];
  });
}

async function seedPretence(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  skuIds: readonly number[],
): Promise<void> {
  for (const skuId of skuIds) {
    await stockNewSku(tx, deps, { skuId, onHand: seedStock.onHand, actor: "seed" });
  }
  await post(tx, deps, [
    {
      debit: "bank",
      credit: "capital",
      amountIdr: sandboxFloatIdr,
      key: "seed:capital",
      reason: "owner's money in",
    },
    {
      debit: "float:digiflazz",
      credit: "bank",
      amountIdr: sandboxFloatIdr,
      key: "seed:float",
      reason: "float deposit",
    },
  ]);
}
