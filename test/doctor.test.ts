/** Doctor: what `konter doctor` says of a shop that is well, and of each thing that can be wrong. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { startSimulators } from "../simulators/world.ts";
import { createSandboxClock } from "../src/platform/clock.ts";
import { createSeededRandom } from "../src/platform/random.ts";
import { cleanUp, cloneDatabase, emptyDatabase } from "./database.ts";
import { postJson } from "./json.ts";
import { konter } from "./konter.ts";
import { freePort } from "./store-process.ts";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly standing?: string;
  readonly detail: string;
}

/** What the doctor found, and its exit code; never with a secret of these settings. */
async function examine(settings: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await konter(["doctor", "--json"], settings);
  assert.equal(stderr, "");
  assert.doesNotMatch(stdout, /hush/);
  const { ok, checks }: { ok: boolean; checks: Check[] } = JSON.parse(stdout);
  assert.equal(code, ok ? 0 : 1);
  assert.equal(
    ok,
    checks.every((check) => check.ok),
  );
  const wrong = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
  return { checks, wrong };
}

async function openSurroundings(t: TestContext) {
  const atEnd = cleanUp(t);
  const simulators = await startSimulators({
    port: 0,
    clock: createSandboxClock({}),
    randomBytes: createSeededRandom(8).bytes,
    storeUrl: "http://127.0.0.1:9",
  });
  atEnd(() => simulators.close());
  const folder = mkdtempSync(join(tmpdir(), "konter-doctor-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const { parties } = simulators;
  return {
    atEnd,
    folder,
    simulators,
    settings: {
      DATABASE_URL: await cloneDatabase(atEnd),
      DATA_DIR: folder,
      KEY_FILE: join(folder, "konter.key"),
      SIMULATORS: JSON.stringify(parties),
    },
    /** The settings with which each party is spoken to as a real one would be. */
    named: {
      MIDTRANS_BASE_URL: parties.midtrans.base_url,
      MIDTRANS_SERVER_KEY: parties.midtrans.server_key,
      MIDTRANS_MERCHANT_ID: parties.midtrans.merchant_id,
      DIGIFLAZZ_BASE_URL: parties.digiflazz.base_url,
      DIGIFLAZZ_USERNAME: parties.digiflazz.username,
      DIGIFLAZZ_API_KEY: parties.digiflazz.api_key,
      DIGIFLAZZ_WEBHOOK_SECRET: parties.digiflazz.webhook_secret,
      VIP_RESELLER_BASE_URL: parties.vip_reseller.base_url,
      VIP_RESELLER_API_ID: parties.vip_reseller.api_id,
      VIP_RESELLER_API_KEY: parties.vip_reseller.api_key,
      DISCORD_BASE_URL: parties.discord.base_url,
      DISCORD_TOKEN: parties.discord.token,
      DISCORD_APPLICATION_ID: parties.discord.application_id,
    },
    breaks: (party: string, operation: string, fault: string) =>
      postJson(`${simulators.url}/${party}/_control/faults`, { operation, fault }),
  };
}

test("a shop that is well: settings, key, database, clock and every party, a line each", async (t) => {
  const { settings, simulators } = await openSurroundings(t);
  const { checks, wrong } = await examine(settings);
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    checks.map(({ name, standing }) => (standing === undefined ? name : `${name} ${standing}`)),
    [
      ...["settings", "key file", "database", "role", "clock"],
      ...["Midtrans simulator", "Digiflazz simulator", "VIP Reseller simulator"],
      "Discord simulator",
    ],
  );
  const { code, stdout } = await konter(["doctor"], settings);
  assert.equal(code, 0);
  assert.match(stdout, /^ok {2}database {6}PostgreSQL \d+[\d.]*, a sandbox's$/m);
  assert.match(stdout, /^ok {2}Midtrans {6}simulator: takes our server key$/m);
  assert.match(stdout, /^ok {2}Digiflazz {5}simulator: .*Rp 10\.000\.000$/m);
  assert.match(stdout, /\n\nAll is well\.\n$/);
  const secrets = Object.values(simulators.parties).flatMap((party) =>
    Object.entries<string>(party).filter(([name]) => /key|token|secret/.test(name)),
  );
  for (const [, secret] of secrets) assert.doesNotMatch(stdout, new RegExp(secret));
});

test("before the first start nothing is wrong, and it is said what will be made", async (t) => {
  const { folder } = await openSurroundings(t);
  const { checks, wrong } = await examine({
    ...{ DATABASE_URL: "", DATA_DIR: join(folder, "data"), KEY_FILE: "", SIMULATORS: "" },
  });
  assert.deepEqual(wrong, []);
  const made = checks.filter(({ detail }) => /`konter start`/.test(detail));
  assert.equal(made.length, 6, "key file, database and the four simulators");
});

test("settings that are wrong are all told, and nothing else is looked at", async () => {
  const { checks, wrong } = await examine({ KONTER_ENV: "production", PORT: "many" });
  assert.equal(checks.length, 1);
  assert.match(wrong[0] ?? "", /^settings: .*\n {2}PORT: .*\n {2}MIDTRANS_SERVER_KEY: is missing/);
});

test("a key that a party does not take is told with the setting to look at", async (t) => {
  const { settings, named } = await openSurroundings(t);
  const { wrong, checks } = await examine({
    ...{ ...settings, ...named, MIDTRANS_SERVER_KEY: "SB-hush", DIGIFLAZZ_API_KEY: "dev-hush" },
    ...{ VIP_RESELLER_API_KEY: "vip-hush", DISCORD_TOKEN: "hush" },
  });
  assert.equal(wrong.length, 4);
  const [midtrans, digiflazz, vipReseller, discord] = wrong;
  assert.match(midtrans ?? "", /^Midtrans: refuses us \(401\): check MIDTRANS_SERVER_KEY/);
  assert.match(digiflazz ?? "", /^Digiflazz: refuses us \(rc 41.*\): check DIGIFLAZZ_USERNAME and/);
  assert.match(vipReseller ?? "", /^VIP Reseller: refuses us \(.*\): check VIP_RESELLER_API_ID/);
  assert.match(discord ?? "", /^Discord: refuses us \(401\): check DISCORD_TOKEN/);
  assert.equal(checks.find((check) => check.name === "database")?.ok, true);
});

test("a user name, an address and an application that a party does not know are told apart", async (t) => {
  const { settings, named, breaks } = await openSurroundings(t);
  await breaks("vip-reseller", "profile", "ip_refused");
  const { wrong } = await examine({
    ...{ ...settings, ...named, DIGIFLAZZ_USERNAME: "somebody" },
    DISCORD_APPLICATION_ID: "999999999999999999",
  });
  const [digiflazz, vipReseller, discord] = wrong;
  assert.match(digiflazz ?? "", /^Digiflazz: refuses us \(rc 42/);
  assert.match(
    vipReseller ?? "",
    /^VIP Reseller: refuses us \(IP .*\): .*let this machine's address in/,
  );
  assert.match(discord ?? "", /^Discord: refuses us .*: check DISCORD_APPLICATION_ID/);
  assert.equal(wrong.length, 3);
});

test("a party that is down, or answers with a page, is no reason to doubt our key", async (t) => {
  const { settings, breaks, simulators } = await openSurroundings(t);
  await breaks("midtrans", "status", "html_502");
  await breaks("vip-reseller", "profile", "http_503");
  const { parties } = simulators;
  const nowhere = { ...parties.discord, base_url: `http://127.0.0.1:${await freePort()}/api` };
  const { wrong } = await examine({
    ...settings,
    SIMULATORS: JSON.stringify({ ...parties, discord: nowhere }),
  });
  assert.equal(wrong.length, 3);
  for (const line of wrong) {
    assert.match(
      line,
      /: does not answer as it should \((HTTP 50[23].*|ECONNREFUSED)\): check the network/,
    );
  }
});

test("the staff channel is one that the bot sees", async (t) => {
  const { settings, simulators } = await openSurroundings(t);
  const { channel_id } = simulators.parties.discord;
  const seen = await examine({ ...settings, DISCORD_STAFF_CHANNEL_ID: channel_id });
  assert.deepEqual(seen.wrong, []);
  assert.equal(seen.checks.at(-1)?.name, "staff channel");
  const { wrong } = await examine({ ...settings, DISCORD_STAFF_CHANNEL_ID: "999999999999999999" });
  assert.match(
    wrong.join(),
    /^staff channel: refuses us \(404 .*\): check DISCORD_STAFF_CHANNEL_ID/,
  );
});

test("what is wrong with a database or its key is told, and the database is left as it is", async (t) => {
  const { settings, atEnd } = await openSurroundings(t);
  const owner = new pg.Client({ connectionString: settings.DATABASE_URL });
  await owner.connect();
  atEnd(() => owner.end());

  await owner.query("update store set environment = 'live'");
  const otherWorld = await examine(settings);
  assert.match(otherWorld.wrong.join(), /^database: this database belongs to a live shop/);
  await owner.query("update store set environment = 'sandbox'");

  await owner.query("grant delete on transfers to konter_app");
  const tooStrong = await examine(settings);
  assert.match(tooStrong.wrong.join(), /^role: The database role konter_app can change transfers/);
  await owner.query("revoke delete on transfers from konter_app");

  await owner.query("update store set key_check = 's1.sealed-with-another-key'");
  const noKey = await examine(settings);
  assert.match(noKey.wrong.join(), /^key file: \S+ is missing: put it back from your backup/);
  writeFileSync(settings.KEY_FILE, `${"ab".repeat(32)}\n`, { mode: 0o600 });
  const otherKey = await examine(settings);
  assert.match(otherKey.wrong.join(), /^key file: The key file is not the one of this database/);

  const empty = await emptyDatabase(atEnd);
  const { checks } = await examine({ ...settings, DATABASE_URL: empty });
  assert.match(
    checks.find((check) => check.name === "database")?.detail ?? "",
    /without tables yet: `konter start` makes them/,
  );
  const client = new pg.Client({ connectionString: empty });
  await client.connect();
  const { rows } = await client.query("select to_regclass('store') as store");
  await client.end();
  assert.deepEqual(rows, [{ store: null }]);

  const gone = "postgresql://konter:hush@127.0.0.1:9/konter";
  const unreachable = await examine({ ...settings, DATABASE_URL: gone });
  assert.match(unreachable.wrong.join(), /^database: no PostgreSQL listens there/);
});

test("a clock that is away from the database's is told, with what to do", async (t) => {
  const { settings, atEnd } = await openSurroundings(t);
  const owner = new pg.Client({ connectionString: settings.DATABASE_URL });
  await owner.connect();
  atEnd(() => owner.end());
  const { rows } = await owner.query<{ name: string }>("select current_database() as name");
  await owner.query(`
    create function public.clock_timestamp() returns timestamptz language sql
    as $$ select pg_catalog.clock_timestamp() + interval '5 minutes' $$`);
  await owner.query(`alter database ${rows[0]?.name} set search_path = public, pg_catalog`);
  const { wrong } = await examine(settings);
  assert.match(wrong.join(), /^clock: (299|300)\.\d s behind the database's: let both machines/);
});
