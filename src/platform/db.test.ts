/** The rules of the database handle. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { cleanUp, cloneDatabase } from "../../test/database.ts";
import { isDatabaseGone } from "./database-problem.ts";
import { inTransaction, noteEnqueue, openDatabase } from "./db.ts";

async function open(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const errors: Error[] = [];
  const db = openDatabase({
    connectionString,
    poolSize: 2,
    onPoolError: (error) => errors.push(error),
  });
  atEnd(() => db.destroy());
  return { db, errors };
}

test("rupiah arrive as bigint, alone, in lists and as nothing", async (t) => {
  const { db } = await open(t);
  const { rows } = await sql`
    select 9007199254740993::bigint as one, '{9007199254740993,-1}'::bigint[] as many,
      '{}'::bigint[] as none, null::bigint as nothing`.execute(db);
  assert.deepEqual(rows, [
    { one: 9_007_199_254_740_993n, many: [9_007_199_254_740_993n, -1n], none: [], nothing: null },
  ]);
});

test("the job runner is told of committed jobs, not of other commits, nor of work that throws", async (t) => {
  const { db } = await open(t);
  let told = 0;
  db.afterEnqueue.add(() => {
    told += 1;
  });
  const add = (discordId: string, enqueues: boolean, then: () => void) =>
    inTransaction(db, async (tx) => {
      await tx
        .insertInto("customers")
        .values({
          id: `00000000-0000-7000-8000-00000000000${discordId}`,
          discord_id: discordId,
          locale: "id",
          created_at: new Date(0),
        })
        .execute();
      if (enqueues) noteEnqueue(tx);
      then();
    });
  const failing = add("1", true, () => {
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual(await db.selectFrom("customers").select("id").execute(), []);
  assert.equal(told, 0);
  await add("2", true, () => assert.equal(told, 0, "not before the commit"));
  assert.equal(told, 1);
  await add("3", false, () => {});
  assert.equal(told, 1, "nothing to do");
});

test("a connection that the server closes breaks no process: the next query has another", async (t) => {
  const { db, errors } = await open(t);
  await sql`select 1`.execute(db);
  const ending = sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;
  await Promise.all([sql`select pg_sleep(0.05)`.execute(db), sql`select 1`.execute(db)]);
  await ending.execute(db);
  while (errors.length === 0) await new Promise((done) => setImmediate(done));
  assert.deepEqual((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }]);
});

test("a connection that is closed in the middle of a transaction fails the transaction only", async (t) => {
  const { db } = await open(t);
  const work = inTransaction(db, async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db);
    // Nobody waits for an answer here, so nothing but the connection itself hears of it.
    await new Promise((done) => setTimeout(done, 100));
    await sql`select 1`.execute(tx);
  });
  await assert.rejects(work, isDatabaseGone, "and whoever asked may ask again");
  assert.deepEqual((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }]);
});

test("what is said again on a connection is prepared once, and anew when the schema has changed", async (t) => {
  const { db } = await open(t);
  await sql`create table notes (id int)`.execute(db);
  const say = () => sql`select * from notes where id = ${1}`.execute(db);
  const preparedCount = async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pg_prepared_statements
      where statement like '%from notes%'`.execute(db);
    return rows[0]?.count;
  };
  for (let time = 0; time < 3; time++) await say();
  assert.equal(await preparedCount(), 1);
  await sql`alter table notes add column words text`.execute(db);
  await sql`insert into notes values (1, 'new')`.execute(db);
  await assert.rejects(say(), /must not change result type/);
  assert.deepEqual((await say()).rows, [{ id: 1, words: "new" }]);
});
