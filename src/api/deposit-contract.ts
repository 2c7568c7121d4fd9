/** Deposit contract: the shapes of saldo top-ups over REST, as they validate and are documented. */
import * as z from "zod";
import { depositLimits, maxUnpaid } from "../deposits/deposit.ts";
import { asProblem, failures } from "./contract.ts";
import { idempotent, payment } from "./order-contract.ts";

const success = z.literal(true);
const rupiah = z.int().min(0).describe("Whole rupiah");
const instant = z.iso.datetime().describe("ISO 8601, UTC");
const state = z.enum(["awaiting_payment", "paid", "expired", "cancelled"]);
const method = z.enum(["gopay"]);

const bounds = `${depositLimits.leastIdr} to ${depositLimits.mostIdr}`;

const codeParams = z.object({
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[0-9A-Z]{10}$/, "a deposit's code has 10 letters and digits")
    .meta({ description: "A deposit's code, in any case", examples: ["7K3QX0ZD9M"] }),
});

const opened = z.object({
  code: z.string().describe("What people call the deposit"),
  state: state.describe("As it was opened; GET tells where it stands now"),
  amount: rupiah,
  method,
  opened_at: instant,
  pay_by: instant,
  page_url: z.url().describe("The page to pay it; who has the address may see it"),
});

const shown = z.object({
  code: z.string(),
  state,
  amount: rupiah.describe("What was asked for"),
  paid: rupiah.describe("What came: all of it is in the saldo, less, as much or more"),
  method,
  opened_at: instant,
  changed_at: instant,
  pay_by: instant.nullable().describe("Null when nothing is to be paid any more"),
  page_url: z.url(),
});

const detailed = shown.extend({
  payment: payment.optional(),
  events: z
    .array(z.object({ at: instant, state, reason: z.string() }))
    .describe("What happened, oldest first"),
});

const example = {
  code: "7K3QX0ZD9M",
  state: "awaiting_payment" as const,
  amount: 250_000,
  method: "gopay" as const,
  opened_at: "2026-11-23T03:00:00.000Z",
  pay_by: "2026-11-23T03:15:00.000Z",
  page_url: "https://shop.example/pay/0123456789ABCDEFGHJKMNPQRSTVWXYZ",
};

const exampleShown = { ...example, paid: 0, changed_at: "2026-11-23T03:00:00.000Z" };

const deposits = { tags: ["Saldo"], security: [{ key: [] }] };

export const createDeposit = {
  ...deposits,
  operationId: "createDeposit",
  summary: "Put money into the saldo",
  description:
    "It waits for its payment, and GET tells how to pay. Whatever comes is saldo: less, as much or more " +
    `than was asked for, and also when it comes late. At most ${maxUnpaid} may wait at once. One key, one ` +
    "deposit: repeat a request whose answer was lost, and use a new key for another deposit.",
  headers: idempotent,
  body: z
    .object({ amount: z.int().describe(`Whole rupiah, ${bounds}`), method })
    .meta({ examples: [{ amount: 250_000, method: "gopay" }] }),
  response: {
    201: z.object({ success, data: opened }).meta({
      description: "The deposit as it was opened",
      examples: [{ success: true, data: example }],
    }),
    409: asProblem("Too many wait already: `deposit.too_many_unpaid`"),
    422: asProblem(
      "The amount is out of bounds (`deposit.amount`), or the key was used for another request " +
        "(`idempotency_key.reused`)",
    ),
    ...failures,
  },
};

export const readDeposit = {
  ...deposits,
  operationId: "readDeposit",
  summary: "Where a deposit stands now",
  params: codeParams,
  response: {
    200: z.object({ success, data: detailed }).meta({
      description: "The deposit, how to pay it, and its story",
      examples: [
        {
          success: true,
          data: {
            ...exampleShown,
            payment: {
              state: "pending",
              expires_at: "2026-11-23T03:12:00.000Z",
              deep_link: "gojek://gopay/merchanttransfer?tref=1",
              qr_url: "https://shop.example/pay/0123456789ABCDEFGHJKMNPQRSTVWXYZ/qr.png",
            },
            events: [
              { at: "2026-11-23T03:00:00.000Z", state: "awaiting_payment", reason: "opened" },
            ],
          },
        },
      ],
    }),
    ...failures,
  },
};

export const readDeposits = {
  ...deposits,
  operationId: "readDeposits",
  summary: "The deposits of this key, newest first",
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
        description: "A page of deposits",
        examples: [{ success: true, data: [exampleShown], next: null }],
      }),
    ...failures,
  },
};

export const cancelDeposit = {
  ...deposits,
  operationId: "cancelDeposit",
  summary: "Cancel a deposit that is not paid",
  description:
    "The gateway is asked first: money that is on its way wins. Cancelling again changes nothing.",
  params: codeParams,
  response: {
    200: z.object({ success, data: shown }).meta({
      description: "The deposit, cancelled",
      examples: [
        { success: true, data: { ...exampleShown, state: "cancelled" as const, pay_by: null } },
      ],
    }),
    409: asProblem(
      "It is paid or expired (`deposit.over`), or nobody can say (`deposit.may_be_paid`)",
    ),
    ...failures,
  },
};
