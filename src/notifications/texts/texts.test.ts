/** The rules of the shop's sentences. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { textsFor } from "./texts.ts";

const given = ["«1»", "«2»", "«3»", "«4»"];

/** Every text of a language: its path and what of the given it says. */
function describe(texts: object, path = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) => {
    const name = `${path}${key}`;
    if (typeof value === "object" && value !== null) return describe(value, `${name}.`);
    const said = typeof value === "function" ? value(...given) : value;
    assert.ok(typeof said === "string" && said.trim() !== "", `${name} says nothing`);
    assert.doesNotMatch(said, /undefined|NaN|\[object/, name);
    return [`${name}(${given.filter((word) => said.includes(word)).join(", ")})`];
  });
}

test("both languages say the same things with the same facts, and nothing is empty", () => {
  assert.deepEqual(describe(textsFor("en")), describe(textsFor("id")));
});

test("the languages are two: no sentence of one is left in the other", () => {
  const sentences = (texts: object): string[] =>
    Object.values(texts).flatMap((value: unknown) => {
      if (typeof value === "object" && value !== null) return sentences(value);
      const said = String(typeof value === "function" ? value(...given) : value);
      return said.split(" ").length > 4 ? [said] : [];
    });
  const english = new Set(sentences(textsFor("en")));
  assert.deepEqual(
    sentences(textsFor("id")).filter((sentence) => english.has(sentence)),
    [],
  );
});
