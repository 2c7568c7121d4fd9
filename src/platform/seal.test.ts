import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom, createSeededRandom } from "./random.ts";
import { createSeal, readKeyFile } from "./seal.ts";

const seal = createSeal(new Uint8Array(32).fill(7), createSeededRandom(1));

test("what is sealed for a row opens for that row and for no other", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (text, place, other) => {
      const sealed = seal.close(text, place);
      assert.equal(seal.open(sealed, place), Buffer.from(text).toString());
      if (other !== place) assert.throws(() => seal.open(sealed, other));
    }),
  );
});

test("a changed, cut or foreign sealed text is refused, and two sealings differ", () => {
  const sealed = seal.close("secret", "row:1");
  assert.notEqual(sealed, seal.close("secret", "row:1"));
  assert.ok(!sealed.includes("secret"));
  for (const bad of [
    sealed.slice(0, -2),
    `${sealed.slice(0, 9)}A${sealed.slice(10)}x`,
    "secret",
    "",
  ]) {
    assert.throws(() => seal.open(bad, "row:1"));
  }
  const otherKey = createSeal(new Uint8Array(32).fill(8), createSeededRandom(1));
  assert.throws(() => otherKey.open(sealed, "row:1"));
});

test("the key file is made once, for its owner only, and a broken one is refused by name", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "konter-key-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "deep", "konter.key");
  const key = readKeyFile(path, createRandom());
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readKeyFile(path, createRandom()), key);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, "not a key");
  assert.throws(
    () => readKeyFile(path, createRandom()),
    (error: Error) => {
      assert.match(error.message, /konter\.key is not one.*backup/);
      assert.ok(!error.message.includes("not a key") && !error.message.includes(text.trim()));
      return true;
    },
  );
});
