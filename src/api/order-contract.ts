/** Order contract: the shapes of quotes and orders over REST, as they validate and are documented. */
import * as z from "zod";
import { asProblem, failures } from "./contract.ts";

const success = z.literal(true);
const rupiah = z.int().min(0).describe("Whole rupiah");
const instant = z.iso.datetime().describe("ISO 8601, UTC");
const uuid = z.uuid();

const orderCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[0-9A-Z]{10}$/, "an order's code has 10 letters and digits")
  .meta({ description: "An order's code, in any case", examples: ["7K3QX0ZD9M"] });

const orderStates = [
  "blocked",
  "awaiting_verification",
  "awaiting_payment",
  "paid",
  "under_review",
  "fulfilling",
  "delivered",
  "refunding",
  "refunded",
  "expired",
  "cancelled",
] as const;

const state = z.enum(orderStates);
const method = z.enum(["saldo", "gopay"]);

export const idempotent = z.object({
  "idempotency-key": z
    .string()
    .optional()
    .describe("Required: 1 to 200 visible characters. The same key and body: the same answer"),
});

const quoteBody = z
  .object({
    sku: z.string().trim().min(1).max(40).describe("A SKU's code, in any case"),
    user_id: z.string().min(1).max(100).describe("The player id, as the game shows it"),
    server_id: z.string().max(100).nullish().describe("The zone or server, where the game has one"),
    confirm_unchecked: z
      .boolean()
      .default(false)
      .describe("Quote also when nobody can say now whose account it is"),
  })
  .meta({ examples: [{ sku: "ML_86", user_id: "123456789", server_id: "2001" }] });

const quote = z.object({
  id: uuid.describe("What an order names"),
  sku: z.string(),
  price: rupiah,
  user_id: z.string(),
  server_id: z.string().optional(),
  nickname: z.string().optional().describe("Whose account that is, when the game says so"),
  expires_at: instant.describe("Until when the price holds"),
});

const placed = z.object({
  code: z.string().describe("What people call the order"),
  state: state.describe("As it was placed; GET tells where it stands now"),
  sku: z.string(),
  total: rupiah,
  method,
  placed_at: instant,
  pay_by: instant.nullable().describe("Null when it is paid"),
  page_url: z.url().describe("The buyer's page of this order; who has the address may see it"),
});

const example = {
  code: "7K3QX0ZD9M",
  state: "paid" as const,
  sku: "ML_86",
  total: 20_000,
  method: "saldo" as const,
  placed_at: "2026-11-23T03:00:00.000Z",
  pay_by: null,
  page_url: "https://shop.example/order/0123456789ABCDEFGHJKMNPQRSTVWXYZ",
};

const orders = { tags: ["Orders"], security: [{ key: [] }] };

export const createQuote = {
  ...orders,
  operationId: "createQuote",
  summary: "A price for a game account, held for five minutes",
  description:
    "Checks the account first: an unknown one is refused. No money moves and nothing is reserved.",
  body: quoteBody,
  response: {
    201: z.object({ success, data: quote }).meta({
      description: "The quote",
      examples: [
        {
          success: true,
          data: {
            id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a",
            sku: "ML_86",
            price: 20_000,
            user_id: "123456789",
            server_id: "2001",
            nickname: "Budi",
            expires_at: "2026-11-23T03:05:00.000Z",
          },
        },
      ],
    }),
    ...failures,
  },
};

export const createOrder = {
  ...orders,
  operationId: "createOrder",
  summary: "Order what a quote says",
  description:
    "From saldo it is paid at once; by GoPay it waits for the buyer, and GET tells how to pay. A quote " +
    "becomes one order. Whatever is answered is remembered by the Idempotency-Key for ever: repeat a " +
    "request whose answer was lost, and use a new key to try again after a refusal.",
  headers: idempotent,
  body: z
    .object({ quote_id: uuid, method })
    .meta({ examples: [{ quote_id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a", method: "saldo" }] }),
  response: {
    201: z
      .object({ success, data: placed })
      .meta({ description: "The order as it was placed", examples: [{ success, data: example }] }),
    402: asProblem("The saldo does not suffice: `saldo.insufficient`"),
    422: asProblem("The key was used for another request: `idempotency_key.reused`"),
    ...failures,
  },
};

const shown = z.object({
  code: z.string(),
  state,
  sku: z.string(),
  item: z.string().describe("The game and the SKU's name"),
  game: z.string().describe("The game's code"),
  user_id: z.string(),
  server_id: z.string().optional(),
  nickname: z.string().optional(),
  total: rupiah,
  paid: rupiah.describe("What came for it, less what never fitted"),
  refunded: rupiah.describe("What of that went back"),
  method,
  placed_at: instant,
  changed_at: instant,
  pay_by: instant.nullable().describe("Null when nothing is to be paid any more"),
  serial_number: z.string().optional().describe("The supplier's proof of delivery"),
  page_url: z.url(),
});

export const payment = z
  .object({
    state: z.string(),
    expires_at: instant,
    deep_link: z.string().optional().describe("Opens the wallet on the buyer's phone"),
    qr_url: z.url().optional().describe("A PNG to scan"),
  })
  .describe("How to pay now; only while it can be paid");

const event = z.object({ at: instant, state, reason: z.string() });

const fact = z.object({ state: z.string(), at: instant.nullable() });

const facts = z
  .object({
    payment: fact,
    purchase: fact.describe("At the supplier"),
    delivery: fact,
    notice: fact.describe("What the buyer was told in Discord"),
  })
  .describe("What is known of the order, each with its time; nothing that was not confirmed");

const detailed = shown.extend({
  facts,
  payment: payment.optional(),
  events: z.array(event).describe("What happened, oldest first"),
});

const exampleShown = {
  code: "7K3QX0ZD9M",
  state: "delivered" as const,
  sku: "ML_86",
  item: "Mobile Legends 86 Diamond",
  game: "ML",
  user_id: "123456789",
  server_id: "2001",
  nickname: "Budi",
  total: 20_000,
  paid: 20_000,
  refunded: 0,
  method: "saldo" as const,
  placed_at: "2026-11-23T03:00:00.000Z",
  changed_at: "2026-11-23T03:00:04.000Z",
  pay_by: null,
  serial_number: "SN-2026-0001",
  page_url: "https://shop.example/order/0123456789ABCDEFGHJKMNPQRSTVWXYZ",
};

const codeParams = z.object({
  code: orderCode.meta({ description: "An order's code, in any case", examples: ["7K3QX0ZD9M"] }),
});

export const readOrder = {
  ...orders,
  operationId: "readOrder",
  summary: "Where an order stands now",
  params: codeParams,
  response: {
    200: z.object({ success, data: detailed }).meta({
      description: "The order, how to pay it, and its story",
      examples: [
        {
          success: true,
          data: {
            ...exampleShown,
            facts: {
              payment: { state: "paid", at: "2026-11-23T03:00:00.000Z" },
              purchase: { state: "confirmed", at: "2026-11-23T03:00:03.000Z" },
              delivery: { state: "delivered", at: "2026-11-23T03:00:04.000Z" },
              notice: { state: "not_sent", at: null },
            },
            events: [{ at: "2026-11-23T03:00:00.000Z", state: "paid", reason: "placed" }],
          },
        },
      ],
    }),
    ...failures,
  },
};

export const readOrders = {
  ...orders,
  operationId: "readOrders",
  summary: "The orders of this key, newest first",
  querystring: z.object({
    state: state.optional().describe("Only those that are in this state now"),
    limit: z.coerce.number().int().min(1).max(100).default(20).describe("How many, 1 to 100"),
    cursor: z.string().max(100).optional().describe("`next` of the page before"),
  }),
  response: {
    200: z
      .object({
        success,
        data: z.array(shown),
        next: z.string().nullable().describe("The cursor of the next page; null at the end"),
      })
      .meta({
        description: "A page of orders",
        examples: [{ success: true, data: [exampleShown], next: null }],
      }),
    ...failures,
  },
};

export const decideShort = {
  ...orders,
  operationId: "decideShortPayment",
  summary: "Say what shall become of money that came short",
  description:
    "Less came than the order costs. `pay_rest` takes the rest from saldo; `take_back` puts what came " +
    "into the saldo and ends the order. Without a word it goes to the saldo when the order ends.",
  params: codeParams,
  body: z
    .object({ choice: z.enum(["pay_rest", "take_back"]) })
    .meta({ examples: [{ choice: "pay_rest" }] }),
  response: {
    200: z
      .object({ success, data: shown })
      .meta({ description: "The order", examples: [{ success: true, data: exampleShown }] }),
    402: asProblem("The saldo does not suffice: `saldo.insufficient`"),
    409: asProblem("Nothing came short: `order.not_short`"),
    ...failures,
  },
};

export const cancelOrder = {
  ...orders,
  operationId: "cancelOrder",
  summary: "Cancel an order that is not paid",
  description:
    "The gateway is asked first: money that is on its way wins. Cancelling again changes nothing.",
  params: codeParams,
  response: {
    200: z.object({ success, data: shown }).meta({
      description: "The order, cancelled",
      examples: [{ success: true, data: { ...exampleShown, state: "cancelled", paid: 0 } }],
    }),
    409: asProblem("It is paid (`order.paid`), or nobody can say (`order.may_be_paid`)"),
    ...failures,
  },
};
