/** The rules of bringing a database up to date. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { cleanUp, emptyDatabase } from "../../test/database.ts";
import { migrate } from "./migrate.ts";

const two = "create or replace function answer() returns int language sql as 'select 2'";

async function openCode(t: TestContext) {
  const atEnd = cleanUp(t);
  const root = mkdtempSync(join(tmpdir(), "konter-migrate-"));
  atEnd(() => rmSync(root, { recursive: true, force: true }));
  const database = await emptyDatabase(atEnd);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write("migrations/0001_first.sql", "create table first (id int primary key);");
  write("migrations/0002_second.sql", "create table second (id int references first);");
  write("src/first/answer.sql", two.replace("2", "1"));
  return {
    write,
    migrate: () => migrate(database, { root }),
    database,
    async ask(text: string) {
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      return (await client.query(text).finally(() => client.end())).rows;
    },
  };
}

test("migrations are applied in order, then functions, once", async (t) => {
  const code = await openCode(t);
  assert.deepEqual(await code.migrate(), {
    migrations: ["migrations/0001_first.sql", "migrations/0002_second.sql"],
    functions: ["src/first/answer.sql"],
  });
  assert.deepEqual(await code.migrate(), { migrations: [], functions: [] });
  code.write("migrations/0003_third.sql", "alter table second add column note text;");
  assert.deepEqual((await code.migrate()).migrations, ["migrations/0003_third.sql"]);
});

test("of two that migrate at once, one does the work and the other finds nothing to do", async (t) => {
  const code = await openCode(t);
  const done = await Promise.all([code.migrate(), code.migrate(), code.migrate()]);
  assert.deepEqual(done.map(({ migrations }) => migrations.length).sort(), [0, 0, 2]);
});

test("a migration that was edited after it was applied stops everything", async (t) => {
  const code = await openCode(t);
  await code.migrate();
  code.write("migrations/0001_first.sql", "create table first (id bigint primary key);");
  code.write("migrations/0003_third.sql", "create table third (id int);");
  await assert.rejects(code.migrate(), /0001_first\.sql was changed after it was applied/);
  assert.deepEqual(await code.ask("select to_regclass('third') as third"), [{ third: null }]);
});

test("a function whose text changed is applied again, the others are left alone", async (t) => {
  const code = await openCode(t);
  code.write("src/second/other.sql", two.replace("answer", "other"));
  await code.migrate();
  code.write("src/first/answer.sql", two);
  assert.deepEqual(await code.migrate(), { migrations: [], functions: ["src/first/answer.sql"] });
  assert.deepEqual(await code.ask("select answer() as answer"), [{ answer: 2 }]);
});

test("a migration that fails leaves the database as it was, and says which it is", async (t) => {
  const code = await openCode(t);
  code.write("migrations/0003_broken.sql", "create table third (id int); select nonsense;");
  await assert.rejects(code.migrate(), /migrations\/0003_broken\.sql failed: .*nonsense/);
  assert.deepEqual(await code.ask("select to_regclass('first') as first"), [{ first: null }]);
});

test("this repository's own migrations bring an empty database up", async (t) => {
  const { database, ask } = await openCode(t);
  const { migrations, functions } = await migrate(database);
  assert.ok(migrations.length >= 10 && functions.length >= 6);
  assert.deepEqual(await migrate(database), { migrations: [], functions: [] });
  assert.deepEqual(await ask("select count(*)::int as orders from orders"), [{ orders: 0 }]);
});
