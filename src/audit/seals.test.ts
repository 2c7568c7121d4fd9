import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { fillBooks } from "../../bench/fill-books.ts";
import { cleanUp, scale, temporaryKeyFile } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inSnapshot, inTransaction } from "../platform/db.ts";
import { createSeededRandom } from "../platform/random.ts";
import { asApplication } from "../platform/roles.ts";
import { createSigner, merkleRoot } from "./chain.ts";
import { recordAct } from "./record.ts";
import { sealHistory } from "./seals.ts";
import { sealProofs } from "./verify.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_126);
const key = new Uint8Array(32).fill(7);
const rowsRule =
  "every row of the ledger and the audit log is as it was sealed, none missing or added";
const chainRule = "seals follow each other without a gap, each signed with this shop's key";
const datesRule = "no row was written a day after the time that it tells";
const publishedRule = "every seal that was published is still there";

/** Books with a past, of which nothing is sealed yet. */
async function openHistory(t: TestContext, orderCount = 40) {
  const atEnd = cleanUp(t);
  const owner = await lendDatabase(atEnd);
  await fillBooks(owner, orderCount);
  const connect = async () => {
    const client = new pg.Client({ connectionString: owner });
    await client.connect();
    atEnd(() => client.end());
    return client;
  };
  // The superuser, whom neither grants nor triggers stop.
  const hand = await connect();
  await hand.query("set session_replication_role = replica");
  const connectionString = asApplication(owner);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({ frozenAt: new Date("2026-11-26T03:00:00Z") });
  const sealsFile = `${await temporaryKeyFile(atEnd)}.seals`;
  const deps = { clock, signer: createSigner(key), sealsFile };
  return {
    db,
    hand,
    clock,
    sealsFile,
    connect,
    seal: () => sealHistory(db, deps),
    /** Seals until all is sealed: a transaction in any database of the server may hold it up. */
    async sealAll() {
      const unsealed = `select from transfers where tx_id >= (
        select coalesce(max(through_tx), '0') from seals where covers = 'transfers'
      ) union all select from audit_log where tx_id >= (
        select coalesce(max(through_tx), '0') from seals where covers = 'audit_log'
      )`;
      for (let look = 0; look < 500; look++) {
        await sealHistory(db, deps);
        const { rowCount } = await hand.query(unsealed);
        if (rowCount === 0) return;
        await delay(20);
      }
      assert.fail("everything is sealed in time");
    },
    /** Writes acts, each in a transaction of its own. */
    async acts(count: number) {
      for (let index = 0; index < count; index++) {
        const act = { actor: "operator", action: "test.act", object: `thing:${index}` } as const;
        await inTransaction(db, (tx) => recordAct(tx, deps, act));
      }
    },
    /** The rules that do not hold, each with the first rows that break it. */
    async broken(signer = deps.signer) {
      const found: Record<string, string[]> = {};
      const proofs = sealProofs({ signer, sealsFile });
      await inSnapshot(db, async (snapshot) => {
        for (const { rule, check } of proofs) {
          const { breaches } = await check(snapshot);
          const said = breaches.map((one) => `${one.subject}: ${one.found}`);
          if (breaches.length > 0) found[rule] = said;
        }
      });
      return found;
    },
    async count(what: string) {
      const { rows } = await hand.query<{ count: number }>(`select count(*)::int from ${what}`);
      return rows[0]?.count ?? 0;
    },
  };
}

test("every row is sealed once, whoever seals and however often, and the seals prove it", async (t) => {
  const history = await openHistory(t);
  await history.acts(3);
  await Promise.all([history.sealAll(), history.sealAll()]);
  await history.sealAll();
  const sealed = await history.hand.query(
    "select sum(row_count)::int as rows from seals group by covers order by covers",
  );
  assert.deepEqual(
    sealed.rows.map((row) => row.rows),
    [await history.count("audit_log"), await history.count("transfers")],
  );
  assert.deepEqual(await history.broken(), {});
});

test("a row of a transaction that ends late is sealed by the seal after it, not passed over", async (t) => {
  const history = await openHistory(t);
  const late = await history.connect();
  await late.query("begin");
  await late.query(
    "insert into audit_log (actor, action, object, acted_at) values ('operator', 'test.late', 'x', '2026-11-26T03:00:00Z')",
  );
  await history.acts(2);
  await history.seal();
  assert.equal(await history.count("seals where covers = 'audit_log' and row_count >= 2"), 0);
  await late.query("commit");
  await history.sealAll();
  assert.deepEqual(await history.broken(), {});
  const { rows } = await history.hand.query(
    "select sum(row_count)::int as rows from seals where covers = 'audit_log'",
  );
  assert.equal(rows[0]?.rows, await history.count("audit_log"));
});

const tampering = [
  {
    what: "changed",
    by: "update transfers set amount = amount + 1 where id = $1",
    says: "changed",
  },
  {
    what: "moved to another ledger account",
    by: "update transfers set credit_account = 'adjustments' where id = $1",
    says: "changed",
  },
  {
    what: "moved in time",
    by: "update transfers set tx_id = '9' where id = $1",
    says: "changed",
  },
  { what: "deleted", by: "delete from transfers where id = $1", says: "gone" },
  {
    what: "put in among them",
    by: `insert into transfers select gen_random_uuid(), debit_account, credit_account, amount,
      'forged:' || key, reason, order_id, posted_at, tx_id from transfers where id = $1`,
    says: "put in afterwards",
  },
] as const;

test("a row that anybody changes, deletes, moves or puts in is named, whichever it is", async (t) => {
  const history = await openHistory(t, 60);
  await history.sealAll();
  const random = createSeededRandom(seed);
  const rounds = scale({ short: 50, long: 1_000 });
  const { rows } = await history.hand.query<{ id: string }>("select id from transfers order by id");
  for (let round = 0; round < rounds; round++) {
    const { id } = rows[random.bytes(4).reduce((sum, byte) => sum * 256 + byte) % rows.length] ?? {
      id: "",
    };
    const tamper = tampering[round % tampering.length] ?? tampering[0];
    await history.hand.query("create temp table kept as select * from transfers");
    await history.hand.query(tamper.by, [id]);
    const broken = await history.broken();
    const about = `seed ${seed}, round ${round}: ${id} ${tamper.what}`;
    const named = broken[rowsRule]?.[0] ?? "";
    if (tamper.says === "put in afterwards") assert.match(named, /^transfer \S+: put in/, about);
    else assert.equal(named, `transfer ${id}: ${tamper.says}`, about);
    await history.hand.query(`delete from transfers;
      insert into transfers select * from kept; drop table kept`);
  }
  assert.deepEqual(await history.broken(), {});
});

test("an act that anybody changes or deletes is named by its number", async (t) => {
  const history = await openHistory(t);
  await history.acts(5);
  await history.sealAll();
  const { rows } = await history.hand.query(
    "update audit_log set reason = 'never happened' where object = 'thing:2' returning id",
  );
  await history.hand.query("delete from audit_log where object = 'thing:4'");
  const broken = await history.broken();
  assert.ok(broken[rowsRule]?.includes(`act ${rows[0].id}: changed`));
  assert.equal(broken[rowsRule]?.length, 2);
});

test("the newest rows cut off, seals and all, are missed by the published head", async (t) => {
  const history = await openHistory(t, 60);
  await history.sealAll();
  const rounds = scale({ short: 5, long: 100 });
  for (let round = 0; round < rounds; round++) {
    await history.acts(2);
    await history.sealAll();
    const last = await history.count("seals");
    await history.hand.query(`delete from seals where number = ${last};
      delete from audit_log where tx_id >= (select max(through_tx) from seals where covers = 'audit_log')`);
    assert.deepEqual(await history.broken(), { [publishedRule]: [`seal ${last}: cut off`] });
    // Written anew, they are not what was published.
    await history.acts(1);
    const lines = readFileSync(history.sealsFile, "utf8").trimEnd().split("\n");
    writeFileSync(history.sealsFile, `${lines.slice(0, -1).join("\n")}\n`);
    await history.sealAll();
    assert.deepEqual(await history.broken(), {});
  }
});

test("history written anew with seals of its own is not what was published, nor signed", async (t) => {
  const history = await openHistory(t);
  await history.sealAll();
  const sealed = await history.hand.query("select from seals");
  await history.hand.query("update transfers set amount = amount + 1; delete from seals");
  const forger = createSigner(new Uint8Array(32).fill(8));
  await sealHistory(history.db, {
    clock: history.clock,
    signer: forger,
    sealsFile: `${history.sealsFile}.forged`,
  });
  const broken = await history.broken();
  assert.match(broken[chainRule]?.[0] ?? "", /signed with another key/);
  // Mostly one, but a transaction elsewhere may have held up what came last.
  assert.equal(broken[publishedRule]?.length, sealed.rowCount);
});

test("a seal that is changed, or missing from the middle, is named", async (t) => {
  const history = await openHistory(t);
  await history.acts(1);
  await history.sealAll();
  await history.acts(1);
  await history.sealAll();
  await history.hand.query(
    "update seals set row_count = row_count, sealed_at = sealed_at + interval '1 s' where number = 1",
  );
  assert.match((await history.broken())[chainRule]?.[0] ?? "", /^seal 1: changed after/);
  await history.hand.query(
    "update seals set sealed_at = sealed_at - interval '1 s' where number = 1",
  );
  assert.deepEqual(await history.broken(), {});
  await history.hand.query("delete from seals where number = 2");
  assert.match((await history.broken())[chainRule]?.[0] ?? "", /^seal 3: seal 2 is missing/);
});

test("a row put in today with a date of the past is named, before it is sealed and after", async (t) => {
  const history = await openHistory(t);
  await history.acts(1);
  await history.sealAll();
  await history.hand.query(`insert into audit_log (actor, action, object, acted_at)
    values ('operator', 'test.backdated', 'x', '2026-11-20Z')`);
  assert.equal((await history.broken())[datesRule]?.length, 1);
  await history.sealAll();
  const broken = await history.broken();
  assert.match(broken[datesRule]?.[0] ?? "", /^act \d+: an older time/);
  assert.deepEqual(Object.keys(broken), [datesRule]);
});

test("a line that a power cut broke off in the published file is written again", async (t) => {
  const history = await openHistory(t);
  await history.sealAll();
  const whole = readFileSync(history.sealsFile, "utf8");
  appendFileSync(history.sealsFile, "2 3fa9");
  await history.acts(1);
  await history.sealAll();
  const lines = readFileSync(history.sealsFile, "utf8").slice(whole.length).split("\n");
  assert.equal(lines[0], "2 3fa9");
  assert.match(
    lines[1] ?? "",
    /^2 [0-9a-f]{64} [0-9a-f]{128} 2026-11-26T03:00:00\.000Z audit_log /,
  );
  assert.deepEqual(await history.broken(), {});
});

test("a database that was restored into a server that counts from before its seals is not sealed on", async (t) => {
  const history = await openHistory(t);
  await history.sealAll();
  await history.hand.query("update seals set through_tx = '99999999999'");
  await assert.rejects(history.seal(), /restored from a dump into a new server/);
});

test("the application's role can add seals and change none", async (t) => {
  const history = await openHistory(t);
  await history.sealAll();
  for (const change of [
    history.db.updateTable("seals").set({ row_count: 1 }).execute(),
    history.db.deleteFrom("seals").execute(),
  ]) {
    await assert.rejects(change, /permission denied/);
  }
});

test("a Merkle root is that of RFC 6962, as Certificate Transparency's own test data has it", () => {
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];
  const roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  ];
  const leaves = inputs.map((hex) =>
    Buffer.concat([Buffer.alloc(16), hash("sha256", Buffer.from(`00${hex}`, "hex"), "buffer")]),
  );
  for (const [index, root] of roots.entries()) {
    assert.equal(merkleRoot(Buffer.concat(leaves.slice(0, index + 1))).toString("hex"), root);
  }
});
