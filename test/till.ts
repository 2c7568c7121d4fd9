/** Till: payments alone, on a cloned database, with the simulated Midtrans and a clock the test moves. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { startSimulators } from "../simulators/world.ts";
import { trialBalance } from "../src/ledger/transfer.ts";
import { chargePayment } from "../src/payments/charge.ts";
import type { PaymentGateway } from "../src/payments/gateway.ts";
import { type Clock, createSandboxClock } from "../src/platform/clock.ts";
import type { DomainEvent } from "../src/platform/events.ts";
import { createIds } from "../src/platform/ids.ts";
import { RunAgain } from "../src/platform/jobs.ts";
import { createLog } from "../src/platform/log.ts";
import { createSeededRandom } from "../src/platform/random.ts";
import { cleanUp } from "./database.ts";
import { getJson, postJson } from "./json.ts";
import { lendDatabase, openDatabase } from "./kept.ts";

interface Charge {
  readonly order_id: string;
  readonly transaction_status: string;
  readonly refunded_idr: number;
  readonly refunds: readonly { readonly refund_key: string; readonly amount: number }[];
}

const askedIdr = 20_000n;

type Outside = { clock: Clock; fetch: typeof fetch };
type Settings = { base_url: string; server_key: string; merchant_id: string };

/** Opens a till with one payment of Rp 20.000, for an order or a deposit, that the buyer can pay. */
export async function openTill(
  t: TestContext,
  createGateway: (outside: Outside, settings: Settings) => PaymentGateway,
  what: "order" | "deposit" = "order",
) {
  const atEnd = cleanUp(t);
  const connectionString = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const random = createSeededRandom(1);
  const simulators = await startSimulators({
    port: 0,
    clock,
    randomBytes: random.bytes,
    storeUrl: "http://127.0.0.1:9", // nobody listens: what Midtrans sends by itself is not heard
  });
  atEnd(() => simulators.close());
  const { midtrans } = simulators.parties;
  const gateway = createGateway({ clock, fetch }, midtrans);
  const events: DomainEvent[] = [];
  const deps = {
    clock,
    ids: createIds(clock, random),
    log: createLog({ level: "silent", terminal: false }),
    publish: async (_tx: unknown, ...published: DomainEvent[]) => {
      // What the staff are told is no event of a payment.
      events.push(...published.filter((event) => event.name !== "desk.changed"));
    },
    gateway,
  };
  const [paymentId, orderId, customerId] = [deps.ids.uuid(), deps.ids.uuid(), deps.ids.uuid()];
  const ref = deps.ids.ref("P");
  const now = clock.now();
  await db
    .insertInto("payments")
    .values({
      ...{ id: paymentId, ref, customer_id: customerId },
      ...(what === "order" ? { order_id: orderId } : { deposit_id: orderId }),
      ...{ gateway: "midtrans", method: "gopay", amount: askedIdr, state: "opening", attempt: 1 },
      ...{ opened_at: now, return_path: "/", send_by: new Date(now.getTime() + 60_000) },
      expires_at: new Date(now.getTime() + 12 * 60_000),
    })
    .execute();
  await chargePayment(db, { ...deps, publicUrl: "http://shop.test" }, { paymentId });

  const control = (what: string, body: object) =>
    postJson(`${midtrans.base_url}/_control/${what}`, body);
  return {
    db,
    clock,
    deps,
    events,
    gateway,
    paymentId,
    orderId,
    customerId,
    ref,
    serverKey: midtrans.server_key,
    names: () => events.map((event) => event.name),
    payment: () => db.selectFrom("payments").selectAll().executeTakeFirstOrThrow(),
    items: () => db.selectFrom("desk_items").select(["kind", "details"]).execute(),
    balances: async () => Object.fromEntries(await trialBalance(db)),
    async charge(): Promise<Charge> {
      const { charges } = await getJson<{ charges: Charge[] }>(`${midtrans.base_url}/_books`);
      const charge = charges.find((one) => one.order_id === ref);
      assert.ok(charge);
      return charge;
    },
    receives: (amount = Number(askedIdr)) =>
      control("settle", { order_id: ref, gross_amount: amount }),
    moves: (to: string, amount?: number) => control("move", { order_id: ref, to, amount }),
    breaks: (operation: string, fault: string, count = 1) =>
      control("faults", { operation, fault, count }),
    async advance(seconds: number) {
      clock.advance(seconds * 1_000);
      await simulators.idle();
    },
  };
}

export type Till = Awaited<ReturnType<typeof openTill>>;

/** The seconds after which a job wants to run again, or undefined when it is done. */
export async function secondsUntilAgain(run: Promise<void>): Promise<number | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (error instanceof RunAgain) return error.afterMs / 1_000;
    throw error;
  }
}
