import assert from "node:assert/strict";
import { test } from "node:test";
import { endHold, holdSaldo } from "../../src/ledger/hold.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { openWorld } from "../world.ts";

test("saldo that another order holds buys nothing until it is released", async (t) => {
  const world = await openWorld(t, { seed: 51 });
  const { buyer, db, clock } = world;
  await buyer.orders("FF_140", { id: "9995312345" });
  await world.midtrans.isPaid();
  await buyer.quotes("FF_140", { id: "987654321" });
  const { id: customerId } = await db
    .selectFrom("customers")
    .select("id")
    .executeTakeFirstOrThrow();
  const orderId = "00000000-0000-7000-8000-00000000000a";
  const held = await inTransaction(db, (tx) =>
    holdSaldo(tx, { clock }, { orderId, customerId, amountIdr: 1n }),
  );
  assert.equal(held, true);
  await buyer.press("Pakai saldo (Rp 20.000)");
  await world.advance({ seconds: 2 });
  assert.match(await buyer.reads(), /Rp 19\.999/);
  await buyer.command("saldo");
  assert.match(await buyer.reads(), /Rp 19\.999/);
  assert.equal((await world.digiflazz.purchases()).length, 1, "only the one that failed");
  await world.booksBalance();

  await inTransaction(db, (tx) => endHold(tx, { clock }, { orderId, ending: "released" }));
  await buyer.quotes("FF_140", { id: "987654321" });
  await buyer.press("Pakai saldo (Rp 20.000)");
  await world.advance({ seconds: 2 });
  assert.match(await buyer.reads(), /Terkirim/);
  await world.booksBalance();
});
