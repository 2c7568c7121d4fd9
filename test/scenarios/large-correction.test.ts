/** A large correction of a saldo where one person works alone: it waits a day, and can be thought better of. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { inTransaction } from "../../src/platform/db.ts";
import { createIds } from "../../src/platform/ids.ts";
import { createRandom } from "../../src/platform/random.ts";
import { addStaff } from "../../src/staff/staff.ts";
import {
  adjustSaldo,
  applyAdjustment,
  approveProposal,
  cancelProposal,
} from "../../src/treasury/adjust.ts";
import type { Direction } from "../../src/treasury/proposal.ts";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";

const hourMs = 3600_000;

async function openShop(t: TestContext, seed: number, saldoIdr = 900_000n) {
  const world = await openWorld(t, { seed });
  const reseller = await createReseller(world, { saldoIdr });
  const deps = {
    clock: world.clock,
    ids: createIds(world.clock, createRandom()),
    publish: world.publish,
  };
  const by = (machineUser: string) => ({ actor: "operator", origin: { machineUser } }) as const;
  return {
    ...{ world, reseller, deps },
    employs: (discordId: string) =>
      inTransaction(world.db, (tx) => addStaff(tx, deps, { discordId, role: "admin" })),
    async proposes(direction: Direction, amountIdr: bigint) {
      const { customerId } = reseller;
      const wish = {
        customerId,
        direction,
        amountIdr,
        reason: "a lost bet",
        limitIdr: 500_000n,
        again: false,
      };
      const adjusted = await inTransaction(world.db, (tx) =>
        adjustSaldo(tx, deps, { ...by("ani"), ...wish }),
      );
      assert.equal(adjusted.outcome, "proposed");
      await world.untilQuiet();
    },
    cancels: (proposalNumber: number) =>
      inTransaction(world.db, (tx) => cancelProposal(tx, deps, { ...by("ani"), proposalNumber })),
    approves: (proposalNumber: number) =>
      inTransaction(world.db, (tx) => approveProposal(tx, deps, { ...by("budi"), proposalNumber })),
    async waits(hours: number) {
      world.clock.advance(hours * hourMs);
      await world.untilQuiet();
    },
    async desk() {
      const items = await world.db
        .selectFrom("desk_items")
        .select(["kind", "resolution"])
        .orderBy("number")
        .execute();
      return items.map((item) => `${item.kind}: ${item.resolution ?? "open"}`);
    },
  };
}

test("who works alone waits a day for a large correction, which then takes effect once", async (t) => {
  const shop = await openShop(t, 421);
  const { world, reseller } = shop;
  await shop.employs("300000000000000001");
  await shop.proposes("give", 600_000n);
  await shop.waits(23.9);
  assert.equal(await reseller.saldo(), 900_000);
  assert.deepEqual(await shop.desk(), ["adjustment_waiting: open"]);
  await shop.waits(0.2);
  assert.equal(await reseller.saldo(), 1_500_000);
  assert.deepEqual(await shop.desk(), ["adjustment_waiting: took effect"]);
  const { id: proposalId } = await world.db
    .selectFrom("adjustment_proposals")
    .select("id")
    .executeTakeFirstOrThrow();
  await applyAdjustment(world.db, shop.deps, { proposalId });
  await assert.rejects(shop.cancels(1), /proposal\.ended/);
  await assert.rejects(shop.approves(1), /proposal\.ended/);
  assert.equal(await reseller.saldo(), 1_500_000);
  const acts = await world.db
    .selectFrom("audit_log")
    .select(["actor", "action", "reason"])
    .where("action", "like", "money.%")
    .orderBy("id")
    .execute();
  assert.deepEqual(
    acts.map((act) => [act.actor, act.action, act.reason]),
    [
      ["operator", "money.propose", "a lost bet"],
      ["system", "money.take_effect", "a lost bet"],
    ],
  );
  await world.booksBalance();
});

test("until then it can be cancelled, and then it never takes effect", async (t) => {
  const shop = await openShop(t, 422);
  await shop.proposes("give", 600_000n);
  await shop.waits(23);
  await shop.cancels(1);
  await shop.waits(48);
  assert.equal(await shop.reseller.saldo(), 900_000);
  assert.deepEqual(await shop.desk(), ["adjustment_waiting: cancelled"]);
  await shop.world.booksBalance();
});

test("where two work nothing takes effect by itself, however long it waits", async (t) => {
  const shop = await openShop(t, 423);
  await shop.employs("300000000000000001");
  await shop.employs("300000000000000002");
  await shop.proposes("take", 600_000n);
  await shop.waits(24 * 30);
  assert.equal(await shop.reseller.saldo(), 900_000);
  await shop.approves(1);
  assert.equal(await shop.reseller.saldo(), 300_000);
  await shop.world.booksBalance();
});

test("what the customer has spent meanwhile is not taken: it stays undone, and a person is told", async (t) => {
  const shop = await openShop(t, 424, 600_000n);
  const { reseller } = shop;
  await shop.proposes("take", 600_000n);
  await reseller.orders("ML_86", "saldo");
  await shop.waits(25);
  assert.equal(await reseller.saldo(), 580_000);
  const desk = await shop.desk();
  assert.deepEqual(desk, ["adjustment_waiting: open", "dead_job: open"]);
  await assert.rejects(shop.approves(1), /saldo\.too_little/);
  await shop.cancels(1);
  assert.equal(await reseller.saldo(), 580_000);
});
