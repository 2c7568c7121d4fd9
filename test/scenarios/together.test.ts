/** Many orders at the same moment, whose steps are written together: none pays for another's fate. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReseller } from "../reseller.ts";
import { openWorld } from "../world.ts";

// What Digiflazz does with a number that begins so.
const fates = {
  delivered: "123456789",
  refused: "999541234",
  answerLost: "999001234",
  confirmedWhenAsked: "999031234",
} as const;

test("orders that are bought and delivered together each end as their own supplier says", async (t) => {
  const world = await openWorld(t, { seed: 251 });
  const resellers = await Promise.all(
    Array.from({ length: 10 }, () => createReseller(world, { saldoIdr: 200_000n })),
  );
  const placed = await Promise.all(
    resellers.flatMap((reseller) =>
      Object.entries(fates).map(async ([fate, user_id]) => {
        const { code } = await reseller.orders("ML_86", "saldo", { user_id, server_id: "2001" });
        return { reseller, fate, code };
      }),
    ),
  );
  await world.untilQuiet(); // what is on its way when the clock leaps is not sent any more
  await world.advance({ minutes: 5 });

  for (const { reseller, fate, code } of placed) {
    const { state } = await reseller.order(code);
    assert.equal(state, fate === "refused" ? "refunded" : "delivered", fate);
  }
  for (const reseller of resellers) assert.equal(await reseller.saldo(), 200_000 - 3 * 20_000);
  const purchases = await world.digiflazz.purchases();
  assert.equal(purchases.length, placed.length, "each was bought once");
  assert.ok(purchases.every(({ debit_count }) => debit_count <= 1));
  assert.equal(await world.available("ML_86"), 100 - 30);
  await world.booksBalance();
});

test("stock that moves for many orders together is told movement by movement, without a gap", async (t) => {
  const world = await openWorld(t, { seed: 252 });
  const resellers = await Promise.all(
    Array.from({ length: 8 }, () => createReseller(world, { saldoIdr: 100_000n })),
  );
  await Promise.all(
    resellers.flatMap((reseller) =>
      ["ML_86", "ML_172", "ML_86"].map((sku) => reseller.orders(sku, "saldo")),
    ),
  );
  await world.untilQuiet();
  await world.advance({ minutes: 2 });
  const movements = await world.db
    .selectFrom("stock_movements")
    .selectAll()
    .orderBy("sku_id")
    .orderBy("id")
    .execute();
  assert.equal(movements.filter(({ kind }) => kind === "consumed").length, 24);
  for (const [index, movement] of movements.entries()) {
    const before = movements[index - 1];
    if (before?.sku_id !== movement.sku_id) continue;
    assert.deepEqual(
      [movement.on_hand_before, movement.reserved_before],
      [before.on_hand_after, before.reserved_after],
    );
  }
  await world.booksBalance();
});
