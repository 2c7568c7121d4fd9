/** The rules of the desk, on a real database. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { Refusal } from "../platform/refusal.ts";
import { applicationRole } from "../platform/roles.ts";
import { closeItem, listItems, listOpenItems, openItem, settleItem, takeItem } from "./item.ts";

const start = new Date("2026-11-23T03:00:00Z");
const staff = "staff:01936d3e-0000-7000-8000-000000000001" as const;
const stuck = { kind: "purchase_stuck", subject: "purchase:7", details: { ref: "B7" } } as const;

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = (await lendDatabase(atEnd)).replace(
    "//konter@",
    `//${applicationRole}@`,
  );
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: start });
  const told: string[] = [];
  const publish: Publish = async (_tx, ...events) => {
    told.push(...events.map((event) => event.name));
  };
  const deps = { clock, publish, ids: createIds(clock, createSeededRandom(5)) };
  return {
    told,
    db,
    clock,
    atEnd,
    connectionString,
    open: (item: Parameters<typeof openItem>[2] = stuck) =>
      inTransaction(db, (tx) => openItem(tx, deps, item)),
    settle: () =>
      inTransaction(db, (tx) => settleItem(tx, deps, { ...stuck, resolution: "it succeeded" })),
    take: (itemNumber: number, actor: typeof staff | "operator" = staff) =>
      inTransaction(db, (tx) => takeItem(tx, deps, { itemNumber, actor })),
    close: (itemNumber: number, reason = "asked the supplier") =>
      inTransaction(db, (tx) => closeItem(tx, deps, { itemNumber, actor: staff, reason })),
  };
}

const refused = (code: string) => (error: unknown) =>
  error instanceof Refusal && error.code === code;

test("what is wrong lies on the desk once while it is open, and again when it comes back", async (t) => {
  const shop = await openShop(t);
  await shop.open();
  shop.clock.advance(60_000);
  await shop.open({ ...stuck, details: { ref: "told again" } });
  const [item, ...others] = await listOpenItems(shop.db);
  assert.deepEqual(others, []);
  assert.deepEqual([item?.number, item?.openedAt, item?.details], [1, start, { ref: "B7" }]);
  await shop.settle();
  assert.deepEqual(await listOpenItems(shop.db), []);
  await shop.settle();
  await shop.open();
  assert.deepEqual(
    (await listItems(shop.db, { limit: 9 })).map((one) => [
      one.number,
      one.closedBy,
      one.resolution,
    ]),
    [
      [2, null, null],
      [1, "system", "it succeeded"],
    ],
    "what is found again uses up no numbers",
  );
});

test("each change of an item is told, and what changes nothing is not", async (t) => {
  const shop = await openShop(t);
  await shop.open();
  await shop.open();
  await shop.take(1);
  await assert.rejects(shop.take(1));
  await shop.close(1);
  await shop.settle();
  assert.deepEqual(shop.told, ["desk.changed", "desk.changed", "desk.changed"]);
});

test("two processes that open the same item at once open one", async (t) => {
  const shop = await openShop(t);
  for (let round = 0; round < 20; round++) {
    const subject = `purchase:${round}`;
    await Promise.all([1, 2, 3, 4].map(() => shop.open({ ...stuck, subject })));
  }
  assert.equal((await listOpenItems(shop.db)).length, 20);
});

test("an item has one owner, and taking it is written down", async (t) => {
  const shop = await openShop(t);
  await shop.open();
  const took = await Promise.allSettled([shop.take(1), shop.take(1, "operator")]);
  assert.deepEqual(took.map((one) => one.status).sort(), ["fulfilled", "rejected"]);
  await assert.rejects(shop.take(1), refused("desk.taken"));
  await assert.rejects(shop.take(2), refused("desk.unknown"));
  const acts = await shop.db.selectFrom("audit_log").select(["action", "object"]).execute();
  const [item] = await listOpenItems(shop.db);
  assert.deepEqual(acts, [{ action: "desk.take", object: `desk_item:${item?.id}` }]);
});

test("an item ends with what was done about it, once, and the reason is written down", async (t) => {
  const shop = await openShop(t);
  await shop.open();
  await assert.rejects(shop.close(1, " "), refused("input.invalid"));
  await assert.rejects(shop.close(2), refused("desk.unknown"));
  await shop.close(1, " refunded by hand ");
  await assert.rejects(shop.close(1), refused("desk.closed"));
  await assert.rejects(shop.take(1), refused("desk.closed"));
  const [item] = await listItems(shop.db, { limit: 1 });
  assert.deepEqual([item?.closedBy, item?.resolution], [staff, "refunded by hand"]);
  const acts = await shop.db
    .selectFrom("audit_log")
    .select(["actor", "action", "reason"])
    .execute();
  assert.deepEqual(acts, [{ actor: staff, action: "desk.close", reason: "refunded by hand" }]);
});

test("what an item is about never changes, nor anything once it is closed", async (t) => {
  const shop = await openShop(t);
  await shop.open();
  const role = new pg.Client({ connectionString: shop.connectionString });
  const owner = new pg.Client({
    connectionString: shop.connectionString.replace(applicationRole, "konter"),
  });
  shop.atEnd(() => Promise.all([role.end(), owner.end()]));
  await Promise.all([role.connect(), owner.connect()]);
  const changes = [
    "kind = 'x'",
    "subject = 'x'",
    "details = '{}'",
    "opened_at = opened_at - interval '1 day'",
  ];
  const statements = [
    ...changes.map((change) => `update desk_items set ${change}`),
    "delete from desk_items",
    "truncate desk_items",
  ];
  for (const statement of statements) {
    await assert.rejects(role.query(statement), /permission denied/, statement);
    await assert.rejects(owner.query(statement), /never change/, statement);
  }
  await shop.close(1);
  const reopen = "update desk_items set closed_at = null, closed_by = null, resolution = null";
  for (const client of [role, owner]) {
    await assert.rejects(client.query(reopen), /desk item 1 is closed/);
    await assert.rejects(client.query("update desk_items set taken_by = 'x'"), /is closed/);
  }
});
