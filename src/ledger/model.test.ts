/** The ledger against a simple model: whatever is asked at once, some order of it explains the books. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanUp, cloneDatabase, scale } from "../../test/database.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { type Database, inSnapshot, inTransaction, openDatabase } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { type LedgerAccount, normalSide, saldoOf } from "./chart.ts";
import { endHold, holdSaldo } from "./hold.ts";
import { post, saldo, type Transfer, trialBalance } from "./transfer.ts";
import { ledgerProofs } from "./verify.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_123);
const idOf = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const customers = [1, 2, 3].map(idOf);
const ledgerAccounts = [...customers.map(saldoOf), "escrow", "sales", "gateway:midtrans"] as const;
const eventCount = 6_000;
const orderCount = 400;

type Operation =
  | { readonly kind: "post"; readonly events: readonly number[] }
  | { readonly kind: "hold"; readonly order: number; readonly amountIdr: bigint }
  | { readonly kind: "end"; readonly order: number; readonly ending: "consumed" | "released" }
  /** Ends the hold and spends what it held, together. */
  | { readonly kind: "spend_held"; readonly order: number };

type Outcome = "done" | "nothing" | "refused";

/** Operations on a few orders and events, so that those asked at once are often the same ones. */
function operationOn(firstOrder: number, firstEvent: number): fc.Arbitrary<Operation> {
  const order = fc.integer({ min: firstOrder, max: firstOrder + 2 });
  const event = fc.integer({ min: firstEvent, max: firstEvent + 6 });
  const ending = fc.constantFrom("consumed" as const, "released" as const);
  // An amount of its own would be another hold: refused when the order holds already.
  const amountIdr = fc.constantFrom(4_000n, 4_000n, 4_000n, 90_000n);
  const kind = <K extends Operation["kind"]>(name: K) => fc.constant(name);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: kind("post"),
        events: fc.array(event, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: kind("hold"), order, amountIdr }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("end"), order, ending }) },
    { weight: 1, arbitrary: fc.record({ kind: kind("spend_held"), order }) },
  );
}

const round = fc
  .record({
    firstOrder: fc.integer({ min: 0, max: orderCount }),
    firstEvent: fc.integer({ min: 0, max: eventCount }),
  })
  .chain(({ firstOrder, firstEvent }) =>
    fc.array(operationOn(firstOrder, firstEvent), { minLength: 1, maxLength: 6 }),
  );

/** What an event posts: the same each time that it comes, and now and then something impossible. */
function transferOf(event: number): Transfer {
  const pick = (number: number) => ledgerAccounts[number % ledgerAccounts.length] ?? "escrow";
  const debit = pick(event);
  const same = pick(Math.floor(event / 7));
  const credit = same === debit && event % 40 !== 0 ? "bank" : same;
  return {
    debit: event % 97 === 96 ? ("tips" as LedgerAccount) : debit,
    credit,
    amountIdr: event % 89 === 88 ? 0n : BigInt(1 + ((event * 7_919) % 20_000)),
    key: `event:${event}`,
    reason: "model",
  };
}

const payerOf = (number: number) => customers[number % customers.length] ?? "";
const orderIdOf = (number: number) => idOf(1_000 + number);
const spending = (number: number, amountIdr: bigint): Transfer => ({
  debit: saldoOf(payerOf(number)),
  credit: "escrow",
  amountIdr,
  key: `spent:${number}`,
  reason: "model",
});

interface Books {
  /** Credits less debits of each account. */
  readonly sums: ReadonlyMap<string, bigint>;
  readonly posted: ReadonlySet<string>;
  readonly holds: ReadonlyMap<number, { amountIdr: bigint; state: string }>;
}

type Step = readonly [Outcome, Books];

const heldOf = (books: Books, customerId: string) =>
  [...books.holds]
    .filter(([number, hold]) => hold.state === "held" && payerOf(number) === customerId)
    .reduce((sum, [, hold]) => sum + hold.amountIdr, 0n);

const availableOf = (books: Books, customerId: string) =>
  (books.sums.get(saldoOf(customerId)) ?? 0n) - heldOf(books, customerId);

/** What an operation does to the books, and what it answers. */
function apply(books: Books, asked: Operation): Step {
  switch (asked.kind) {
    case "post":
      return applyTransfers(books, asked.events.map(transferOf));
    case "hold": {
      const known = books.holds.get(asked.order);
      if (known !== undefined && known.amountIdr !== asked.amountIdr) return ["refused", books];
      if (known !== undefined) return [known.state === "held" ? "done" : "nothing", books];
      const { amountIdr } = asked;
      if (availableOf(books, payerOf(asked.order)) < amountIdr) return ["nothing", books];
      return ["done", withHold(books, asked.order, { amountIdr, state: "held" })];
    }
    case "end":
    case "spend_held": {
      const known = books.holds.get(asked.order);
      if (known?.state !== "held") return ["nothing", books];
      const state = asked.kind === "end" ? asked.ending : "consumed";
      const ended = withHold(books, asked.order, { ...known, state });
      if (asked.kind === "end") return ["done", ended];
      return applyTransfers(ended, [spending(asked.order, known.amountIdr)]);
    }
    default:
      return asked satisfies never;
  }
}

function applyTransfers(books: Books, transfers: readonly Transfer[]): Step {
  const sums = new Map(books.sums);
  const posted = new Set(books.posted);
  for (const { debit, credit, amountIdr, key } of transfers) {
    // A row's own checks are asked before its key, so a bad repeat is refused as well.
    if (debit === credit || amountIdr === 0n || debit === ("tips" as string)) {
      return ["refused", books];
    }
    if (posted.has(key)) continue;
    posted.add(key);
    sums.set(debit, (sums.get(debit) ?? 0n) - amountIdr);
    sums.set(credit, (sums.get(credit) ?? 0n) + amountIdr);
  }
  const after = { ...books, sums, posted };
  return customers.some((customerId) => availableOf(after, customerId) < 0n)
    ? ["refused", books]
    : ["done", after];
}

function withHold(books: Books, number: number, hold: { amountIdr: bigint; state: string }): Books {
  return { ...books, holds: new Map(books.holds).set(number, hold) };
}

interface Answered {
  readonly asked: Operation;
  readonly outcome: Outcome;
}

/** The books after some order of what was answered at once, or undefined when no order explains it. */
function explain(books: Books, answers: readonly Answered[]): Books | undefined {
  if (answers.length === 0) return books;
  for (const [index, { asked, outcome }] of answers.entries()) {
    const [expected, after] = apply(books, asked);
    if (expected !== outcome) continue;
    const explained = explain(after, answers.toSpliced(index, 1));
    if (explained !== undefined) return explained;
  }
  return undefined;
}

async function openLedger(t: Parameters<typeof cleanUp>[0]) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 7, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
  return { db, deps: { clock, ids: createIds(clock, createSeededRandom(seed)) } };
}

type Ledger = Awaited<ReturnType<typeof openLedger>>;

/** Does it for real. Anything but a refusal by the ledger's own rules is a fault, and thrown. */
async function run({ db, deps }: Ledger, asked: Operation): Promise<Outcome> {
  try {
    return await inTransaction(db, async (tx) => {
      switch (asked.kind) {
        case "post":
          await post(tx, deps, asked.events.map(transferOf));
          return "done";
        case "hold": {
          const { order: number, amountIdr } = asked;
          const orderId = orderIdOf(number);
          const held = await holdSaldo(tx, deps, {
            orderId,
            customerId: payerOf(number),
            amountIdr,
          });
          return held ? "done" : "nothing";
        }
        case "end": {
          const { order: number, ending } = asked;
          return (await endHold(tx, deps, { orderId: orderIdOf(number), ending }))
            ? "done"
            : "nothing";
        }
        case "spend_held": {
          const orderId = orderIdOf(asked.order);
          if (!(await endHold(tx, deps, { orderId, ending: "consumed" }))) return "nothing";
          const hold = await tx
            .selectFrom("holds")
            .select("amount")
            .where("order_id", "=", orderId)
            .executeTakeFirstOrThrow();
          await post(tx, deps, [spending(asked.order, hold.amount)]);
          return "done";
        }
        default:
          return asked satisfies never;
      }
    });
  } catch (error) {
    if (/violates check constraint|^order \S+ holds /.test(String((error as Error).message))) {
      return "refused";
    }
    throw error;
  }
}

async function assertSame(db: Database, books: Books, seeded: ReadonlyMap<string, bigint>) {
  const held = await db.selectFrom("balances").select(["ledger_account", "held"]).execute();
  for (const customerId of customers) {
    assert.equal(await saldo(db, customerId), availableOf(books, customerId));
    const row = held.find((one) => one.ledger_account === saldoOf(customerId));
    assert.equal(row?.held ?? 0n, heldOf(books, customerId));
  }
  const found = await trialBalance(db);
  for (const [name, amount] of books.sums) {
    const grown = (found.get(name) ?? 0n) - (seeded.get(name) ?? 0n);
    assert.equal(grown, normalSide(name) === "credit" ? amount : -amount, name);
  }
  const states = await db.selectFrom("holds").select(["order_id", "state"]).execute();
  assert.deepEqual(
    new Map(states.map((row) => [row.order_id, row.state])),
    new Map([...books.holds].map(([number, hold]) => [orderIdOf(number), hold.state])),
  );
}

test("whatever is asked at once, the books are those of a simple model and prove themselves", async (t) => {
  const ledger = await openLedger(t);
  const seeded = await trialBalance(ledger.db);
  const wanted = scale({ short: 10_000, long: 50_000 });
  const rounds = fc.sample(round, { numRuns: wanted, seed });
  const counts = new Map<string, number>();
  let books: Books = { sums: new Map(), posted: new Set(), holds: new Map() };
  let done = 0;

  for (const [index, operations] of rounds.entries()) {
    if (done >= wanted) break;
    const looks = index % 100 === 99;
    const answers: Answered[] = [];
    // In the order in which they were answered, which explains them most of the time.
    const work = operations.map(async (asked) => {
      answers.push({ asked, outcome: await run(ledger, asked) });
    });
    // The proofs read one moment, so they hold while others write.
    if (looks) work.push(inSnapshot(ledger.db, proveLedger));
    await Promise.all(work);
    const after = explain(books, answers);
    const story = JSON.stringify(answers, (_, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    assert.ok(after, `seed ${seed}, round ${index}: no order explains ${story}`);
    books = after;
    done += operations.length;
    for (const { asked, outcome } of answers) {
      const what = `${asked.kind} ${outcome}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    if (looks) await assertSame(ledger.db, books, seeded);
  }
  await assertSame(ledger.db, books, seeded);
  await proveLedger(ledger.db);
  t.diagnostic(
    `${done} operations: ${[...counts].map(([what, count]) => `${count} ${what}`).join(", ")}`,
  );
  for (const what of ["post done", "post refused", "hold done", "hold nothing", "hold refused"]) {
    assert.ok((counts.get(what) ?? 0) > 20, `the model saw too few: ${what}`);
  }
  assert.ok((counts.get("end done") ?? 0) > 20 && (counts.get("spend_held done") ?? 0) > 20);
});

async function proveLedger(db: Parameters<(typeof ledgerProofs)[number]["check"]>[0]) {
  for (const proof of ledgerProofs) {
    const { breaches } = await proof.check(db);
    assert.deepEqual(breaches, [], proof.rule);
  }
}
