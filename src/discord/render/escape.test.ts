/** Text from people and parties is inert wherever Discord shows it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plain } from "../../platform/plain-text.ts";
import { inert, timestamp } from "./escape.ts";

test("a nickname cannot mention, link, format or hide", () => {
  for (const [hostile, shown] of [
    ["@everyone", "\\@everyone"],
    ["<@123456789>", "\\<\\@123456789\\>"],
    ["[free](https://evil.example)", "\\[free\\]\\(https\\://evil.example\\)"],
    ["**bold** ~~gone~~ ||spoiler||", "\\*\\*bold\\*\\* \\~\\~gone\\~\\~ \\|\\|spoiler\\|\\|"],
    ["`code`\\", "\\`code\\`\\\\"],
    ["# title", "\\# title"],
    ["a\u202egnp.exe", "agnp.exe"],
    ["in\u200bvisible\ufeff", "invisible"],
    ["two\nlines\r\u2028more", "twolinesmore"],
  ] as const) {
    assert.equal(inert(hostile), shown);
  }
});

test("an ordinary nickname stays as it is", () => {
  for (const name of ["Budi", "雪だるま", "é👍🏽", "Player 1"]) assert.equal(inert(name), name);
});

test("whatever it is given, every character with a meaning is escaped, and none is hidden", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const shown = inert(text);
      const bare = shown.replace(/\\[\\*_~`|>#[\]()<@:-]/g, "");
      assert.doesNotMatch(bare, /[\\*_~`|>#[\]()<@:]/);
      assert.doesNotMatch(shown, /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u);
      assert.ok([...shown.replace(/\\(.)/gu, "$1")].length <= 100);
    }),
    { numRuns: 2_000 },
  );
});

test("what is too long is cut between characters, and says so", () => {
  assert.equal(inert("👍".repeat(101)), `${"👍".repeat(99)}…`);
  assert.equal(plain("a".repeat(46), 45), `${"a".repeat(44)}…`);
  assert.equal(plain("a".repeat(45), 45), "a".repeat(45));
  assert.equal(plain("<b>*no markdown*</b>\u202e"), "<b>*no markdown*</b>");
});

test("an instant is shown in the reader's own time", () => {
  assert.equal(timestamp(new Date("2026-11-23T03:00:00.999Z"), "t"), "<t:1795402800:t>");
});
