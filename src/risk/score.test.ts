/** The rules of risk, on a real database, as the shop's role. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createSeededRandom } from "../platform/random.ts";
import { Refusal } from "../platform/refusal.ts";
import { applicationRole } from "../platform/roles.ts";
import { blockSubject, listBlocks, unblockSubject } from "./block.ts";
import { riskDecisions } from "./rules.ts";
import type { BlockedSubject } from "./subject.ts";

const start = new Date("2026-11-23T03:00:00Z");
const uuid = (n: number) => `01936d3e-0000-7000-8000-${String(n).padStart(12, "0")}`;

interface Asked {
  readonly orderId?: string | null;
  readonly customerId?: string | null;
  readonly discordId?: string | null;
  readonly gameCode?: string | null;
  readonly playerId?: string | null;
  readonly zoneId?: string | null;
}

const buyer = {
  orderId: uuid(1),
  customerId: uuid(2),
  discordId: "123456789012345678",
  gameCode: "ML",
  playerId: "123456789",
  zoneId: "2001",
} satisfies Asked;

async function openShop(t: TestContext) {
  const atEnd = cleanUp(t);
  const owner = await lendDatabase(atEnd);
  const connectionString = owner.replace("//konter@", `//${applicationRole}@`);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: start });
  const deps = { clock, ids: createIds(clock, createSeededRandom(6)) };
  const act = { actor: "operator", reason: "chargebacks" } as const;
  return {
    db,
    async score(...asked: Asked[]) {
      const all = (name: keyof Asked) => asked.map((one) => one[name] ?? null);
      const { rows } = await sql<{
        order_id: string;
        score: number;
        decision: string;
        hits: unknown;
      }>`
        select order_id, version, score, decision, hits
        from risk_score(${all("orderId")}::uuid[], ${all("customerId")}::uuid[],
          ${all("discordId")}::text[], ${all("gameCode")}::text[], ${all("playerId")}::text[],
          ${all("zoneId")}::text[], ${start})`.execute(db);
      return rows;
    },
    block: (subject: BlockedSubject) =>
      inTransaction(db, (tx) => blockSubject(tx, deps, { ...act, subject })),
    unblock: (subject: BlockedSubject) =>
      inTransaction(db, (tx) => unblockSubject(tx, deps, { ...act, subject })),
  };
}

const refused = (code: string) => (error: unknown) =>
  error instanceof Refusal && error.code === code;

test("whom nobody has blocked may buy", async (t) => {
  const shop = await openShop(t);
  assert.deepEqual(await shop.score(buyer), [
    { order_id: buyer.orderId, version: 1, score: 0, decision: "allow", hits: [] },
  ]);
  assert.deepEqual(await shop.score(), []);
});

const subjects: readonly BlockedSubject[] = [
  { kind: "customer", customerId: buyer.customerId },
  { kind: "discord_id", discordId: buyer.discordId },
  { kind: "game_account", gameCode: "ML", playerId: buyer.playerId, zoneId: buyer.zoneId },
];

for (const subject of subjects) {
  test(`an order of a blocked ${subject.kind} is refused until the block ends`, async (t) => {
    const shop = await openShop(t);
    await shop.block(subject);
    const [scored] = await shop.score(buyer);
    assert.deepEqual([scored?.score, scored?.decision], [100, "block"]);
    assert.deepEqual(scored?.hits, [{ rule: "blacklist", value: 1, threshold: 1, points: 100 }]);
    const other = { ...buyer, customerId: uuid(3), discordId: "9".repeat(18), zoneId: "2002" };
    assert.equal((await shop.score(other))[0]?.decision, "allow");
    await shop.unblock(subject);
    assert.equal((await shop.score(buyer))[0]?.decision, "allow");
    await assert.rejects(shop.unblock(subject), refused("block.unknown"));
    await shop.block(subject);
    assert.equal((await shop.score(buyer))[0]?.decision, "block");
  });
}

test("a rule fires once however many blocks an order meets, and says how many", async (t) => {
  const shop = await openShop(t);
  for (const subject of subjects) await shop.block(subject);
  const [scored] = await shop.score(buyer);
  assert.deepEqual(scored?.hits, [{ rule: "blacklist", value: 3, threshold: 1, points: 100 }]);
  assert.equal(scored?.score, 100);
});

test("a name is blocked however its letters are written, and a game without zones too", async (t) => {
  const shop = await openShop(t);
  await shop.block({ kind: "game_account", gameCode: "VALORANT", playerId: "Nama Demo#ID1" });
  const player = { ...buyer, gameCode: "VALORANT", playerId: "NAMA demo#id1" };
  for (const zoneId of [null, ""]) {
    assert.equal((await shop.score({ ...player, zoneId }))[0]?.decision, "block");
  }
});

test("orders that are scored together are scored each for itself, in their order", async (t) => {
  const shop = await openShop(t);
  const many = Array.from({ length: 64 }, (_, n) => ({
    ...buyer,
    orderId: uuid(100 + n),
    customerId: uuid(200 + n),
    discordId: String(10n ** 17n + BigInt(n)),
    playerId: String(500_000 + n),
  }));
  await shop.block({ kind: "customer", customerId: uuid(207) });
  await shop.block({ kind: "discord_id", discordId: String(10n ** 17n + 63n) });
  const scored = await shop.score(...many);
  assert.deepEqual(
    scored.map((one) => one.order_id),
    many.map((one) => one.orderId),
  );
  const blocked = scored.filter((one) => one.decision === "block").map((one) => one.order_id);
  assert.deepEqual(blocked, [uuid(107), uuid(163)]);
});

test("what is odd or not known is scored like the rest and breaks nothing", async (t) => {
  const shop = await openShop(t);
  await shop.block({
    kind: "game_account",
    gameCode: "ML",
    playerId: "'; drop table",
    zoneId: "%",
  });
  const odd: Asked[] = [
    { orderId: uuid(1) },
    { orderId: null },
    { ...buyer, gameCode: null },
    { ...buyer, playerId: "🙂".repeat(5_000), zoneId: ":" },
    { ...buyer, playerId: "'; DROP TABLE", zoneId: "%" },
    buyer,
    buyer,
  ];
  const scored = await shop.score(...odd);
  const decisions = scored.map((one) => one.decision);
  assert.deepEqual(decisions, ["allow", "allow", "allow", "allow", "block", "allow", "allow"]);
  const { rows } = await sql`
    select order_id from risk_score(null, null, null, null, null, null, null)
    union all
    select order_id from risk_score(${[uuid(1)]}::uuid[], '{}', '{}', null, '{a,b}', '{}', ${start})`.execute(
    shop.db,
  );
  assert.deepEqual(rows, [{ order_id: uuid(1) }]);
});

test("a score means the same in TypeScript and in the database", async (t) => {
  const shop = await openShop(t);
  const { rows } = await sql<{ score: number; decision: string }>`
    select score, risk_decision(score) as decision from generate_series(0, 200) score`.execute(
    shop.db,
  );
  const steps = Object.entries(riskDecisions).sort(([, a], [, b]) => b.fromScore - a.fromScore);
  for (const { score, decision } of rows) {
    assert.equal(decision, steps.find(([, { fromScore }]) => score >= fromScore)?.[0], `${score}`);
  }
});

test("a decision is kept as it was made and never changes", async (t) => {
  const shop = await openShop(t);
  await shop.block(subjects[0] ?? assert.fail());
  await sql`
    select risk_record(array_agg(row(order_id, version, score, decision, hits, ${start})::risk_decisions))
    from risk_score(${[uuid(1), uuid(9)]}::uuid[], ${[buyer.customerId, uuid(8)]}::uuid[],
      null, null, null, null, ${start})`.execute(shop.db);
  const kept = () => shop.db.selectFrom("risk_decisions").selectAll().orderBy("order_id").execute();
  const before = await kept();
  assert.deepEqual(
    before.map(({ decision, score, version }) => [decision, score, version]),
    [
      ["block", 100, 1],
      ["allow", 0, 1],
    ],
  );
  for (const statement of [
    "update risk_decisions set decision = 'allow'",
    "delete from risk_decisions",
    "truncate risk_decisions",
    "update risk_rules set points = 1",
  ]) {
    await assert.rejects(sql.raw(statement).execute(shop.db), /permission denied/, statement);
  }
  assert.deepEqual(await kept(), before);
});

test("somebody is blocked once, also by two at once, and both acts are written down without a name", async (t) => {
  const shop = await openShop(t);
  const subject = { kind: "discord_id", discordId: buyer.discordId } as const;
  const tried = await Promise.allSettled([shop.block(subject), shop.block(subject)]);
  assert.deepEqual(tried.map((one) => one.status).sort(), ["fulfilled", "rejected"]);
  await assert.rejects(shop.block(subject), refused("block.exists"));
  const [block, ...others] = await listBlocks(shop.db);
  assert.deepEqual(others, []);
  await shop.unblock(subject);
  assert.deepEqual(await listBlocks(shop.db), []);
  const acts = await shop.db.selectFrom("audit_log").selectAll().orderBy("id").execute();
  assert.deepEqual(
    acts.map(({ action, object, reason }) => [action, object, reason]),
    [
      ["risk.block", `risk_block:${block?.id}`, "chargebacks"],
      ["risk.unblock", `risk_block:${block?.id}`, "chargebacks"],
    ],
  );
  assert.doesNotMatch(
    JSON.stringify(acts, (_, value) => String(value)),
    /123456789012345678/,
  );
});

test("a block can end once and be forgotten, and is never rewritten", async (t) => {
  const shop = await openShop(t);
  await shop.block({ kind: "discord_id", discordId: buyer.discordId });
  await assert.rejects(
    sql`update risk_blocks set value = '1'`.execute(shop.db),
    /permission denied/,
  );
  await shop.unblock({ kind: "discord_id", discordId: buyer.discordId });
  await assert.rejects(
    sql`update risk_blocks set removed_at = null`.execute(shop.db),
    /it can only end, once/,
  );
  await sql`delete from risk_blocks`.execute(shop.db);
});
