/** Seed: a new sandbox store's catalog, stock, supplier codes and the owner's money. */
import { seedCatalog, seedStock } from "./catalog/seed.ts";
import { stockNewSku } from "./inventory/stock.ts";
import { post } from "./ledger/transfer.ts";
import type { Clock } from "./platform/clock.ts";
import { type Database, inTransaction } from "./platform/db.ts";
import type { Ids } from "./platform/ids.ts";
import { stampSandbox } from "./platform/store.ts";
import { mapSupplierSku } from "./suppliers/purchase.ts";
import { digiflazzSeedSkus } from "./suppliers/seed.ts";

// What the simulated Digiflazz holds for us at the start.
const sandboxFloatIdr = 10_000_000n;

/** Safe to run twice: what is there is left as it is. Returns the codes of the SKUs it added. */
export async function seedSandbox(
  db: Database,
  deps: { clock: Clock; ids: Ids },
): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    await stampSandbox(tx, deps.clock.now());
    const added = await seedCatalog(tx, deps);
    for (const [code, skuId] of added) {
      await stockNewSku(tx, deps, { skuId, onHand: seedStock.onHand, actor: "seed" });
      const supplierSku = digiflazzSeedSkus[code];
      if (supplierSku !== undefined) {
        await mapSupplierSku(tx, { supplier: "digiflazz", skuId, supplierSku });
      }
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
    return [...added.keys()];
  });
}
