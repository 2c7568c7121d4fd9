/** CSV: what is written is read back the same, and nothing in it is run. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { writeCsv } from "./csv.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_123);

/** Reads RFC 4180 by its grammar, sign by sign. */
function readCsv(text: string, separator = ","): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"' && cell === "") {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        assert.ok(at < text.length, "a quote that is never closed");
        if (text[at] === '"') at += 1;
        cell += text[at];
      }
      at += 1;
    } else if (text[at] === separator) {
      rows.at(-1)?.push(cell);
      cell = "";
      at += 1;
    } else if (text.startsWith("\r\n", at)) {
      rows.at(-1)?.push(cell);
      cell = "";
      at += 2;
      rows.push([]);
    } else {
      cell += text[at];
      at += 1;
    }
  }
  assert.deepEqual(rows.pop(), [], "the last line is ended");
  return rows;
}

/** Warier than a spreadsheet: whatever comes first that can be seen, or that moves the cursor. */
const isRun = (text: string) =>
  /^[\p{Z}\p{C}]*[\t\r\n]/u.test(text) ||
  /^[=+\-@]/.test(text.normalize("NFKC").replace(/^[\p{Z}\p{C}]+/u, ""));

const signs = fc.constantFrom(
  ..."=+-@＝＋－＠﹢﹣﹦﹫\t\r\n\"',; \u3000\u00a0\u200b\ufeffA1|!()",
  "=cmd|' /C calc'!A0",
  "😀",
);
const nasty = fc.oneof(
  fc.array(signs, { maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const number = fc.maxSafeInteger();

test("every cell is read back as it was, with an apostrophe before what would be run", () => {
  const row = fc.record({ text: nasty, amount: number, other: fc.option(nasty) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const [head, ...read] = readCsv(writeCsv(["text", "amount", "other"], rows));
      assert.deepEqual(head, ["text", "amount", "other"]);
      assert.equal(read.length, rows.length);
      for (const [index, { text, amount, other }] of rows.entries()) {
        const [readText = "", readAmount, readOther = ""] = read[index] ?? [];
        assert.equal(readAmount, String(amount), "numbers are plain");
        for (const [was, is] of [
          [text, readText],
          [other ?? "", readOther],
        ] as const) {
          assert.ok(!isRun(is), JSON.stringify(is));
          assert.equal(is, isRun(was) ? `'${was}` : was);
        }
      }
    }),
    { seed, numRuns: 2_000 },
  );
});

test("nothing begins a cell of its own where the semicolon separates", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const [, line = []] = readCsv(writeCsv(["text"], [{ text }]), ";");
      assert.deepEqual([line.length, isRun(line[0] ?? "")], [1, false]);
    }),
    { seed, numRuns: 1_000 },
  );
});

test("what people are known to smuggle in is inert, and plain words and numbers stay as they are", () => {
  const written = (text: string | number | null) =>
    writeCsv(["cell"], [{ cell: text }]).replace(/^cell\r\n/, "");
  for (const formula of [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "  =1",
    "\u3000＝1",
    "＋1",
    "－1",
    "＠x",
    "\u200b=1",
  ]) {
    assert.match(written(formula), /^"?'/, formula);
  }
  assert.equal(written("\t=1"), `"'\t=1"\r\n`);
  assert.equal(written("\rx"), `"'\rx"\r\n`);
  assert.equal(written('=HYPERLINK("x";"y")'), `"'=HYPERLINK(""x"";""y"")"\r\n`);
  assert.equal(written(-5_000), "-5000\r\n");
  assert.equal(written("ML_86"), "ML_86\r\n");
  assert.equal(written("customer:*"), "customer:*\r\n");
  assert.equal(written("2026-11-23"), "2026-11-23\r\n");
  assert.equal(written(null), "\r\n");
});
