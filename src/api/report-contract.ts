/** Report contract: the shapes of the books over REST, as they validate and are documented. */
import * as z from "zod";
import { ages } from "../reports/age.ts";
import { failures } from "./contract.ts";

const success = z.literal(true);
const rupiah = z.int().describe("Whole rupiah; below zero where more went than came");
const instant = z.iso.datetime().describe("ISO 8601, UTC");
const count = z.int().min(0);
const side = z.enum(["debit", "credit"]).describe("The side on which the account grows");
const ledgerAccount = z.string().describe("`customer:*` are all customers together");
const orderCode = z.string().nullable().describe("Null when no order is named");

const reports = { tags: ["Reports"], security: [{ key: [] }] };
const csvToo =
  "With `format=csv`, or `Accept: text/csv`, the rows come as CSV with a line of column names. Needs " +
  "the scope `report`.";

const format = z
  .enum(["json", "csv"])
  .optional()
  .describe("Wins over `Accept`; without either it is JSON");
// What is wrong with a day is told in words by the handler, which knows what day it is.
const day = z.string().max(40).optional();
const today = "A day in Jakarta, YYYY-MM-DD; without it today so far";

const waitingQuery = z.object({ format });

/** An answer as JSON, or its rows as CSV. */
const answer = (data: z.ZodType, example: object, description: string) => ({
  200: {
    description,
    content: {
      "application/json": {
        schema: z.object({ success, data }).meta({ examples: [{ success: true, data: example }] }),
      },
      "text/csv": { schema: z.string() },
    },
  },
  ...failures,
});

export const readTrialBalance = {
  ...reports,
  operationId: "readTrialBalance",
  summary: "Every ledger account, its debits, credits and balance, now",
  description: csvToo,
  querystring: z.object({
    format,
    customers: z
      .enum(["together", "each"])
      .default("together")
      .describe("All customers in one row, or each in its own"),
  }),
  response: answer(
    z.object({
      debits: rupiah,
      credits: rupiah,
      balanced: z.boolean().describe("Debits equal credits"),
      rows: z.array(
        z.object({
          ledger_account: ledgerAccount,
          side,
          debits: rupiah,
          credits: rupiah,
          balance: rupiah,
        }),
      ),
    }),
    {
      ...{ debits: 20_000, credits: 20_000, balanced: true },
      rows: [
        {
          ...{ ledger_account: "escrow", side: "credit" },
          ...{ debits: 0, credits: 20_000, balance: 20_000 },
        },
      ],
    },
    "The trial balance",
  ),
};

const sums = {
  as_of: instant,
  total: rupiah,
  ages: z
    .array(z.object({ age: z.enum(ages), count, amount: rupiah }))
    .describe("The sums of each age, the empty ones too"),
};
const waits = { amount: rupiah, since: instant, age: z.enum(ages) };
const exampleSums = {
  as_of: "2026-11-23T03:20:00.000Z",
  total: 20_000,
  ages: [{ age: "15_min_to_1_h", count: 1, amount: 20_000 }],
};
const exampleWaits = { amount: 20_000, since: "2026-11-23T03:00:00.000Z", age: "15_min_to_1_h" };

export const readEscrow = {
  ...reports,
  operationId: "readEscrow",
  summary: "What is paid and neither delivered nor refunded, oldest first",
  description: csvToo,
  querystring: waitingQuery,
  response: answer(
    z.object({
      ...sums,
      rows: z.array(z.object({ order: orderCode, state: z.string().nullable(), ...waits })),
    }),
    { ...exampleSums, rows: [{ order: "7K3QX0ZD9M", state: "fulfilling", ...exampleWaits }] },
    "Escrow by order",
  ),
};

export const readSuspense = {
  ...reports,
  operationId: "readSuspense",
  summary: "Money that nothing explains yet, oldest first",
  description: `What lies here for over 24 hours needs a person. ${csvToo}`,
  querystring: waitingQuery,
  response: answer(
    z.object({
      ...sums,
      rows: z.array(
        z.object({
          subject: z.string().describe("What brought it: `payment:<id>`, or the event's key"),
          payment: z.string().nullable().describe("The payment's reference at the gateway"),
          order: orderCode,
          ...waits,
        }),
      ),
    }),
    {
      ...exampleSums,
      rows: [
        {
          subject: "payment:019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a",
          payment: "P0123456789ABCDEFGHJK",
          order: "7K3QX0ZD9M",
          ...exampleWaits,
        },
      ],
    },
    "Suspense by payment",
  ),
};

export const readInTransit = {
  ...reports,
  operationId: "readInTransit",
  summary: "What open purchases took from a float, oldest first",
  description: csvToo,
  querystring: waitingQuery,
  response: answer(
    z.object({
      ...sums,
      rows: z.array(
        z.object({
          ledger_account: z.string(),
          purchase: z.string().nullable().describe("Our reference at the supplier"),
          order: orderCode,
          ...waits,
        }),
      ),
    }),
    {
      ...exampleSums,
      rows: [
        {
          ledger_account: "in_transit:digiflazz",
          purchase: "B0123456789ABCDEFGHJK",
          order: "7K3QX0ZD9M",
          ...exampleWaits,
        },
      ],
    },
    "In transit by purchase",
  ),
};

const figures = {
  orders: count.describe("Delivered"),
  sales: rupiah.describe("The price of what was delivered"),
  refunds: rupiah.describe("Given back after delivery"),
  costs: rupiah.describe("What suppliers charged"),
  reversals: rupiah.describe("What suppliers gave back after a delivery"),
  gateway_fees: rupiah,
  other: rupiah.describe(
    "Fees that buyers paid, less promotions, corrections, chargebacks and suppliers' other fees",
  ),
  profit: rupiah,
  margin_percent: z
    .number()
    .nullable()
    .describe("Profit in percent of sales less refunds; null without such sales"),
};
const exampleFigures = {
  ...{ orders: 1, sales: 20_000, refunds: 0, costs: 18_000, reversals: 0, gateway_fees: 0 },
  ...{ other: 0, profit: 2_000, margin_percent: 10 },
};

export const readProfit = {
  ...reports,
  operationId: "readProfit",
  summary: "Profit of each SKU on each day",
  description:
    "Every transfer counts on the Jakarta day on which it was posted. What no order caused has no SKU. " +
    `At most 366 days. ${csvToo}`,
  querystring: z.object({
    format,
    day: day.describe(`${today}. Not beside from and to`),
    from: day.describe("The first day; without it, the last one alone"),
    to: day.describe("The last day; without it, today"),
  }),
  response: answer(
    z.object({
      from: z.string(),
      to: z.string(),
      total: z.object(figures),
      rows: z.array(z.object({ day: z.string(), sku: z.string().nullable(), ...figures })),
    }),
    {
      ...{ from: "2026-11-23", to: "2026-11-23", total: exampleFigures },
      rows: [{ day: "2026-11-23", sku: "ML_86", ...exampleFigures }],
    },
    "Profit by SKU and day",
  ),
};

export const readDay = {
  ...reports,
  operationId: "readDay",
  summary: "The books of a day, from midnight to midnight in Jakarta",
  description: csvToo,
  querystring: z.object({ format, day: day.describe(today) }),
  response: answer(
    z.object({
      day: z.string(),
      so_far: z.boolean().describe("The day is not over"),
      as_of: instant,
      ...figures,
      orders_refunded: count.describe("Before delivery or after it"),
      refunded: rupiah,
      deposits: count,
      deposited: rupiah,
      rows: z.array(
        z.object({
          ...{ day: z.string(), ledger_account: ledgerAccount, side },
          ...{ opening: rupiah, debits: rupiah, credits: rupiah, closing: rupiah },
        }),
      ),
    }),
    {
      ...{ day: "2026-11-23", so_far: true, as_of: "2026-11-23T03:20:00.000Z" },
      ...exampleFigures,
      ...{ orders_refunded: 0, refunded: 0, deposits: 0, deposited: 0 },
      rows: [
        {
          ...{ day: "2026-11-23", ledger_account: "sales", side: "credit" },
          ...{ opening: 0, debits: 0, credits: 20_000, closing: 20_000 },
        },
      ],
    },
    "The day",
  ),
};

export const readLedger = {
  ...reports,
  operationId: "readLedger",
  summary: "The statement of a ledger account, with what it held after each line",
  description: "Needs the scope `report`.",
  params: z.object({
    ledger_account: z
      .string()
      .max(100)
      .meta({
        description: "A ledger account: `escrow`, `gateway:midtrans`, `customer:<id>`",
        examples: ["escrow"],
      }),
  }),
  querystring: z.object({
    order: z.enum(["newest", "oldest"]).default("newest").describe("Which line comes first"),
    limit: z.coerce.number().int().min(1).max(100).default(20).describe("How many, 1 to 100"),
    cursor: z.string().max(100).optional().describe("`next` of the page before"),
  }),
  response: {
    200: z
      .object({
        success,
        data: z.array(
          z.object({
            id: z.uuid().describe("The transfer"),
            posted_at: instant,
            key: z.string().describe("Names the event that was posted"),
            reason: z.string(),
            order_id: z.uuid().nullable(),
            other_side: z.string().describe("The ledger account on the other side"),
            amount: rupiah.describe("Above zero where the account grew"),
            balance: rupiah.describe("What it held after this line"),
          }),
        ),
        next: z.string().nullable().describe("The cursor of the next page; null at the end"),
      })
      .meta({
        description: "A page of the statement",
        examples: [
          {
            success: true,
            data: [
              {
                id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1a",
                posted_at: "2026-11-23T03:00:00.000Z",
                key: "saldo_payment:019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1b",
                reason: "order paid from saldo",
                order_id: "019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1b",
                other_side: "customer:019ab0c1-2f3e-7d4c-8b5a-6f7e8d9c0b1c",
                ...{ amount: 20_000, balance: 20_000 },
              },
            ],
            next: null,
          },
        ],
      }),
    ...failures,
  },
};
