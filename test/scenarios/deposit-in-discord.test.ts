/** /deposit: a buyer fills the saldo in Discord, and the card tells what became of the money. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openWorld } from "../world.ts";

test("a buyer fills the saldo with GoPay and buys from it", async (t) => {
  const world = await openWorld(t, { seed: 241 });
  const { buyer } = world;
  await buyer.command("deposit", { jumlah: "50rb" });
  assert.match(await buyer.reads(), /Bayar dengan GoPay.*Rp 50\.000/s);
  await world.midtrans.isPaid();
  await world.advance({ seconds: 2 });
  assert.match(await buyer.reads(), /Saldo bertambah.*Rp 50\.000 sudah masuk ke saldo/s);
  await buyer.quotes("ML_86", { id: "123456789", server: "2001" });
  await buyer.press("Pakai saldo (Rp 50.000)");
  await world.advance({ seconds: 5 });
  assert.match(await buyer.reads(), /Terkirim/);
  assert.equal((await buyer.press("Beli lagi")).callback_type, 9, "the form opens again");
  await world.booksBalance();
});

test("a redelivered /deposit is one deposit", async (t) => {
  const world = await openWorld(t, { seed: 242 });
  await world.breaks("discord", "interaction", "duplicate");
  await world.buyer.command("deposit", { jumlah: "Rp 50.000" });
  await world.untilQuiet();
  assert.equal((await world.midtrans.charges()).length, 1);
});

test("a deposit is stopped by its buyer, and money that comes all the same is saldo", async (t) => {
  const world = await openWorld(t, { seed: 243 });
  await world.buyer.command("deposit", { jumlah: "20000" });
  const [charge] = await world.midtrans.charges();
  assert.ok(charge);
  await world.buyer.press("Batal");
  await world.untilQuiet();
  assert.match(await world.buyer.reads(), /Deposit dibatalkan/);
  await world.midtrans.receives(charge, 20_000);
  await world.advance({ minutes: 1 });
  assert.match(await world.buyer.reads(), /Saldo bertambah/);
  await world.booksBalance();
});

test("what is no amount, or out of bounds, is refused with the way out", async (t) => {
  const world = await openWorld(t, { seed: 244 });
  const says = async (jumlah: string) => {
    await world.buyer.command("deposit", { jumlah });
    return world.buyer.reads();
  };
  assert.match(await says("banyak"), /"banyak" bukan jumlah rupiah\. Tulis misalnya 50000/);
  assert.match(await says("9.999"), /paling sedikit Rp 10\.000 dan paling banyak Rp 10\.000\.000/);
  assert.match(await says("11jt"), /paling banyak Rp 10\.000\.000/);
  assert.deepEqual(await world.midtrans.charges(), []);
});

test("/bantuan tells every command, in the reader's language", async (t) => {
  const world = await openWorld(t, { seed: 245 });
  await world.buyer.command("bantuan", {});
  const said = await world.buyer.reads();
  for (const name of ["/topup", "/price", "/cek", "/deposit", "/saldo", "/history"]) {
    assert.ok(said.includes(name), name);
  }
});
