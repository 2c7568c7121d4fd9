/** Reseller: somebody who sells through the REST API with a key and a saldo of its own. */
import assert from "node:assert/strict";
import { customersOfKeys } from "../src/customers/customer.ts";
import { saldoOf } from "../src/ledger/chart.ts";
import { post } from "../src/ledger/transfer.ts";
import type { Clock } from "../src/platform/clock.ts";
import { type Database, inTransaction } from "../src/platform/db.ts";
import { createIds } from "../src/platform/ids.ts";
import { createRandom } from "../src/platform/random.ts";
import { createKey } from "../src/staff/keys.ts";
import type { KeyScope } from "../src/staff/roles.ts";

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly text: string;
  /** What a success carries. */
  readonly data: T;
  /** The stable code of a failure. */
  readonly code: string | undefined;
  readonly body: Record<string, unknown>;
}

export interface Quote {
  readonly id: string;
  readonly price: number;
  readonly nickname?: string;
}

export interface Order {
  readonly code: string;
  readonly state: string;
  readonly total: number;
  readonly paid: number;
  readonly refunded: number;
  readonly serial_number?: string;
  readonly page_url: string;
  readonly events: { state: string; reason: string }[];
  readonly payment?: { deep_link?: string; qr_url?: string };
}

export interface Deposit {
  readonly code: string;
  readonly state: string;
  readonly amount: number;
  readonly paid: number;
  readonly pay_by: string | null;
  readonly page_url: string;
  readonly events: { state: string; reason: string }[];
  readonly payment?: { deep_link?: string; qr_url?: string };
}

const gameAccount = { user_id: "123456789", server_id: "2001" };

/** Makes a key and puts money into its saldo. */
export async function createReseller(
  shop: { db: Database; clock: Clock; url: string },
  options: { saldoIdr?: bigint; scopes?: readonly KeyScope[] } = {},
) {
  const { db, clock, url } = shop;
  const random = createRandom();
  const ids = createIds(clock, random);
  const scopes = options.scopes ?? ["sell"];
  const { key, keyId, customerId } = await inTransaction(db, async (tx) => {
    const made = await createKey(tx, { clock, ids, random }, { name: "a test", scopes });
    const [customer] = await customersOfKeys(tx, { clock, ids }, [made.keyId]);
    assert.ok(customer);
    if (options.saldoIdr !== undefined) {
      await post(tx, { clock, ids }, [
        {
          debit: "bank",
          credit: saldoOf(customer.id),
          amountIdr: options.saldoIdr,
          key: `test:${customer.id}`,
          reason: "a test's money",
        },
      ]);
    }
    return { ...made, customerId: customer.id };
  });

  const call = async <T>(
    method: string,
    path: string,
    input: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(input.body === undefined ? {} : { "content-type": "application/json" }),
        ...input.headers,
      },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    });
    const text = await response.text();
    const body = JSON.parse(text);
    return { status: response.status, text, data: body.data, code: body.code, body };
  };
  const success = <T>(answer: Answer<T>): T => {
    assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
    return answer.data;
  };

  return {
    key,
    keyId,
    customerId,
    call,
    async quotes(sku: string, account: object = gameAccount): Promise<Quote> {
      return success(await call<Quote>("POST", "/quotes", { body: { sku, ...account } }));
    },
    /** As many quotes of a SKU, without asking for the account again and again. */
    async quotesMany(sku: string, count: number): Promise<string[]> {
      const { id } = await this.quotes(sku, { user_id: "987654321" });
      const quote = await db
        .selectFrom("quotes")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      const copies = Array.from({ length: count }, () => ({ ...quote, id: ids.uuid() }));
      await db.insertInto("quotes").values(copies).execute();
      return copies.map((copy) => copy.id);
    },
    /** Says yes to a quote; the key is the idempotency key. */
    places: (quoteId: string, key: string = ids.uuid(), method = "saldo") =>
      call<Order>("POST", "/orders", {
        body: { quote_id: quoteId, method },
        headers: { "idempotency-key": key },
      }),
    /** From the quote to the placed order. */
    async orders(sku: string, method: "saldo" | "gopay", account?: object): Promise<Order> {
      const quote = await this.quotes(sku, account);
      return success(await this.places(quote.id, ids.uuid(), method));
    },
    order: async (code: string) => success(await call<Order>("GET", `/orders/${code}`)),
    cancels: (code: string) => call<Order>("POST", `/orders/${code}/cancel`),
    /** Asks for a deposit by GoPay; the key is the idempotency key. */
    opens: (amount: unknown, key: string = ids.uuid()) =>
      call<Deposit>("POST", "/deposits", {
        body: { amount, method: "gopay" },
        headers: { "idempotency-key": key },
      }),
    deposit: async (code: string) => success(await call<Deposit>("GET", `/deposits/${code}`)),
    cancelsDeposit: (code: string) => call<Deposit>("POST", `/deposits/${code}/cancel`),
    async saldo(): Promise<number> {
      return success(await call<{ available: number }>("GET", "/saldo")).available;
    },
  };
}
