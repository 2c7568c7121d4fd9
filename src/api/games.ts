/** Games: the catalog and the account check over REST, in the seed's shapes. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type * as z from "zod";
import type { CatalogCache } from "../catalog/cache.ts";
import type { Game, Sku } from "../catalog/product.ts";
import { accountFormats, isGameCode } from "../game-accounts/game.ts";
import type { NicknameLookup } from "../game-accounts/look-up.ts";
import { parseGameAccount } from "../game-accounts/parse.ts";
import { availableStock } from "../inventory/stock.ts";
import { describeAccountProblem, describeWrongRegion } from "../notifications/account-problem.ts";
import { textsFor } from "../notifications/texts/texts.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { formatRupiah, toJsonRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { suppliedSkus } from "../suppliers/find.ts";
import * as contract from "./contract.ts";

/** Registers the four routes of the seed below `/api/v1/game`. */
export function registerGames(
  app: FastifyInstance,
  deps: { db: Database; catalog: CatalogCache; clock: Clock; lookup: NicknameLookup },
) {
  const { db, catalog } = deps;
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get("/api/v1/game/categories", { schema: contract.readCategories }, async () => ({
    success: true as const,
    data: [...(await catalog.listGames())],
  }));

  api.get("/api/v1/game/products/:code", { schema: contract.readProducts }, async (request) => {
    const { skus } = await catalog.findGameAndSkus(request.params.code);
    const [stock, supplied] = await Promise.all([availableStock(db), suppliedSkus(db, deps, skus)]);
    const available = skus.filter((sku) => supplied.has(sku.id));
    const data = available.map((sku) => ({
      id: sku.id,
      name: sku.name,
      code: sku.code,
      price: toJsonRupiah(sku.priceIdr),
      stock: stock.get(sku.id) ?? 0,
      description: `${sku.gameName} ${sku.name}`,
    }));
    return { success: true as const, data: data.filter((sku) => sku.stock > 0) };
  });

  api.get("/api/v1/game/price/:code", { schema: contract.readPrices }, async (request) => {
    const { game, skus } = await catalog.findGameAndSkus(request.params.code);
    return priceList(game, skus);
  });

  api.post("/api/v1/game/validate", { schema: contract.validateAccount }, async (request) => {
    const { game_code, user_id, server_id } = request.body;
    const texts = textsFor(request.headers["accept-language"]?.startsWith("en") ? "en" : "id");
    const game = await catalog.findGame(game_code);
    const echo = { user_id, ...(server_id ? { server_id } : {}) };
    const invalid = (message: string) => ({ ...echo, is_valid: false, message });
    if (!isGameCode(game.code)) return invalid(texts.validate.unavailable);
    const parsed = parseGameAccount(game.code, {
      playerId: user_id,
      zoneId: server_id ?? undefined,
    });
    if (parsed.outcome !== "parsed") {
      return invalid(describeAccountProblem(texts, accountFormats[game.code], parsed));
    }
    const { playerId, zoneId } = parsed.gameAccount;
    const known = { user_id: playerId, ...(zoneId === undefined ? {} : { server_id: zoneId }) };
    const answer = await deps.lookup.ask(parsed.gameAccount, "api");
    switch (answer.outcome) {
      case "found":
        return {
          ...known,
          nickname: answer.nickname,
          is_valid: true,
          message: texts.validate.valid,
        };
      case "wrong_region":
        return { ...known, is_valid: false, message: describeWrongRegion(texts, answer) };
      case "not_found":
        return { ...known, is_valid: false, message: texts.validate.notFound };
      case "unavailable":
        return { ...known, is_valid: false, message: texts.validate.unavailable };
      case "too_many": {
        const retryAfterS = String(answer.retryAfterS);
        const message = texts.check.tooMany(retryAfterS);
        throw new Refusal("check.too_many", { message, retry_after_s: retryAfterS });
      }
      default:
        return answer satisfies never;
    }
  });
}

// A game in the cache is the same object until anything changes, and so is its list, which is frozen so
// that it is written once.
const priceLists = new WeakMap<Game, z.output<typeof contract.priceList>>();

function priceList(game: Game, skus: readonly Sku[]) {
  const known = priceLists.get(game);
  if (known !== undefined) return known;
  const prices = skus.map((sku) => `• ${sku.name}: ${formatRupiah(sku.priceIdr)}`);
  const list = Object.freeze({ success: true as const, game: game.name, prices });
  priceLists.set(game, list);
  return list;
}
