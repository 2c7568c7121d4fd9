/** What many want at once is done together, and nobody pays for another's mistake. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gather } from "./gather.ts";

test("what comes while a batch is under way is the next batch, and each gets its own answer", async () => {
  const batches: number[][] = [];
  const gate = Promise.withResolvers<void>();
  const double = gather(async (items: readonly number[]) => {
    batches.push([...items]);
    if (batches.length === 1) await gate.promise;
    return items.map((item) => item * 2);
  });
  const first = double(1);
  await new Promise((done) => setImmediate(done));
  const others = [double(2), double(3)];
  gate.resolve();
  assert.deepEqual(await Promise.all([first, ...others]), [2, 4, 6]);
  assert.deepEqual(batches, [[1], [2, 3]]);
});

test("a batch is never larger than it may be", async () => {
  const sizes: number[] = [];
  const one = gather(
    async (items: readonly number[]) => {
      sizes.push(items.length);
      return items;
    },
    { largest: 10 },
  );
  const asked = Array.from({ length: 25 }, (_, index) => index);
  assert.deepEqual(await Promise.all(asked.map(one)), asked);
  assert.deepEqual(sizes, [10, 10, 5]);
});

test("an item that breaks its batch fails alone: the others are done without it", async () => {
  const sizes: number[] = [];
  const one = gather(async (items: readonly string[]) => {
    sizes.push(items.length);
    if (items.includes("bad")) throw new Error("no");
    return items;
  });
  const settled = await Promise.allSettled(["a", "bad", "b"].map(one));
  assert.deepEqual(
    settled.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(sizes, [3, 1, 1, 1]);
});

test("when the database is gone nobody asks it again one by one", async () => {
  let asked = 0;
  const one = gather(async (_items: readonly number[]): Promise<number[]> => {
    asked++;
    throw Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
  });
  const settled = await Promise.allSettled([1, 2, 3].map(one));
  assert.ok(settled.every(({ status }) => status === "rejected"));
  assert.equal(asked, 1);
});
