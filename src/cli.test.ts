/** The command line as a process of its own: what it prints where, and with which code it ends. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import pg from "pg";
import { cleanUp, cloneDatabase, emptyDatabase, temporaryKeyFile } from "../test/database.ts";
import { konter, konterProcess } from "../test/konter.ts";

test("what was asked for goes to standard output, what is said beside it to standard error", async (t) => {
  const DATABASE_URL = await cloneDatabase(cleanUp(t));
  for (const [args, asked, beside] of [
    [[], /^konter <command>\n/, /^$/],
    [["jobs", "list"], /^No job waits, runs or is dead\.\n$/, /^$/],
    [
      ["key", "create", "site", "--scope", "read"],
      /^konter_[\w-]{43}\n$/,
      /^This key is shown once/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await konterProcess(args, { DATABASE_URL });
    assert.equal(code, 0, stderr);
    assert.match(stdout, asked);
    assert.match(stderr, beside);
  }
});

test("a refusal is one sentence on standard error and code 1, a wrong call is code 2", async (t) => {
  const DATABASE_URL = await cloneDatabase(cleanUp(t));
  for (const [args, settings, code, words] of [
    [["order", "ABCDEFGH99"], {}, 1, /^konter: there is no order ABCDEFGH99: [^\n]*\n$/],
    [["staff", "fire"], {}, 2, /^konter: say list, add or remove\n\nkonter staff /],
    [["migrate"], { PORT: "many" }, 2, /^konter: .*\n {2}PORT: /s],
  ] as const) {
    const ran = await konterProcess(args, { DATABASE_URL, ...settings });
    assert.deepEqual([ran.code, ran.stdout], [code, ""], args.join(" "));
    assert.match(ran.stderr, words);
  }
});

test("a command that does not exist is a wrong call, and help is none", async () => {
  const unknown = await konter(["fly"], {});
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^konter: there is no command fly\n\nkonter <command>\n/);
  for (const args of [
    ["help", "staff"],
    ["staff", "--help"],
    ["staff", "list", "-h"],
  ]) {
    const { code, stdout } = await konter(args, {});
    assert.equal(code, 0);
    assert.match(stdout, /^konter staff list \| add /);
  }
});

test("books that are broken end with 1, after all of them have been printed", async (t) => {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await cloneDatabase(atEnd);
  const KEY_FILE = await temporaryKeyFile(atEnd);
  writeFileSync(KEY_FILE, "0".repeat(64));
  const hand = new pg.Client({ connectionString: DATABASE_URL });
  await hand.connect();
  await hand.query("set session_replication_role = replica; update stock set reserved = 1");
  await hand.end();
  const { code, stdout, stderr } = await konterProcess(["verify"], { DATABASE_URL, KEY_FILE });
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^BROKEN /m);
  assert.match(stdout, /\n\nThe books are BROKEN: \d+ of \d+ rules\. Nothing was changed\.\n$/);
  assert.match(stderr, /^([█░]+ +\d+\/\d+ [^\n]*\n)+$/);
});

test("an empty database is made a shop's, and what was applied is told", async (t) => {
  const DATABASE_URL = await emptyDatabase(cleanUp(t));
  const { code, stdout } = await konterProcess(["migrate"], { DATABASE_URL });
  assert.equal(code, 0);
  assert.match(stdout, /^Applied:\nmigrations\/0001_platform\.sql\n/);
});
