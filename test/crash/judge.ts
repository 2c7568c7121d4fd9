/** Judge: the parties' books and the ledger say whether anything was lost or done twice. */
import assert from "node:assert/strict";
import { trialBalance } from "../../src/ledger/transfer.ts";
import type { Database } from "../../src/platform/db.ts";
import { type Charge, checkBooks, type SupplierPurchase } from "../world.ts";
import { saldoIdr, type Walker } from "./walker.ts";

interface JudgedShop {
  readonly db: Database;
  charges(): Promise<Charge[]>;
  purchases(): Promise<SupplierPurchase[]>;
}

/** Each order against the parties' books: what was paid, what was bought, what is left. */
export async function judgeWalks(shop: JudgedShop, walkers: readonly Walker[]): Promise<void> {
  const [charges, purchases] = [await shop.charges(), await shop.purchases()];
  for (const walker of walkers) await judgeWalk(walker, charges, purchases);
}

async function judgeWalk(
  walker: Walker,
  charges: readonly Charge[],
  purchases: readonly SupplierPurchase[],
): Promise<void> {
  const { road } = walker;
  const about = `${road.name}, order ${walker.code()}`;
  const asked = purchases.filter((one) => one.customer_no === walker.customerNo);
  const bought = asked.filter((one) => one.status === "Sukses");
  assert.equal(bought.length, road.ends === "delivered" ? 1 : 0, `${about}: bought`);
  assert.ok(asked.length <= 1, `${about}: one purchase at most`);
  for (const one of asked) {
    const taken = one.status === "Sukses" ? [1] : [0, 1];
    assert.ok(taken.includes(one.debit_count), `${about}: the supplier took the cost once`);
    assert.equal(one.hasty_inquiries, 0, `${about}: the supplier was never asked within a minute`);
  }
  assert.equal(await walker.saldo(), await leftTo(walker, charges, purchases), `${about}: saldo`);
}

/** Money buys what the supplier delivered, and all other money is the buyer's. */
async function leftTo(
  walker: Walker,
  charges: readonly Charge[],
  purchases: readonly SupplierPurchase[],
): Promise<number> {
  const refs = (await walker.payments()).map((payment) => payment.ref);
  const paidIdr = charges
    .filter((charge) => refs.includes(charge.order_id))
    .reduce((sum, charge) => sum + charge.paid_idr, 0);
  const bought = purchases.filter(
    (one) => one.customer_no === walker.customerNo && one.status === "Sukses",
  );
  return saldoIdr + paidIdr - bought.length * walker.priceIdr;
}

/** Whether all the money has arrived where it belongs: a notice may be late by minutes. */
export async function isLeft(shop: JudgedShop, walker: Walker): Promise<boolean> {
  const left = await leftTo(walker, await shop.charges(), await shop.purchases());
  return (await walker.saldo()) === left;
}

/** All of it, when everything has come to rest. */
export async function judgeBooks(shop: JudgedShop, walkers: readonly Walker[]): Promise<void> {
  const { db } = shop;
  const [charges, purchases] = [await shop.charges(), await shop.purchases()];
  await judgeWalks(shop, walkers);
  for (const walker of walkers) {
    const { first, again } = await walker.ordersAgain();
    assert.equal(again, first, "an acknowledged order is told the same for ever");
  }
  const rows = await db.selectFrom("orders").select(["code", "state"]).execute();
  const states = new Map(rows.map((order) => [order.code, order.state]));
  assert.equal(states.size, walkers.length, "one order for each that was acknowledged");
  for (const walker of walkers) {
    assert.equal(states.get(walker.code() ?? ""), walker.road.ends, walker.road.name);
  }
  const paidIdr = charges.reduce((sum, charge) => sum + charge.paid_idr - charge.refunded_idr, 0);
  const collected = (await trialBalance(db)).get("gateway:midtrans") ?? 0n;
  assert.equal(collected, BigInt(paidIdr), "what was paid at Midtrans is in the ledger");
  await checkBooks(db, purchases, charges);
  const open = await db
    .selectFrom("desk_items")
    .selectAll()
    .where("closed_at", "is", null)
    .execute();
  assert.deepEqual(open, [], "nothing is left to a person");
}
