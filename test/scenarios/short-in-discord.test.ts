/** Money that was too little, in Discord: the buyer is told the truth and decides with a button. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openWorld } from "../world.ts";

async function openShort(t: TestContext, seed: number) {
  const world = await openWorld(t, { seed });
  await world.buyer.orders("ML_86", { id: "123456789", server: "2001" });
  const [charge] = await world.midtrans.charges();
  assert.ok(charge);
  await world.midtrans.receives(charge, 12_000);
  await world.advance({ minutes: 1 });
  assert.match(await world.buyer.reads(), /Rp 12\.000 dari Rp 20\.000\. Uangnya aman/);
  return world;
}

test("a buyer takes short money back: it is saldo, the order is over, and the card says so", async (t) => {
  const world = await openShort(t, 231);
  await world.buyer.press("Tarik ke saldo");
  await world.untilQuiet();
  const said = await world.buyer.reads();
  assert.match(said, /Pesanan dibatalkan/);
  assert.match(said, /Rp 12\.000 dari Rp 20\.000\. Uangnya sudah masuk ke saldo/);
  await world.buyer.command("saldo", {});
  assert.match(await world.buyer.reads(), /Rp 12\.000/);
  await world.booksBalance();
});

test("the rest is not paid from a saldo that does not suffice, and what came is not lost", async (t) => {
  const world = await openShort(t, 232);
  await world.buyer.press("Bayar sisanya dari saldo");
  await world.untilQuiet();
  assert.match(await world.buyer.reads(), /Bersama saldomu baru Rp 12\.000 dari Rp 20\.000/);
  await world.buyer.press("Tarik ke saldo");
  await world.untilQuiet();
  assert.match(await world.buyer.reads(), /Uangnya sudah masuk ke saldo/);
  await world.booksBalance();
});
