/** Publish: changes what is sold and for how much. A price is never edited, it gets its next version. */
import type { Act } from "../audit/act.ts";
import { recordAct } from "../audit/record.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { highestAmountIdr } from "./price.ts";
import { normalCode, type Offer } from "./product.ts";
import { insertPrice, lockSku, selectOffers, updateSku } from "./repository.ts";

/** What is to be different; the rest stays. */
export interface OfferChange {
  readonly name?: string;
  readonly priceIdr?: bigint;
  readonly costIdr?: bigint;
  readonly minStock?: number;
  readonly active?: boolean;
}

export interface PublishOffer extends Pick<Act, "actor" | "origin" | "reason" | "requestId"> {
  readonly skuCode: string;
  readonly change: OfferChange;
  /** Selling at a loss is a decision, not a slip. */
  readonly belowCost: "allowed" | "refused";
}

export type Published =
  | { readonly outcome: "published"; readonly before: Offer; readonly after: Offer }
  | { readonly outcome: "unchanged"; readonly before: Offer; readonly after: Offer }
  | { readonly outcome: "below_cost"; readonly priceIdr: bigint; readonly costIdr: bigint };

const longestName = 60; // a suggestion in Discord holds 100 characters, the price among them
const largestMinimum = 1_000_000;

/**
 * Changes one SKU and records who did. Quotes keep the price they were given. Refuses an unknown SKU
 * and a value that cannot be, naming its field.
 */
export async function publishOffer(
  tx: Tx,
  deps: { clock: Clock },
  input: PublishOffer,
): Promise<Published> {
  const { skuCode, change, belowCost, ...act } = input;
  checkChange(change);
  const skuId = await lockSku(tx, normalCode(skuCode));
  if (skuId === undefined) throw new Refusal("sku.unknown", { sku: skuCode });
  // Read after the lock, in a statement of its own, so that it sees what another change left.
  const before = await selectOffers(tx).where("skus.id", "=", skuId).executeTakeFirstOrThrow();
  const after = changed(before, change);
  const difference = compare(before, after);
  if (Object.keys(difference.after).length === 0)
    return { outcome: "unchanged", before, after: before };

  const { priceIdr, costIdr } = after;
  if (after.priceVersion !== before.priceVersion && after.priceVersion !== null) {
    if (priceIdr === null) throw invalid("price", "is missing: this SKU has none yet");
    if (costIdr === null) throw invalid("cost", "is missing: this SKU has none yet");
    if (priceIdr < costIdr && belowCost === "refused") {
      return { outcome: "below_cost", priceIdr, costIdr };
    }
    const version = after.priceVersion;
    await insertPrice(tx, { skuId, version, priceIdr, costIdr, validFrom: deps.clock.now() });
  }
  const { name, minStock, active } = after;
  await updateSku(tx, skuId, { name, min_stock: minStock, active });
  await recordAct(tx, deps, {
    ...act,
    action: "catalog.publish",
    object: `sku:${before.code}`,
    ...difference,
  });
  return { outcome: "published", before, after };
}

function checkChange({ name, priceIdr, costIdr, minStock }: OfferChange): void {
  for (const [field, amountIdr] of Object.entries({ price: priceIdr, cost: costIdr })) {
    if (amountIdr === undefined || (amountIdr > 0n && amountIdr <= highestAmountIdr)) continue;
    throw invalid(field, `is whole rupiah from Rp 1 to ${formatRupiah(highestAmountIdr)}`);
  }
  if (minStock !== undefined && !(minStock >= 0 && minStock <= largestMinimum)) {
    throw invalid("minimum", `is a whole number from 0 to ${largestMinimum}`);
  }
  if (name !== undefined && !/^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u.test(name.trim())) {
    throw invalid("name", `is 1 to ${longestName} characters on one line`);
  }
}

function invalid(field: string, message: string): Refusal {
  return new Refusal("input.invalid", { field, message: `${field} ${message}` });
}

function changed(before: Offer, change: OfferChange): Offer {
  const { priceIdr = before.priceIdr, costIdr = before.costIdr } = change;
  const repriced = priceIdr !== before.priceIdr || costIdr !== before.costIdr;
  return {
    ...before,
    name: change.name?.trim() ?? before.name,
    minStock: change.minStock ?? before.minStock,
    active: change.active ?? before.active,
    priceIdr,
    costIdr,
    priceVersion: repriced ? (before.priceVersion ?? 0) + 1 : before.priceVersion,
  };
}

/** What differs, as the audit log keeps it. */
function compare(before: Offer, after: Offer) {
  const kept = (offer: Offer) => ({
    name: offer.name,
    price: offer.priceIdr,
    cost: offer.costIdr,
    price_version: offer.priceVersion,
    min_stock: offer.minStock,
    active: offer.active,
  });
  const [old, fresh] = [Object.entries(kept(before)), Object.entries(kept(after))];
  const differs = (index: number) => old[index]?.[1] !== fresh[index]?.[1];
  return {
    before: Object.fromEntries(old.filter((_, index) => differs(index))),
    after: Object.fromEntries(fresh.filter((_, index) => differs(index))),
  };
}
