import assert from "node:assert/strict";
import { test } from "node:test";
import { openWorld } from "../world.ts";

const account = { id: "123456789", server: "2001" };

test("a buyer pays with GoPay and the diamonds are delivered once", async (t) => {
  const world = await openWorld(t, { seed: 1 });
  await world.buyer.orders("ML_86", account);
  assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
  await world.midtrans.isPaid();
  assert.match(await world.buyer.reads(), /Pembayaran diterima/);
  await world.advance({ seconds: 2 });
  assert.match(await world.buyer.reads(), /Terkirim/);
  const [purchase, ...others] = await world.digiflazz.purchases();
  assert.deepEqual(others, []);
  assert.equal(purchase?.debit_count, 1);
  assert.match(await world.buyer.reads(), new RegExp(purchase?.sn.split(" ")[0] ?? "?"));
  assert.equal(await world.available("ML_86"), 99);
  await world.booksBalance();
});

test("nobody pays: the order expires and its stock is back", async (t) => {
  const world = await openWorld(t, { seed: 2 });
  await world.buyer.orders("ML_86", account);
  assert.equal(await world.available("ML_86"), 99);
  await world.advance({ minutes: 20 });
  assert.match(await world.buyer.reads(), /Waktu bayar habis/);
  assert.equal(await world.available("ML_86"), 100);
  await world.booksBalance();
});
