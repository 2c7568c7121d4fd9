/** What staff read in their channel, and who of the buyers can be written to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { closeItem, openItem, settleItem, takeItem } from "../../src/desk/item.ts";
import { inTransaction } from "../../src/platform/db.ts";
import { createIds } from "../../src/platform/ids.ts";
import { createSeededRandom } from "../../src/platform/random.ts";
import { textOf } from "../buyer.ts";
import { openWorld } from "../world.ts";

const account = { id: "123456789", server: "2001" };

test("staff read what lies on the desk, and the same message says when it is done", async (t) => {
  const world = await openWorld(t, { seed: 61 });
  await world.buyer.orders("ML_86", account);
  const charge = await world.midtrans.lastCharge();
  await world.midtrans.receives(charge, 12_000);
  const [notice, ...others] = await world.owner.messages();
  assert.ok(notice);
  assert.deepEqual(others, []);
  assert.match(textOf(notice), /⚠️ Desk 1: payment short\nLess money came than was asked for/);
  assert.match(textOf(notice), /Nobody has taken it yet: `konter desk take 1`/);
  assert.match(textOf(notice), /Asked: Rp 20\.000/);
  assert.deepEqual(await world.secondBuyer.messages(), [], "buyers do not see the staff's channel");

  await inTransaction(world.db, (tx) => takeItem(tx, world, { itemNumber: 1, actor: "operator" }));
  await world.untilQuiet();
  assert.match(await world.owner.reads(), /Taken by operator/);
  await world.advance({ minutes: 1 });
  await world.buyer.press("Tarik ke saldo");
  assert.match(await world.owner.reads(), /✅ Desk 1: payment short\nDone /);
  assert.equal((await world.owner.messages()).length, 1);
});

test("what resolves itself before anybody was told is not told", async (t) => {
  const world = await openWorld(t, { seed: 62 });
  const deps = {
    ...{ clock: world.clock, publish: world.publish },
    ids: createIds(world.clock, createSeededRandom(1)),
  };
  const item = { kind: "purchase_stuck", subject: "purchase:B1" } as const;
  await inTransaction(world.db, async (tx) => {
    await openItem(tx, deps, { ...item, details: {} });
    await settleItem(tx, deps, { ...item, resolution: "it succeeded" });
  });
  await world.untilQuiet();
  assert.deepEqual(await world.owner.messages(), []);
});

test("an item that changes while Discord is away is told once, as it is then", async (t) => {
  const world = await openWorld(t, { seed: 63 });
  const deps = {
    ...{ clock: world.clock, publish: world.publish },
    ids: createIds(world.clock, createSeededRandom(1)),
  };
  const by = { actor: "operator" } as const;
  await world.breaks("discord", "message", "http_500", 4);
  await inTransaction(world.db, (tx) =>
    openItem(tx, deps, {
      kind: "refund_stuck",
      subject: "refund:R1",
      details: { amount: "**1**" },
    }),
  );
  await world.untilQuiet();
  await inTransaction(world.db, (tx) => takeItem(tx, deps, { itemNumber: 1, ...by }));
  await world.advance({ minutes: 1 });
  assert.match(await world.owner.reads(), /Taken by operator.*Amount: \\\*\\\*1/s);
  await inTransaction(world.db, (tx) =>
    closeItem(tx, deps, { itemNumber: 1, ...by, reason: "ok" }),
  );
  await world.untilQuiet();
  assert.match(await world.owner.reads(), /✅ Desk 1/);
  assert.equal((await world.owner.messages()).length, 1);
});

test("a staff message whose answer was lost is not sent twice, and says what is true by then", async (t) => {
  const world = await openWorld(t, { seed: 64 });
  await world.buyer.orders("ML_86", account);
  await world.breaks("discord", "message", "lost_answer");
  await world.midtrans.receives(await world.midtrans.lastCharge(), 12_000);
  await inTransaction(world.db, (tx) =>
    closeItem(tx, world, { itemNumber: 1, actor: "operator", reason: "seen to" }),
  );
  await world.advance({ minutes: 1 });
  assert.match(await world.owner.reads(), /✅ Desk 1: payment short\nDone .*seen to/);
  assert.equal((await world.owner.messages()).length, 1);
});

test("once a day the staff's channel keeps the newest seal, where the database cannot rewrite it", async (t) => {
  const world = await openWorld(t, { seed: 106 });
  await world.advance({ minutes: 2 });
  await world.db
    .updateTable("recurring_jobs")
    .set({ next_run_at: world.clock.now() })
    .where("name", "=", "discord.tellSeal")
    .execute();
  await world.advance({ seconds: 30 });
  const { number, head } = await world.db
    .selectFrom("seals")
    .select(["number", "head"])
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  const read = textOf(await world.owner.lastMessage());
  assert.match(read, new RegExp(`Seal ${number}\\n[\\s\\S]*${head.toString("hex")}`));
});

test("whoever takes no direct messages is tried once a day; the order page tells", async (t) => {
  const world = await openWorld(t, { seed: 65 });
  // The day's seal would be counted with the messages to buyers.
  await world.db.deleteFrom("recurring_jobs").where("name", "=", "discord.tellSeal").execute();
  const attempts = async () => {
    const { requests } = await world.books<{ requests: Record<string, number> }>("discord");
    return requests["POST /channels/:channel/messages"] ?? 0;
  };
  await world.buyer.closesDirectMessages();
  await world.buyer.orders("ML_86", account);
  await world.advance({ minutes: 18 });
  assert.equal(await attempts(), 1, "the card's token is dead, so a direct message was tried");
  await world.midtrans.receives(await world.midtrans.lastCharge());
  await world.advance({ minutes: 2 });
  assert.equal(await attempts(), 1, "delivered since, and not tried again");
  await world.buyer.command("history");
  assert.match(await world.buyer.reads(), /86 Diamond/);
  await world.buyer.closesDirectMessages(false);
  world.clock.advance(24 * 60 * 60_000);
  await world.untilQuiet();
  await world.buyer.orders("ML_86", account);
  await world.advance({ minutes: 18 });
  assert.equal(await attempts(), 2);
});
