/** Contract: the shapes of the REST API, as they validate and as they are documented. */
import * as z from "zod";

const rupiah = z.int().min(0).describe("Whole rupiah");
const success = z.literal(true);
const gameCode = z.string().meta({ description: "A game's code", examples: ["ML"] });

const codeParams = z.object({
  code: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .meta({ description: "A game's code, in any case", examples: ["ML"] }),
});

const categories = z
  .object({
    success,
    data: z.array(
      z.object({
        id: z.int(),
        name: z.string(),
        code: gameCode,
        icon: z.string().describe("An emoji"),
      }),
    ),
  })
  .meta({
    description: "The games, in the shop's order",
    examples: [
      { success: true, data: [{ id: 1, name: "Mobile Legends", code: "ML", icon: "🎮" }] },
    ],
  });

const products = z
  .object({
    success,
    data: z.array(
      z.object({
        id: z.int(),
        name: z.string(),
        code: z.string().describe("The SKU's code: what an order names"),
        price: rupiah,
        stock: z.int().min(0).describe("How many can be sold now"),
        description: z.string(),
      }),
    ),
  })
  .meta({
    description: "What can be bought now, in the shop's order",
    examples: [
      {
        success: true,
        data: [
          {
            id: 1,
            name: "86 Diamond",
            code: "ML_86",
            price: 20_000,
            stock: 100,
            description: "Mobile Legends 86 Diamond",
          },
        ],
      },
    ],
  });

export const priceList = z
  .object({
    success,
    game: z.string(),
    prices: z.array(z.string()).describe("Lines ready for Discord"),
  })
  .meta({
    description: "The price list",
    examples: [{ success: true, game: "Mobile Legends", prices: ["• 86 Diamond: Rp 20.000"] }],
  });

const text = z.string().max(100);

const validateBody = z
  .object({
    game_code: text.min(1).describe("A game's code, in any case"),
    user_id: text.min(1).describe("The player id, as the game shows it"),
    server_id: text.nullish().describe("The zone or server, for the games that have one"),
  })
  .meta({ examples: [{ game_code: "ML", user_id: "123456789", server_id: "2001" }] });

const validated = z
  .object({
    user_id: z.string(),
    server_id: z.string().optional(),
    nickname: z.string().optional().describe("Who that is, when the game says so"),
    is_valid: z.boolean(),
    message: z
      .string()
      .describe(
        "One sentence for the buyer: Indonesian, or English if Accept-Language asks for it",
      ),
  })
  .meta({
    description: "Whether the account can be topped up, and why not",
    examples: [
      {
        user_id: "123456789",
        server_id: "2001",
        nickname: "Budi",
        is_valid: true,
        message: "Akun valid",
      },
    ],
  });

/** The problem document of every failure (RFC 9457). */
const problem = z
  .object({
    type: z.string().describe("Always about:blank; decide by `code`"),
    title: z.string(),
    status: z.int().describe("The HTTP status again"),
    code: z.string().describe("Stable; decide by it"),
    detail: z.string().describe("One sentence for a person"),
    param: z.string().optional().describe("The field at fault"),
    request_id: z.string().describe("Name it when you ask us about this request"),
  })
  .meta({
    id: "Problem",
    description: "What went wrong (RFC 9457)",
    examples: [
      {
        type: "about:blank",
        title: "game.unknown",
        status: 404,
        code: "game.unknown",
        detail: 'There is no game "dota". Known games: ML, FF, PUBG, GENSHIN, VALORANT.',
        request_id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a",
      },
    ],
  });

export const asProblem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problem } },
});

/** How every route may fail. */
export const failures = {
  "4xx": asProblem("The request cannot be answered as it is; `code` says why"),
  "5xx": asProblem("Something broke on our side, or does not answer now; try again"),
};

const games = { tags: ["Games"] };

export const readCategories = {
  ...games,
  operationId: "readCategories",
  summary: "The games of the shop",
  response: { 200: categories, ...failures },
};

export const readProducts = {
  ...games,
  operationId: "readProducts",
  summary: "What of a game can be bought now",
  description:
    "SKUs that are on sale, have a price and a supplier, and are in stock. Stock is of this moment; " +
    "names and prices may be a second old. The price that counts is the one in a quote.",
  params: codeParams,
  response: { 200: products, ...failures },
};

export const readPrices = {
  ...games,
  operationId: "readPrices",
  summary: "A game's price list, in lines ready for Discord",
  description: "Every SKU that is on sale, in stock or not. A change is seen within a second.",
  params: codeParams,
  response: { 200: priceList, ...failures },
};

export const validateAccount = {
  ...games,
  operationId: "validateAccount",
  summary: "Whether a game account exists, and whose it is",
  description:
    "Answers 200 with `is_valid` false for an account that cannot be topped up; `message` says why. " +
    "A check that is down is not a verdict on the account.",
  body: validateBody,
  response: { 200: validated, ...failures },
};
