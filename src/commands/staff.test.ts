import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { findKeys } from "../staff/keys.ts";

const discordId = "123456789012345678";

test("staff are added, given another role and removed, and every act is written down", async (t) => {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const run = (...args: string[]) => konter(args, { DATABASE_URL });
  assert.match((await run("staff", "list")).stdout, /Nobody yet/);
  assert.equal(
    (await run("staff", "add", discordId, "--role", "owner")).stdout,
    "nobody → owner\n",
  );
  assert.equal((await run("staff", "add", discordId, "--role", "agent")).stdout, "owner → agent\n");
  assert.match((await run("staff", "list")).stdout, new RegExp(`${discordId} +agent`));
  assert.equal((await run("staff", "remove", discordId)).stdout, "agent → nobody\n");
  const again = await run("staff", "remove", discordId);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /nobody with the Discord id 123456789012345678 works here/);

  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const acts = await db.selectFrom("audit_log").selectAll().orderBy("id").execute();
  assert.deepEqual(
    acts.map(({ actor, action, before, after }) => ({ actor, action, before, after })),
    [
      { actor: "operator", action: "staff.add", before: null, after: { role: "owner" } },
      {
        actor: "operator",
        action: "staff.add",
        before: { role: "owner" },
        after: { role: "agent" },
      },
      { actor: "operator", action: "staff.remove", before: { role: "agent" }, after: null },
    ],
  );
  const log = JSON.stringify(acts.map((act) => ({ ...act, id: 0 })));
  assert.doesNotMatch(log, new RegExp(discordId), "no personal data in a row that stays for ever");
  const details = await db.selectFrom("audit_details").select("machine_user").execute();
  assert.equal(details.length, 3);
});

test("a key is shown once, kept as a hash, renewed without losing what is its own, and dead when revoked", async (t) => {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const run = (...args: string[]) => konter(args, { DATABASE_URL });
  const made = await run("key", "create", "my site", "--scope", "read", "--scope", "sell");
  const text = made.stdout.trim();
  assert.match(text, /^konter_[\w-]{43}$/);
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 1, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const findKey = async (key: string) => (await findKeys(db, [key]))[0];
  const found = await findKey(text);
  assert.deepEqual([found?.name, found?.scopes], ["my site", ["read", "sell"]]);
  assert.equal(await findKey(`${text}x`), undefined);

  const listed = await run("key", "list");
  assert.match(listed.stdout, /my site +read sell/);
  assert.ok(!listed.stdout.includes(text));
  const renewed = (await run("key", "rotate", found?.id ?? "")).stdout.trim();
  assert.equal(await findKey(text), undefined, "the old text has stopped");
  assert.deepEqual(await findKey(renewed), found, "it is the same key, with what is its own");
  assert.equal((await run("key", "revoke", found?.id ?? "")).stdout, "my site is revoked.\n");
  assert.equal(await findKey(renewed), undefined);
  assert.match((await run("key", "rotate", found?.id ?? "")).stderr, /no key .* that still works/);
  assert.match((await run("key", "revoke", found?.id ?? "")).stderr, /no key .* that still works/);
});

const nowhere = "postgresql://nobody@127.0.0.1:9/nothing";

test("a wrong call names what is wrong and shows how, with exit code 2", async () => {
  for (const [args, says] of [
    [["staff", "add", "budi", "--role", "owner"], /DISCORD_ID is a number of 17 to 20 digits/],
    [["staff", "add", discordId, "--role", "boss"], /--role is one of owner, admin, agent, viewer/],
    [["staff", "fire"], /say list, add or remove/],
    [["key", "create", "x"], /--scope is one or more of read, sell, report/],
    [["key", "create", "x", "--scope", "all"], /--scope is one or more of/],
    [["key", "revoke", "1"], /ID is what `konter key list` shows/],
    [["key", "--wat"], /Unknown option '--wat'/],
  ] as const) {
    const { code, stderr } = await konter([...args], { DATABASE_URL: nowhere });
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, says);
    assert.match(stderr, /konter (staff|key) /);
  }
});
