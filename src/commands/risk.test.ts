/** `konter risk`, as its operator types it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { customerOf } from "../customers/customer.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createRandom } from "../platform/random.ts";

const discordId = "123456789012345678";
const because = ["--reason", "three chargebacks"];

test("somebody is blocked, listed with the reason, and unblocked", async (t) => {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const run = (...args: string[]) => konter(["risk", ...args], { DATABASE_URL });
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createSandboxClock({});
  const deps = { clock, ids: createIds(clock, createRandom()) };
  const customer = await inTransaction(db, (tx) =>
    customerOf(tx, deps, { discordId, locale: "id" }),
  );

  const empty = (await run("list")).stdout;
  assert.match(empty, /^Nobody is blocked\.$/m);
  assert.match(empty, /^Rules, version 1:\n {2}blacklist +blocks >= 1 +100 points$/m);
  assert.match(empty, /^ {2}block +from 70 +it is refused and no money moves$/m);

  const blocked = "Blocked: new orders are refused.\n";
  assert.equal((await run("block", "customer", customer.id, ...because)).stdout, blocked);
  assert.equal((await run("block", "discord_id", discordId, ...because)).stdout, blocked);
  const gameAccount = ["game_account", "ml:123456789 : (2001)"];
  assert.equal((await run("block", ...gameAccount, ...because)).stdout, blocked);
  const { stdout } = await run("list");
  assert.match(stdout, new RegExp(`^customer +${customer.id} +2.*Z +three chargebacks$`, "m"));
  assert.match(stdout, new RegExp(`^discord_id +${discordId} +2`, "m"));
  assert.match(stdout, /^game_account +ml:123456789:2001 +2/m);

  const again = await run("block", "game_account", "ML:123456789:2001", ...because);
  assert.deepEqual(
    [again.code, again.stderr],
    [1, "konter: that is blocked already: see `konter risk list`\n"],
  );
  assert.equal((await run("unblock", ...gameAccount, ...because)).stdout, "No longer blocked.\n");
  assert.doesNotMatch((await run("list")).stdout, /game_account/);
  assert.match((await run("unblock", ...gameAccount, ...because)).stderr, /that is not blocked/);
  const nobody = customer.id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  assert.match((await run("block", "customer", nobody, ...because)).stderr, /there is no customer/);
});

test("a wrong call names what is wrong and shows how, with exit code 2", async () => {
  for (const [args, says] of [
    [[], /say list, block or unblock/],
    [["list", "customer"], /list takes nothing/],
    [["block", "ip", "1"], /KIND is customer, discord_id or game_account/],
    [["block", "customer", "budi"], /a customer's ID is a UUID/],
    [["block", "discord_id", "1"], /a Discord ID is a number of 17 to 20 digits/],
    [["block", "game_account", "XX:1"], /a game account is GAME:PLAYER\[:ZONE\]/],
    [["block", "game_account", "ML:123456789"], /is no ML account: zone id missing/],
    [["block", "discord_id", discordId], /say why: --reason TEXT/],
    [["unblock", "discord_id", discordId, "--reason", " "], /say why: --reason TEXT/],
  ] as const) {
    const { code, stderr } = await konter(["risk", ...args], {});
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, says);
    assert.match(stderr, /konter risk list/);
  }
});
