/** Discord that breaks off, hurries, forgets or repeats: no order twice, no receipt lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { textOf } from "../buyer.ts";
import { openWorld, type World } from "../world.ts";

const account = { id: "123456789", server: "2001" };
const patienceMs = 20_000;

/** Asks until the bot hears again: a connection comes back in its own, real time. */
async function untilHeard(world: World): Promise<void> {
  const byMs = performance.now() + patienceMs;
  for (;;) {
    const asked = world.buyer.command("saldo");
    const answered = await Promise.race([asked, delay(500)]);
    if (answered?.status === "acknowledged") return;
    assert.ok(performance.now() < byMs, "the bot never came back");
    world.clock.advance(3_000); // Discord gives up on what nobody heard
    await asked;
  }
}

test("a first answer that was taken, and whose reply was lost, counts as given", async (t) => {
  const world = await openWorld(t, { seed: 71 });
  await world.buyer.quotes("ML_86", account);
  await world.breaks("discord", "callback", "lost_answer");
  await world.buyer.press("Bayar GoPay");
  await world.untilQuiet();
  assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
  assert.equal((await world.midtrans.charges()).length, 1);
});

test("an answer that came too late begins nothing: no order, no charge", async (t) => {
  const world = await openWorld(t, { seed: 72 });
  await world.buyer.quotes("ML_86", account);
  await world.breaks("discord", "callback", "slow");
  const pressed = world.buyer.press("Bayar GoPay");
  await delay(200);
  world.clock.advance(5_000); // the answer, which Discord keeps for four seconds, is on its way
  await world.untilQuiet();
  assert.equal((await pressed).status, "failed");
  await world.advance({ minutes: 1 });
  assert.deepEqual(await world.midtrans.charges(), []);
  assert.equal(await world.available("ML_86"), 100);
  await world.buyer.press("Bayar GoPay");
  assert.equal((await world.midtrans.charges()).length, 1, "and pressed again it is one order");
});

for (const how of ["cut", "reconnect"]) {
  test(`what was pressed while the connection was gone (${how}) is heard when it is back`, async (t) => {
    const world = await openWorld(t, { seed: 73 });
    await world.buyer.quotes("ML_86", account);
    await world.breaks("discord", "gateway", how);
    const pressed = await world.buyer.press("Bayar GoPay");
    assert.equal(pressed.status, "acknowledged");
    assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
    assert.equal((await world.midtrans.charges()).length, 1);
  });
}

test("a session that Discord ended is begun anew", async (t) => {
  const world = await openWorld(t, { seed: 74 });
  await world.breaks("discord", "gateway", "invalid_session");
  const lost = world.buyer.command("saldo");
  await delay(200);
  world.clock.advance(3_000);
  assert.equal((await lost).status, "failed");
  await untilHeard(world);
  await world.buyer.orders("ML_86", account);
  assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
});

test("when Discord says to wait the bot waits, and everything is shown once", async (t) => {
  const world = await openWorld(t, { seed: 75 });
  await world.breaks("discord", "callback", "http_429");
  await world.breaks("discord", "edit", "http_429", 2);
  await world.buyer.orders("ML_86", account);
  await world.untilQuiet();
  assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
  assert.equal((await world.buyer.messages()).length, 1);
});

test("a receipt whose sending broke off comes once, as a direct message", async (t) => {
  const world = await openWorld(t, { seed: 76 });
  await world.buyer.orders("ML_86", account);
  const charge = await world.midtrans.lastCharge();
  await world.advance({ minutes: 16 });
  await world.breaks("discord", "message", "lost_answer");
  await world.breaks("discord", "edit", "lost_answer");
  await world.midtrans.receives(charge);
  await world.advance({ minutes: 3 });
  const receipts = (await world.buyer.messages()).filter((one) => /Terkirim/.test(textOf(one)));
  assert.equal(receipts.length, 1);
  await world.booksBalance();
});
