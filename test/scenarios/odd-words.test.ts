/** Whatever is typed into a command is answered, shown inert, and breaks nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { textOf } from "../buyer.ts";
import { scale } from "../database.ts";
import { openWorld } from "../world.ts";

const valueCount = scale({ short: 100, long: 10_000 });
// The world's clock stands still: nobody would ever give up on an answer that does not come.
const patienceMs = 20_000;
const seed = Number(process.env.TEST_SEED ?? 20_261_126);

// What Discord's client lets through: 1 to 100 characters of anything.
const longest = 100;
const snippets = fc.constantFrom(
  ...["@everyone", "<@123456789012345678>", "<#123>", "<:x:123456789012345678>", "</topup:123>"],
  ...["[click](https://example.com)", "**bold**", "__u__", "~~s~~", "||secret||", "`code`", "```"],
  ...["\u202e", "\u200b", "\u0000", "\u0007", "\ud800", "\n\n# big", "> quoted", "- item", "\\"],
  ...[
    "👩‍👩‍👧‍👦",
    "🇮🇩",
    "́".repeat(30),
    "مرحبا",
    "测试",
    "１２３４",
    "'; drop table orders; --",
    "%00",
  ],
  ...["ML", "ML_86", "123456789 (2001)", "404123456", "-1", "0", "1e9", "50.000", "Rp 20.000,00"],
);
const words = fc
  .array(fc.oneof(snippets, fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join("").slice(0, longest))
  .filter((text) => text !== "");
const plain = (usual: string) => fc.oneof({ weight: 2, arbitrary: words }, fc.constant(usual));

const acts = fc.oneof(
  fc.record({ name: fc.constant("price"), options: fc.record({ game: words }) }),
  fc.record({
    name: fc.constant("cek"),
    options: fc.record({ game: plain("ML"), userid: words, server: words }),
  }),
  fc.record({
    name: fc.constant("topup"),
    options: fc.record({
      ...{ game: plain("ML"), produk: plain("ML_86") },
      ...{ id: plain("123456789"), server: plain("2001") },
    }),
  }),
  fc.record({ name: fc.constant("deposit"), options: fc.record({ jumlah: words }) }),
);

// What would do something in a message: a mention, a link with a text of its own, hidden or coded text.
const active = /<[@#:/]|@everyone|@here|\]\(|\|\||```|[\u202a-\u202e\u2066-\u2069]/;

test("whatever is typed is answered in words, and nothing of it acts", async (t) => {
  const world = await openWorld(t, { seed: 81 });
  const { buyer } = world;
  const typed = fc.sample(acts, { numRuns: valueCount, seed });
  for (const [index, { name, options }] of typed.entries()) {
    // Nobody is asked to wait, and no quote of before is in the way.
    if (index % 5 === 0) world.clock.advance(61_000);
    const about = `number ${index} of seed ${seed}: /${name} ${JSON.stringify(options)}`;
    const answer = await Promise.race([buyer.command(name, options), delay(patienceMs)]);
    assert.equal(answer?.status, "acknowledged", about);
    const text = textOf(await buyer.lastMessage());
    assert.notEqual(text.trim(), "", about);
    const unescaped = text.replace(/\\[\s\S]/g, "").replace(/<t:\d+:[a-zA-Z]>/g, "");
    assert.doesNotMatch(unescaped, active, `${about} is shown as ${text}`);
    const [first = "game"] = Object.keys(options);
    if (index % 4 === 0 && name !== "cek") {
      await buyer.suggestions(name, options, name === "deposit" ? "jumlah" : first);
    }
  }
  const { refused } = await world.books<{ refused: unknown[] }>("discord");
  assert.deepEqual(refused, [], "Discord refused nothing of what was shown");
  const broken = await world.db
    .selectFrom("jobs")
    .select(["name", "last_error"])
    .where("last_error", "is not", null)
    .execute();
  assert.deepEqual(broken, []);
  // An amount is now and then what was typed at /deposit; whoever types it is asked to pay, no more.
  const orders = await world.db.selectFrom("orders").select("code").execute();
  assert.deepEqual(orders, [], "nothing was bought by chance");
});
