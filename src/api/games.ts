/** Games: the catalog and the account check over REST, in the seed's shapes. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { findGame, listGames, listSkus } from "../catalog/product.ts";
import type { NicknameChecker } from "../game-accounts/checker.ts";
import { accountFormats, isGameCode } from "../game-accounts/game.ts";
import { parseGameAccount } from "../game-accounts/parse.ts";
import { availableStock } from "../inventory/stock.ts";
import { describeAccountProblem } from "../notifications/account-problem.ts";
import { textsFor } from "../notifications/texts/texts.ts";
import type { Database } from "../platform/db.ts";
import { formatRupiah, toJsonRupiah } from "../platform/money.ts";
import * as contract from "./contract.ts";

/** Registers the four routes of the seed below `/api/v1/game`. */
export function registerGames(
  app: FastifyInstance,
  deps: { db: Database; checker: NicknameChecker },
) {
  const { db } = deps;
  const api = app.withTypeProvider<ZodTypeProvider>();
  const failures = { "4xx": contract.problem };

  api.get(
    "/api/v1/game/categories",
    { schema: { response: { 200: contract.categories } } },
    async () => ({ success: true as const, data: await listGames(db) }),
  );

  api.get(
    "/api/v1/game/products/:code",
    { schema: { params: contract.codeParams, response: { 200: contract.products, ...failures } } },
    async (request) => {
      const game = await findGame(db, request.params.code);
      const [skus, stock] = await Promise.all([listSkus(db, game.code), availableStock(db)]);
      const data = skus.map((sku) => ({
        id: sku.id,
        name: sku.name,
        code: sku.code,
        price: toJsonRupiah(sku.priceIdr),
        stock: stock.get(sku.id) ?? 0,
        description: `${sku.gameName} ${sku.name}`,
      }));
      return { success: true as const, data: data.filter((sku) => sku.stock > 0) };
    },
  );

  api.get(
    "/api/v1/game/price/:code",
    {
      schema: { params: contract.codeParams, response: { 200: contract.priceLines, ...failures } },
    },
    async (request) => {
      const game = await findGame(db, request.params.code);
      const skus = await listSkus(db, game.code);
      const prices = skus.map((sku) => `• ${sku.name}: ${formatRupiah(sku.priceIdr)}`);
      return { success: true as const, game: game.name, prices };
    },
  );

  api.post(
    "/api/v1/game/validate",
    { schema: { body: contract.validateBody, response: { 200: contract.validated, ...failures } } },
    async (request) => {
      const { game_code, user_id, server_id } = request.body;
      const texts = textsFor(request.headers["accept-language"]?.startsWith("en") ? "en" : "id");
      const game = await findGame(db, game_code);
      const echo = { user_id, ...(server_id ? { server_id } : {}) };
      const invalid = (message: string) => ({ ...echo, is_valid: false, message });
      if (!isGameCode(game.code)) return invalid(texts.validate.unavailable);
      const parsed = parseGameAccount(game.code, {
        playerId: user_id,
        zoneId: server_id ?? undefined,
      });
      if (parsed.outcome !== "parsed") {
        const server = parsed.outcome === "server_contradicts" ? parsed.server : "";
        const given = { zoneId: server_id ?? "", server };
        const format = accountFormats[game.code];
        return invalid(describeAccountProblem(texts, format, parsed.outcome, given));
      }
      const { playerId, zoneId } = parsed.gameAccount;
      const known = { user_id: playerId, ...(zoneId === undefined ? {} : { server_id: zoneId }) };
      const checked = await deps.checker.check(parsed.gameAccount);
      switch (checked.outcome) {
        case "found":
          return {
            ...known,
            nickname: checked.nickname,
            is_valid: true,
            message: texts.validate.valid,
          };
        case "not_found":
          return { ...known, is_valid: false, message: texts.validate.notFound };
        case "unavailable":
          return { ...known, is_valid: false, message: texts.validate.unavailable };
        default:
          return checked satisfies never;
      }
    },
  );
}
