/** Contract: the shapes of the REST API, as they validate and as they are documented. */
import * as z from "zod";

const rupiah = z.int().describe("Whole rupiah");

export const codeParams = z.object({
  code: z.string().trim().min(1).max(40).describe("A game's code, in any case"),
});

export const categories = z.object({
  success: z.literal(true),
  data: z.array(z.object({ id: z.int(), name: z.string(), code: z.string(), icon: z.string() })),
});

export const products = z.object({
  success: z.literal(true),
  data: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      code: z.string(),
      price: rupiah,
      stock: z.int().describe("How many can be sold now"),
      description: z.string(),
    }),
  ),
});

export const priceLines = z.object({
  success: z.literal(true),
  game: z.string(),
  prices: z.array(z.string()).describe("Lines ready for Discord"),
});

const text = z.string().max(100);

export const validateBody = z.object({
  game_code: text.min(1),
  user_id: text.min(1),
  server_id: text.nullish(),
});

export const validated = z.object({
  user_id: z.string(),
  server_id: z.string().optional(),
  nickname: z.string().optional(),
  is_valid: z.boolean(),
  message: z.string(),
});

/** The problem document of every failure (RFC 9457). */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().describe("Stable; decide by it"),
  detail: z.string(),
  param: z.string().optional(),
  request_id: z.string(),
});
