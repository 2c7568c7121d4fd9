/** /topup: from a SKU and a game account to a quote card. */
import type { CatalogCache } from "../../catalog/cache.ts";
import { findSku, type Sku } from "../../catalog/product.ts";
import { checkGameAccount } from "../../game-accounts/check.ts";
import { isGameCode } from "../../game-accounts/game.ts";
import { saldo } from "../../ledger/transfer.ts";
import type { Texts } from "../../notifications/texts/texts.ts";
import { quoteOrder } from "../../orders/quote.ts";
import { Refusal } from "../../platform/refusal.ts";
import { suppliedSkus } from "../../suppliers/find.ts";
import { describeRefused, readAccount } from "../account.ts";
import type { Context, Handled } from "../context.ts";
import { renderAccountForm } from "../render/account-form.ts";
import { type Button, type Message, notice } from "../render/message.ts";
import { renderQuote } from "../render/quote-card.ts";

/** The SKU that `game` and `produk` name: a code, or a part of a name that fits one SKU only. */
export async function chosenSku(
  catalog: CatalogCache,
  options: ReadonlyMap<string, string>,
): Promise<Sku> {
  const game = await catalog.findGame(options.get("game") ?? "");
  const wanted = (options.get("produk") ?? "").trim().toLowerCase();
  const skus = await catalog.listSkus(game.code);
  const named = skus.filter((sku) => sku.name.toLowerCase().split(" ")[0] === wanted);
  const sku =
    skus.find((candidate) => candidate.code.toLowerCase() === wanted) ??
    skus.find((candidate) => candidate.name.toLowerCase() === wanted) ??
    (named.length === 1 ? named[0] : undefined);
  if (sku !== undefined) return sku;
  throw new Refusal("sku.unknown", {
    sku: wanted,
    game: game.name,
    known: skus.map((candidate) => candidate.name).join(", "),
  });
}

/** The form for a SKU, or undefined when its game has no known account format. */
export function accountForm(texts: Texts, sku: Sku, given: { playerId: string; zoneId: string }) {
  const { gameCode } = sku;
  return isGameCode(gameCode) ? renderAccountForm(texts, { ...sku, gameCode }, given) : undefined;
}

/** `/topup` with an account in its options. */
export async function topup(
  context: Context,
  options: ReadonlyMap<string, string>,
): Promise<Handled> {
  const { code } = await chosenSku(context.catalog, options);
  const given = { playerId: options.get("id") ?? "", zoneId: options.get("server") ?? "" };
  return quoteFromForm(context, code, given);
}

/** The submitted account form of a SKU. Its price is read anew. */
export async function quoteFromForm(
  context: Context,
  skuCode: string,
  given: { playerId: string; zoneId: string },
): Promise<Handled> {
  return quoteFor(context, await findSku(context.db, skuCode), given);
}

async function quoteFor(
  context: Context,
  sku: Sku,
  given: { playerId: string; zoneId: string },
): Promise<Message> {
  const { db, texts } = context;
  // The form opens again with what was typed, so nothing is lost.
  const again: Button = {
    label: texts.quote.again,
    id: { action: "account", skuCode: sku.code, ...given },
    style: "primary",
  };
  const read = readAccount(texts, sku.gameCode, given);
  if (read.outcome === "problem") return notice(read.text, [again]);
  const { gameAccount } = read;
  const { customerId } = context;
  if (!(await suppliedSkus(db, context, [sku])).has(sku.id)) {
    return notice(texts.outcome.unavailable, [again]);
  }
  const checked = await checkGameAccount(db, context, { customerId, gameAccount });
  if (!("checkToken" in checked)) {
    return notice(describeRefused(texts, gameAccount.gameCode, checked), [again]);
  }
  const quote = await quoteOrder(db, context, {
    customerId,
    skuCode: sku.code,
    checkToken: checked.checkToken,
  });
  return renderQuote(texts, {
    quoteId: quote.id,
    sku,
    playerId: gameAccount.playerId,
    zoneId: gameAccount.zoneId ?? null,
    nickname: checked.outcome === "found" ? checked.nickname : null,
    confirmed: false,
    priceIdr: quote.priceIdr,
    expiresAt: quote.expiresAt,
    saldoIdr: await saldo(db, customerId),
  });
}
