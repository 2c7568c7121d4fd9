/** Quote: a price held for five minutes, for one customer and one checked game account. */
import { findSku } from "../catalog/product.ts";
import { readCheck } from "../game-accounts/check.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, type Db, inTransaction, type Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import { Refusal } from "../platform/refusal.ts";
import { quoteLifeMs } from "./order.ts";
import { confirmQuote, insertQuote, selectQuote } from "./repository.ts";

export interface Quote {
  readonly id: string;
  readonly priceIdr: bigint;
  readonly expiresAt: Date;
}

/**
 * Quotes a SKU for the account that a fresh check token proves. Refuses an unknown SKU, a token that
 * is too old or another customer's, and an account of another game.
 */
export async function quoteOrder(
  db: Database,
  deps: { clock: Clock; ids: Ids },
  input: { customerId: string; skuCode: string; checkToken: string },
): Promise<Quote> {
  const sku = await findSku(db, input.skuCode);
  const check = await readCheck(db, deps, input);
  if (check === undefined || check.gameCode !== sku.gameCode) {
    throw new Refusal("game_account.invalid", { field: "check_token" });
  }
  const now = deps.clock.now();
  const id = deps.ids.uuid();
  const expiresAt = new Date(now.getTime() + quoteLifeMs);
  await inTransaction(db, (tx) =>
    insertQuote(tx, {
      id,
      customer_id: input.customerId,
      sku_id: sku.id,
      price_version: sku.priceVersion,
      price: sku.priceIdr,
      cost: sku.costIdr,
      game_code: check.gameCode,
      player_id: check.playerId,
      zone_id: check.zoneId,
      nickname: check.nickname,
      quoted_at: now,
      expires_at: expiresAt,
    }),
  );
  return { id, priceIdr: sku.priceIdr, expiresAt };
}

/** A customer's own quote. Refuses one that is unknown or somebody else's. */
export async function findQuote(db: Db, input: { quoteId: string; customerId: string }) {
  const quote = await selectQuote(db, input.quoteId);
  if (quote === undefined || quote.customer_id !== input.customerId) {
    throw new Refusal("quote.unknown");
  }
  return quote;
}

/** The buyer says that an account nobody could check is right. Recorded; placing asks for it. */
export async function confirmAccount(
  tx: Tx,
  deps: { clock: Clock },
  input: { quoteId: string; customerId: string },
): Promise<void> {
  await confirmQuote(tx, { ...input, now: deps.clock.now() });
}
