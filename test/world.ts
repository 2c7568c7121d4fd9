/** World: the real store on a cloned database, with simulators and a clock that the test moves. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { hold } from "../simulators/discord/specification.ts";
import { startSimulators } from "../simulators/world.ts";
import type { Config } from "../src/config.ts";
import { trialBalance } from "../src/ledger/transfer.ts";
import { startStore } from "../src/main.ts";
import { partiesSchema } from "../src/party-settings.ts";
import { createSandboxClock } from "../src/platform/clock.ts";
import { createPublisher } from "../src/platform/events.ts";
import type { Fetch } from "../src/platform/http.ts";
import { createLog } from "../src/platform/log.ts";
import { createPartyFetch } from "../src/platform/party-fetch.ts";
import { createSeededRandom } from "../src/platform/random.ts";
import { subscribers } from "../src/subscribers.ts";
import { verifyBooks } from "../src/verify.ts";
import { enterDiscord } from "./buyer.ts";
import { cleanUp, emptyDatabase, scale, temporaryKeyFile } from "./database.ts";
import { untilDueMs } from "./due.ts";
import { getJson, postJson } from "./json.ts";
import { lendDatabase, openStoreDatabase } from "./kept.ts";

export interface Charge {
  readonly order_id: string;
  readonly transaction_id: string;
  readonly gross_amount: number;
  readonly transaction_status: string;
  readonly paid_idr: number;
  readonly refunded_idr: number;
}

export interface SupplierPurchase {
  readonly ref_id: string;
  readonly customer_no: string;
  readonly status: string;
  readonly sn: string;
  readonly price: number;
  readonly debit_count: number;
  readonly hasty_inquiries: number;
}

const none = {
  ...{ midtrans: undefined, digiflazz: undefined },
  ...{ vip_reseller: undefined, discord: undefined },
};

// What recurs, and what goes by the time alone, is looked at so often.
const longestStepMs = scale({ short: 300_000, long: 60_000 });

export type World = Awaited<ReturnType<typeof openWorld>>;

export interface WorldOptions {
  readonly seed: number;
  readonly frozen?: boolean;
  /** What else the settings would say. A live shop takes the simulators for the real parties. */
  readonly settings?: Partial<Pick<Config, "environment" | "publicUrl" | "trustedProxies">>;
}

/** Opens a world for one test. The same seed gives the same ids and the same chances. */
export async function openWorld(t: TestContext, options: WorldOptions) {
  const atEnd = cleanUp(t);
  const live = options.settings?.environment === "production";
  const databaseUrl = await (live ? emptyDatabase : lendDatabase)(atEnd);
  const frozenAt = new Date("2026-11-23T03:00:00Z");
  const clock = createSandboxClock(live || options.frozen === false ? {} : { frozenAt });
  const random = createSeededRandom(options.seed);
  let storeUrl = "";
  const violations: unknown[] = [];
  atEnd(() => assert.deepEqual(violations, [], "the bot speaks as Discord specifies"));
  const simulators = await startSimulators({
    observeDiscord(exchange) {
      try {
        hold(exchange, { strictly: true });
      } catch (error) {
        violations.push(error);
      }
    },
    port: 0,
    clock,
    randomBytes: random.bytes,
    storeUrl: () => storeUrl,
  });
  atEnd(() => simulators.close());
  let digiflazzUrl: string | undefined;
  const fetchParty = createPartyFetch({ clock });
  const redirected: Fetch = (url, init) => {
    const { base_url } = simulators.parties.digiflazz;
    return digiflazzUrl !== undefined && url.startsWith(base_url)
      ? fetchParty(url.replace(base_url, digiflazzUrl), init)
      : fetchParty(url, init);
  };
  const parties = partiesSchema.parse(simulators.parties);
  const keyFile = await temporaryKeyFile(atEnd);
  const store = await startStore({
    fetch: redirected,
    openStoreDatabase,
    config: {
      environment: "sandbox",
      host: "127.0.0.1",
      publicUrl: undefined,
      trustedProxies: [],
      staffChannelId: undefined,
      parties: live ? parties : none,
      port: 0,
      simulatorPort: 0,
      metricsPort: 0,
      worker: true,
      dataDir: "",
      databaseUrl,
      migrationDatabaseUrl: undefined,
      keyFile,
      sealsFile: `${keyFile}.seals`,
      logLevel: "silent",
      adjustmentLimitIdr: 500_000n,
      simulators: live ? undefined : parties,
      ...options.settings,
    },
    clock,
    random,
    log: createLog({ level: process.env.TEST_LOG ?? "silent", terminal: true }),
    onFatal: (error) => assert.fail(error),
  });
  atEnd(() => store.stop());
  storeUrl = store.url;

  /** Waits until nothing is due or under way on any side. */
  const untilQuiet = async () => {
    await simulators.idle();
    await store.quiet();
    await simulators.idle();
    await store.quiet();
  };
  const discord = await enterDiscord(simulators.url, untilQuiet);
  const books = <T>(party: string) => getJson<T>(`${simulators.url}/${party}/_books`);

  const midtrans = {
    charges: async () => (await books<{ charges: Charge[] }>("midtrans")).charges,
    async lastCharge(): Promise<Charge> {
      const charge = (await midtrans.charges()).at(-1);
      assert.ok(charge, "nothing was charged");
      return charge;
    },
    /** The buyer's wallet pays the newest charge. */
    async isPaid() {
      const { transaction_id } = await midtrans.lastCharge();
      await postJson(`${simulators.url}/midtrans/_wallet/pay`, { transaction_id });
      await untilQuiet();
    },
    /** Money arrives whatever the state of the charge. */
    async receives(charge: Charge, grossAmount = charge.gross_amount) {
      await postJson(`${simulators.url}/midtrans/_control/settle`, {
        order_id: charge.order_id,
        gross_amount: grossAmount,
      });
      await untilQuiet();
    },
  };
  const digiflazz = {
    purchases: async () => (await books<{ purchases: SupplierPurchase[] }>("digiflazz")).purchases,
    balance: async () => (await books<{ balance: number }>("digiflazz")).balance,
    /** Turns one of its own knobs (simulators/README.md). */
    async control(knob: "balance" | "products" | "webhook", order: object) {
      await postJson(`${simulators.url}/digiflazz/_control/${knob}`, order);
      await untilQuiet();
    },
  };

  return {
    store,
    db: store.db,
    databaseUrl,
    clock,
    simulators,
    midtrans,
    digiflazz,
    buyer: discord.buyer,
    secondBuyer: discord.secondBuyer,
    owner: discord.owner,
    publish: createPublisher({ clock }, subscribers),
    untilQuiet,
    books,
    url: store.url,
    /** The next calls of an operation go wrong (simulators/README.md). */
    async breaks(party: string, operation: string, fault: string, count = 1) {
      const url = `${simulators.url}/${party}/_control/faults`;
      await postJson(url, { operation, fault, count });
    },
    /** Answers for Digiflazz from elsewhere from now on, or from the simulator again. */
    async pointsDigiflazzAt(url: string | undefined) {
      digiflazzUrl = url;
    },
    /** Moves the clock of the store and of all parties, from one thing that is due to the next. */
    async advance(time: { minutes?: number; seconds?: number }) {
      let leftMs = ((time.minutes ?? 0) * 60 + (time.seconds ?? 0)) * 1000;
      while (leftMs > 0) {
        const dueMs = await untilDueMs({ db: store.db, clock, simulators });
        const stepMs = Math.min(leftMs, longestStepMs, dueMs);
        clock.advance(stepMs);
        leftMs -= stepMs;
        await untilQuiet();
      }
    },
    /** Stock of a SKU that can be sold now. */
    async available(skuCode: string): Promise<number> {
      const [game = ""] = skuCode.split("_");
      const { data } = await getJson<{ data: { code: string; stock: number }[] }>(
        `${store.url}/api/v1/game/products/${game}`,
      );
      return data.find((sku) => sku.code === skuCode)?.stock ?? 0;
    },
    /** The proofs that hold whenever nothing is under way: see checkBooks. */
    async booksBalance() {
      await checkBooks(store.db, await digiflazz.purchases(), await midtrans.charges());
    },
  };
}

/** Our ledger against the parties' own books. Throws on the first difference. */
export async function checkBooks(
  db: Parameters<typeof trialBalance>[0],
  purchases: readonly SupplierPurchase[],
  charges: readonly Charge[],
) {
  const accounts = await trialBalance(db);
  const held = (name: string) => accounts.get(name) ?? 0n;
  const sum = (numbers: readonly number[]) => BigInt(numbers.reduce((a, b) => a + b, 0));

  const bought = purchases.filter((one) => one.status === "Sukses");
  assert.equal(held("cost_of_sales"), sum(bought.map((one) => one.price)), "cost of sales");
  const open = await db
    .selectFrom("purchases")
    .select("max_cost")
    .where("state", "=", "open")
    .execute();
  const openCost = open.reduce((total, one) => total + one.max_cost, 0n);
  assert.equal(held("in_transit:digiflazz"), openCost, "in transit is what open purchases hold");

  const matching = charges.filter((one) => one.paid_idr === one.gross_amount);
  assert.equal(
    held("gateway:midtrans"),
    sum(matching.map((one) => one.paid_idr - one.refunded_idr)),
    "collected",
  );

  const owed = await db
    .selectFrom("orders")
    .select(["price", "state"])
    .where("state", "in", ["paid", "fulfilling", "refunding"])
    .execute();
  const inEscrow = owed.reduce((total, order) => total + order.price, 0n);
  assert.equal(held("escrow"), inEscrow, "escrow is what is paid and not yet delivered");

  // What the shop can prove by itself; above, what only the parties know.
  const verdicts = await verifyBooks(db, { clock: createSandboxClock({}) });
  assert.deepEqual(
    verdicts.filter((verdict) => !verdict.ok),
    [],
  );
  const dead = await db.selectFrom("jobs").selectAll().where("state", "=", "dead").execute();
  assert.deepEqual(dead, [], "no job is dead");
}
