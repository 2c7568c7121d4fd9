/** Saldo contract: the shapes of saldo over REST. */
import * as z from "zod";
import { failures } from "./contract.ts";

const rupiah = z.int().min(0);

export const readSaldo = {
  tags: ["Saldo"],
  security: [{ key: [] }],
  operationId: "readSaldo",
  summary: "What this key may spend",
  response: {
    200: z
      .object({
        success: z.literal(true),
        data: z.object({
          posted: rupiah.describe("Everything that is this key's, in whole rupiah"),
          held: rupiah.describe("What of it is kept for orders that await verification"),
          available: rupiah.describe("What can be spent now"),
        }),
      })
      .meta({
        description: "The saldo",
        examples: [{ success: true, data: { posted: 150_000, held: 0, available: 150_000 } }],
      }),
    ...failures,
  },
};
