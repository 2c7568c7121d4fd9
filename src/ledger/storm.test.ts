/** The ledger in a storm: many at once, on the same saldo, with the same keys, again and again. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { cleanUp, cloneDatabase, scale } from "../../test/database.ts";
import { createSandboxClock } from "../platform/clock.ts";
import {
  type Db,
  inOneStatement,
  inSnapshot,
  inTransaction,
  openDatabase,
} from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { saldoOf } from "./chart.ts";
import { endHold, holdSaldo } from "./hold.ts";
import { post, type Transfer } from "./transfer.ts";
import { ledgerProofs } from "./verify.ts";

const firstSeed = Number(process.env.TEST_SEED ?? 20_261_128);
const seedCount = scale({ short: 1, long: 3 });
const operationCount = scale({ short: 10_000, long: 1_000_000 });
const customerCount = scale({ short: 1_000, long: 10_000 });
const provenEach = scale({ short: 5_000, long: 20_000 });
// A few whom many want something of at the same moment.
const hotCount = 8;
const workerCount = 64;
// More would only wait for each other's processor.
const poolSize = 32;
const startIdr = 20_000n;
const eventsPerOperation = 0.6;

const idOf = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const orderIdOf = (order: number) => idOf(100_000_000 + order);
const customerAt = (number: number) =>
  idOf(number % 3 === 0 ? number % hotCount : number % customerCount);

/** What an event posts: the same each time that it comes. */
function transferOf(event: number): Transfer {
  const customer = saldoOf(customerAt(event * 7_919));
  const other = saldoOf(customerAt(event * 104_729 + 1));
  const amountIdr = BigInt(1 + ((event * 6_007) % 20_000));
  const rest = { amountIdr, key: `event:${event}`, reason: "storm" };
  if (event % 3 === 0)
    return { ...rest, debit: "bank", credit: customer, amountIdr: 2n * amountIdr };
  if (event % 3 === 1 || customer === other) return { debit: customer, credit: "escrow", ...rest };
  return { debit: customer, credit: other, ...rest };
}

const holdOf = (order: number) => ({
  orderId: orderIdOf(order),
  customerId: customerAt(order * 15_485_863),
  amountIdr: BigInt(1 + ((order * 3_571) % 9_000)),
});

/** What the held saldo of an order was spent on. */
function spendingOf(order: number): Transfer {
  const { customerId, amountIdr } = holdOf(order);
  const rest = { amountIdr, key: `spent:${order}`, reason: "storm" };
  return { debit: saldoOf(customerId), credit: "escrow", ...rest };
}

type Ending = "consumed" | "released";

/** The books as they must be after all that was acknowledged, in whatever order it was done. */
interface Model {
  readonly posted: Map<string, Transfer>;
  readonly held: Set<number>;
  readonly ended: Map<number, Ending>;
  readonly answers: Map<string, number>;
  doneCount: number;
}

type Command = fc.AsyncCommand<Model, Ledger>;

/** What one of the workers does once, whatever the books are like. */
function command(words: string, work: (model: Model, ledger: Ledger) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => words,
    async run(model, ledger) {
      await work(model, ledger);
      model.doneCount++;
    },
  };
}

const count = (model: Model, what: string) =>
  model.answers.set(what, (model.answers.get(what) ?? 0) + 1);

function postEvents(events: readonly number[]): Command {
  const transfers = events.map(transferOf);
  return command(`post ${events}`, async (model, { db, deps }) => {
    const done = await unlessRefused(inOneStatement(db, (tx) => post(tx, deps, transfers)));
    count(model, done ? "posted" : "not enough to post");
    if (done) for (const one of transfers) model.posted.set(one.key, one);
  });
}

function hold(order: number): Command {
  return command(`hold ${order}`, async (model, { db, deps }) => {
    const held = await inOneStatement(db, (tx) => holdSaldo(tx, deps, holdOf(order)));
    count(model, held ? "held" : "not held");
    if (held) model.held.add(order);
  });
}

function end(order: number, ending: Ending): Command {
  return command(`end ${order} ${ending}`, async (model, { db, deps }) => {
    const input = { orderId: orderIdOf(order), ending };
    if (await inOneStatement(db, (tx) => endHold(tx, deps, input))) ended(model, order, ending);
  });
}

/** Ends the hold and spends what it held, in one transaction. */
function spendHeld(order: number): Command {
  return command(`spend ${order}`, async (model, { db, deps }) => {
    const spending = spendingOf(order);
    const spent = await inTransaction(db, async (tx) => {
      const input = { orderId: orderIdOf(order), ending: "consumed" } as const;
      if (!(await endHold(tx, deps, input))) return false;
      await post(tx, deps, [spending]);
      return true;
    });
    if (!spent) return;
    ended(model, order, "consumed");
    count(model, "spent");
    model.posted.set(spending.key, spending);
  });
}

function ended(model: Model, order: number, ending: Ending): void {
  assert.ok(!model.ended.has(order), `the hold of order ${order} ended twice`);
  count(model, ending);
  model.ended.set(order, ending);
}

/** False when the ledger's own rules refused it: nobody is below zero or below what is held. */
async function unlessRefused(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    const { message } = error as Error;
    if (/"balances_(?:posted_check|still_hold)"/.test(message)) return false;
    throw error;
  }
}

/** What a worker does. Near events and orders come to several workers, and to one several times. */
function commandsFrom(operation: number): fc.Arbitrary<Iterable<Command>> {
  const first = Math.floor(operation * eventsPerOperation);
  const event = fc.integer({ min: first, max: first + provenEach * eventsPerOperation });
  const firstOrder = Math.floor(operation / 6);
  const order = fc.integer({ min: firstOrder, max: firstOrder + Math.floor(provenEach / 6) });
  const ending = fc.constantFrom("consumed" as const, "released" as const);
  const posting = fc.array(event, { minLength: 1, maxLength: 3 }).map(postEvents);
  return fc.commands<Model, Ledger, false>(
    [posting, posting, order.map(hold), fc.tuple(order, ending).map((one) => end(...one))].concat(
      order.map(spendHeld),
    ),
    { maxCommands: Math.ceil((1.6 * provenEach) / workerCount), size: "max" },
  );
}

async function openLedger(t: TestContext, seed: number) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  const deps = { clock, ids: createIds(clock, createSeededRandom(seed)) };
  const ledger = { db, deps };
  const model: Model = {
    ...{ posted: new Map(), held: new Set(), ended: new Map(), answers: new Map() },
    doneCount: 0,
  };
  const start = Array.from({ length: customerCount }, (_, number): Transfer => {
    const credit = saldoOf(idOf(number));
    const rest = { amountIdr: startIdr, key: `start:${number}`, reason: "storm" };
    return { debit: "gateway:midtrans", credit, ...rest };
  });
  await inTransaction(db, (tx) => post(tx, deps, start));
  for (const one of start) model.posted.set(one.key, one);
  return { ledger, model };
}

type Ledger = Awaited<ReturnType<typeof openLedger>>["ledger"];

async function prove(db: Db) {
  for (const { rule, check } of ledgerProofs) {
    assert.deepEqual((await check(db)).breaches, [], rule);
  }
}

/** Compares every saldo and every hold with those of the model. */
async function assertSame(db: Db, model: Model) {
  const saldos = new Map<string, { posted: bigint; held: bigint }>();
  const of = (name: string) => {
    const known = saldos.get(name) ?? { posted: 0n, held: 0n };
    saldos.set(name, known);
    return known;
  };
  for (const { debit, credit, amountIdr } of model.posted.values()) {
    of(debit).posted -= amountIdr;
    of(credit).posted += amountIdr;
  }
  for (const order of model.held) {
    const { customerId, amountIdr } = holdOf(order);
    if (!model.ended.has(order)) of(saldoOf(customerId)).held += amountIdr;
  }
  const rows = await db.selectFrom("balances").selectAll().execute();
  assert.equal(rows.length, customerCount);
  for (const { ledger_account, posted, held } of rows) {
    assert.deepEqual({ posted, held }, of(ledger_account), ledger_account);
    assert.ok(posted >= held && held >= 0n, `${ledger_account} is below zero`);
  }
  const holds = await db.selectFrom("holds").select(["order_id", "state"]).execute();
  assert.deepEqual(
    new Map(holds.map(({ order_id, state }) => [order_id, state])),
    new Map([...model.held].map((order) => [orderIdOf(order), model.ended.get(order) ?? "held"])),
  );
}

/** Nothing is in the books that was not acknowledged, and all that was. */
async function assertSameKeys(db: Db, model: Model) {
  const { rows } = await sql<{ key: string }>`
    select key from transfers where reason = 'storm'`.execute(db);
  assert.equal(rows.length, model.posted.size);
  for (const { key } of rows) assert.ok(model.posted.has(key), `${key} was not acknowledged`);
}

for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
  test(`64 at once, with the same keys again and again, leave the books that they were told of (seed ${seed})`, async (t) => {
    const { ledger, model } = await openLedger(t, seed);
    const { db } = ledger;
    while (model.doneCount < operationCount) {
      const { doneCount: before } = model;
      const sampled = fc.sample(commandsFrom(before), {
        numRuns: workerCount,
        seed: seed + before,
      });
      const work = sampled.map(async (commands) => {
        await fc.asyncModelRun(() => ({ model, real: ledger }), commands);
      });
      // The proofs read one moment, so they hold while others write.
      work.push(inSnapshot(db, prove));
      const failed = (await Promise.allSettled(work)).find((one) => one.status === "rejected");
      if (failed) throw new Error(`seed ${seed}, from ${before} on`, { cause: failed.reason });
      await prove(db);
      await assertSame(db, model);
    }
    await assertSameKeys(db, model);
    const answers = [...model.answers].map(([what, times]) => `${times} ${what}`).join(", ");
    t.diagnostic(`seed ${seed}: ${model.doneCount} operations: ${answers}`);
    for (const what of ["posted", "not enough to post", "held", "not held", "spent", "released"]) {
      assert.ok((model.answers.get(what) ?? 0) > 100, `seed ${seed} saw too few: ${what}`);
    }
  });
}
