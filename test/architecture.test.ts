/** Architecture: the rules of docs and house style that a search of the source can hold. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { modules } from "../scripts/dependency-rules.ts";
import { dumpFile, dumpSchema } from "../scripts/schema-dump.ts";
import { schemaFile, writeSchema } from "../scripts/schema-file.ts";
import { nextStates as nextDepositStates } from "../src/deposits/deposit.ts";
import { nextStates } from "../src/orders/order.ts";
import { openDatabase } from "../src/platform/db.ts";
import { cleanUp, cloneDatabase } from "./database.ts";

const isTest = (file: string) => file.endsWith(".test.ts");
const read = (file: string) => readFileSync(file, "utf8");
const sources = globSync("src/**/*.ts").sort();
const shipped = sources.filter((file) => !isTest(file) && file !== "src/platform/schema.ts");
const migrations = globSync("migrations/[0-9]*.sql").sort();
const functions = globSync("src/*/*.sql").sort();

/** The places where a file matches: "src/a.ts:12 setTimeout(" with 1-based lines. */
function matches(file: string, pattern: RegExp, text = withoutComments(file)): string[] {
  return [...text.matchAll(new RegExp(pattern, "g"))].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return `${file}:${line} ${match[0].trim()}`;
  });
}

/** The text with comments blanked out, so that lines keep their numbers. */
function withoutComments(file: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, " ");
  return file.endsWith(".sql")
    ? read(file).replace(/--[^\n]*/g, blank)
    : read(file).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, blank);
}

/** What is written in SQL in a TypeScript file, the rest blanked out. */
function sqlOf(file: string): string {
  const text = withoutComments(file);
  let sql = text.replace(/[^\n]/g, " ");
  for (const match of text.matchAll(
    /(?:sql(?:<[^`]*>)?|query(?:<[^`(]*>)?\()\s*[`"]([^`"]*)[`"]/g,
  )) {
    const from = match.index + match[0].indexOf(match[1] ?? "");
    sql = sql.slice(0, from) + match[1] + sql.slice(from + (match[1]?.length ?? 0));
  }
  return sql.replace(/\$\{[^}]*\}/g, (value) => value.replace(/[^\n]/g, " "));
}

const moduleOf = (file: string) => file.split("/")[1] ?? "";

/** Every table and view, and the module whose migration made it. */
const owners = new Map<string, string>([["applied_sql", "platform"]]);
for (const file of migrations) {
  const name = file.replace(/^migrations\/\d{4}_(.*)\.sql$/, "$1").replaceAll("_", "-");
  const owner = modules.find((module) => name === module || name.startsWith(`${module}-`));
  assert.ok(owner, `${file} is named for a module`);
  const created = withoutComments(file).matchAll(/create (?:table|view)(?: if not exists)? (\w+)/g);
  for (const [, table = ""] of created) owners.set(table, owner);
}

const named = [...owners.keys()].join("|");
const writes = new RegExp(`\\b(?:insert into|update|delete from|truncate) (${named})\\b`, "g");
const reads = new RegExp(`\\b(?:from|join) (${named})\\b`, "g");

/** The tables of other modules that a text touches. */
function foreign(file: string, text: string, touching: RegExp): string[] {
  return [...text.matchAll(touching)]
    .filter(([, table = ""]) => owners.get(table) !== moduleOf(file))
    .map(([statement]) => `${file}: ${statement}`);
}

test("time, chance and waiting come in as arguments", () => {
  const forbidden =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bset(?:Timeout|Interval)\(|\bperformance\.now\(|node:timers/;
  const found = shipped
    .filter((file) => moduleOf(file) !== "platform")
    .flatMap((file) => matches(file, forbidden));
  assert.deepEqual(found, []);
});

test("the database's own clock decides nothing", () => {
  const forbidden =
    /\bnow\(\)|\b(?:current_(?:timestamp|date|time)|localtimestamp|(?:clock|statement|transaction)_timestamp|timeofday)\b/;
  const found = [
    ...[...migrations, ...functions].flatMap((file) => matches(file, forbidden)),
    ...shipped
      // It measures how far ours is from theirs, which nothing is decided or dated by.
      .filter((file) => file !== "src/platform/drift.ts")
      .flatMap((file) => matches(file, forbidden, sqlOf(file))),
  ];
  assert.deepEqual(found, []);
});

test("a SQL function writes its own module's tables only", () => {
  assert.deepEqual(
    functions.flatMap((file) => foreign(file, withoutComments(file), writes)),
    [],
  );
});

test("only orders/place.sql reads the tables of other modules", () => {
  const found = functions
    .filter((file) => file !== "src/orders/place.sql")
    .flatMap((file) => foreign(file, withoutComments(file), reads));
  assert.deepEqual(found, []);
});

test("a module's TypeScript writes its own tables only, and only where SQL may live", () => {
  const builder = new RegExp(`\\b(?:insertInto|updateTable|deleteFrom)\\(\\s*"(${named})"`, "g");
  const found = shipped.flatMap((file) => [
    ...foreign(file, withoutComments(file), builder),
    ...foreign(file, sqlOf(file), writes),
  ]);
  assert.deepEqual(found, []);
  const outside = shipped
    .filter((file) => !/\/repository\.ts$|^src\/platform\/|^src\/database\.ts$/.test(file))
    .flatMap((file) =>
      matches(file, /\b(?:insertInto|updateTable|deleteFrom|selectFrom)\(|\bsql[<`]/),
    );
  assert.deepEqual(outside, []);
});

test("whoever calls SQL that enqueues wakes the job runner", () => {
  const enqueuing = /\b(?:jobs_enqueue(?:_all)?|jobs_replay|payments_open|orders_place)\(/;
  // Their statements are run by inOneStatement, which always does.
  const single = ["src/orders/repository.ts", "src/discord/repository.ts"];
  const silent = shipped
    .filter((file) => !single.includes(file) && enqueuing.test(sqlOf(file)))
    .filter((file) => !/\bnoteEnqueue\(/.test(read(file)));
  assert.deepEqual(silent, []);
  const callers = functions.filter((file) => /\bjobs_enqueue/.test(withoutComments(file)));
  const known = ["src/orders/place.sql", "src/payments/open.sql", "src/platform/jobs.sql"];
  assert.deepEqual(callers, known, "a new one belongs into the search above");
});

test("only cli.ts touches the process, and only config.ts reads the environment it hands down", () => {
  const process = /\bprocess\.(?:env|argv|std(?:in|out|err)|exit(?:Code)?)\b/;
  const found = shipped
    // A signal ends the process that it reached.
    .filter((file) => !["src/cli.ts", "src/platform/stop.ts"].includes(file))
    .flatMap((file) => matches(file, process));
  assert.deepEqual(found, []);
  // A command hands it over as it is, with what its options replace.
  const elsewhere = /(?<!\breadConfig\((?:\{ \.\.\.)?)\bterminal\.env\b/;
  assert.deepEqual(
    shipped.flatMap((file) => matches(file, elsewhere)),
    [],
  );
});

test("the store says what it has to say in its log", () => {
  assert.deepEqual(
    shipped.flatMap((file) => matches(file, /\bconsole\./)),
    [],
  );
});

test("no identifier is a bare account, transaction or provider", () => {
  const word = "(?:account|transaction|provider)s?";
  const declared = new RegExp(
    `\\b(?:const|let|function|class|interface|type)\\s+${word}\\b|[(,]\\s*${word}\\??\\s*(?::|\\)\\s*=>)`,
    "i",
  );
  const found = shipped
    // A wire client speaks its party's words, and a text's key is the label it stands under.
    .filter((file) => !/^src\/(?:parties|notifications\/texts)\//.test(file))
    .flatMap((file) => matches(file, declared))
    .filter((place) => !place.endsWith("type Transaction")); // kysely's own
  assert.deepEqual(found, []);
});

test("files stay small: 400 lines, tests 600", () => {
  const written = sources.filter((file) => file !== "src/platform/schema.ts"); // generated
  const files = [...written, ...functions, ...globSync(["test/**/*.ts", "simulators/**/*.ts"])];
  const tooLong = files
    .map((file) => ({ file, lines: read(file).split("\n").length - 1 }))
    .filter(({ file, lines }) => lines > (isTest(file) ? 600 : 400));
  assert.deepEqual(tooLong, []);
});

test("the first line of every file says what its role is", () => {
  const first = (file: string) => read(file).replace(/^#!.*\n/, "");
  const silent = [
    ...shipped.filter((file) => !first(file).startsWith("/**")),
    ...functions.filter((file) => !first(file).startsWith("-- ")),
  ];
  assert.deepEqual(silent, []);
});

test("money is whole rupiah in bigint columns", async (t) => {
  const db = await openClone(t);
  const money = /^(amount|price|cost|posted|charged|held|.*_(idr|cost|price|amount))$/;
  const tables = await db.introspection.getTables();
  const columns = tables.flatMap((table) =>
    table.columns
      .filter((column) => money.test(column.name))
      .map((column) => `${table.name}.${column.name} ${column.dataType}`),
  );
  assert.ok(columns.length >= 10, `only ${columns.join(", ")}`);
  assert.deepEqual(
    columns.filter((column) => !column.endsWith(" int8")),
    [],
  );
  const inexact = tables.flatMap((table) =>
    table.columns
      .filter((column) => ["float4", "float8", "numeric", "money"].includes(column.dataType))
      .map((column) => `${table.name}.${column.name}`),
  );
  assert.deepEqual(inexact, []);
});

test("every instant is kept with its time zone", async (t) => {
  const db = await openClone(t);
  const columns = (await db.introspection.getTables()).flatMap((table) =>
    table.columns
      .filter((column) => ["timestamp", "date", "time"].includes(column.dataType))
      .map((column) => `${table.name}.${column.name}`),
  );
  assert.deepEqual(columns, []);
});

test("the life of an order and of a deposit is the same in TypeScript and in the database", async (t) => {
  const db = await openClone(t);
  for (const [table, life] of [
    ["order_transitions", nextStates],
    ["deposit_transitions", nextDepositStates],
  ] as const) {
    const rows = await db.selectFrom(table).selectAll().execute();
    const inDatabase = rows.map((row) => `${row.from_state} → ${row.to_state}`).sort();
    const inCode = Object.entries(life)
      .flatMap(([from, states]) => states.map((to) => `${from} → ${to}`))
      .sort();
    assert.deepEqual(inDatabase, inCode, table);
  }
});

test("schema.ts is what the database gives: run `npm run schema`", async (t) => {
  const atEnd = cleanUp(t);
  const folder = mkdtempSync(join(tmpdir(), "konter-schema-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const generated = join(folder, "schema.ts");
  writeSchema(await cloneDatabase(atEnd), generated);
  assert.equal(read(generated), read(schemaFile));
});

test("migrations/schema.sql is what the database is: run `npm run schema`", async (t) => {
  assert.equal(await dumpSchema(await cloneDatabase(cleanUp(t))), read(dumpFile));
});

test("every refusal has an HTTP status and words in both languages", () => {
  const declaration = /export type RefusalCode =([^;]*);/.exec(read("src/platform/refusal.ts"));
  const codes = [...(declaration?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(([, code = ""]) => code);
  assert.ok(codes.length >= 9);
  for (const edge of ["src/api/problem.ts", "src/discord/work.ts"]) {
    const text = read(edge);
    const wordless = codes.filter((code) => !text.includes(`"${code}"`));
    assert.deepEqual(wordless, [], `${edge} has no words for these`);
  }
});

test("an import against the table is found", (t) => {
  const root = mkdtempSync(join(tmpdir(), "konter-imports-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const check = () =>
    spawnSync(process.execPath, ["scripts/check-imports.ts", root], { encoding: "utf8" });
  write("package.json", "{}");
  write("src/platform/clock.ts", "export const clock = 1;\n");
  write("src/ledger/repository.ts", 'export { clock } from "../platform/clock.ts";\n');
  write("src/orders/place.ts", 'export { clock } from "../platform/clock.ts";\n');
  write("src/deposits/open.ts", 'import "../platform/clock.ts";\nimport "node:fs";\n');
  write("simulators/world.ts", 'import "node:http";\nimport "node:fs";\n');
  assert.equal(check().status, 0, check().stderr);

  const wrong: [string, string, RegExp][] = [
    ["src/platform/up.ts", 'import type {} from "../orders/place.ts";', /platform imports only/],
    ["src/deposits/side.ts", 'import "../orders/place.ts";', /deposits imports only/],
    ["src/orders/peek.ts", 'import "../ledger/repository.ts";', /repository.ts is private/],
    ["simulators/cheat.ts", 'import "../src/platform/clock.ts";', /a simulator never imports/],
    [
      "src/orders/fake.ts",
      'import "../../simulators/world.ts";',
      /only from main.ts and the command line/,
    ],
    ["src/orders/self.ts", 'import "./loop.ts";', /every import leads somewhere/],
    ["src/utils/drawer.ts", 'import "node:fs";', /in the table of steps/],
  ];
  for (const [file, text, complaint] of wrong) {
    write(file, `${text}\n`);
    const { status, stderr } = check();
    assert.equal(status, 1, file);
    assert.match(stderr, complaint);
    rmSync(join(root, file));
  }
});

async function openClone(t: Parameters<typeof cleanUp>[0]) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  return db;
}
