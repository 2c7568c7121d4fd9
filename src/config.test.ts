/** The rules of settings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, readConfig } from "./config.ts";

test("DATABASE_URL may name a socket's folder, as PostgreSQL's own documents write it", () => {
  for (const url of [
    "postgresql://konter@/konter?host=%2Fvar%2Frun%2Fpostgresql",
    "postgresql:///konter?host=/var/run/postgresql",
    "postgres://konter:secret@db.example:5433/konter",
  ]) {
    assert.equal(readConfig({ DATABASE_URL: url }).databaseUrl, url);
  }
});

test("a setting that is wrong is named, and its value, which may be a secret, is not told", () => {
  const wrong = { DATABASE_URL: "mysql://konter:hunter2@db/konter", PORT: "many" };
  assert.throws(
    () => readConfig(wrong),
    (error: unknown) =>
      error instanceof ConfigError &&
      /DATABASE_URL: .*connection string/.test(error.message) &&
      /PORT: /.test(error.message) &&
      !/hunter2|many/.test(error.message),
  );
});

const parties = {
  midtrans: { base_url: "http://127.0.0.1:1/m", server_key: "SB-key", merchant_id: "M1" },
  digiflazz: {
    ...{ base_url: "http://127.0.0.1:1/d", username: "u", api_key: "dev-key" },
    webhook_secret: "hush",
  },
  vip_reseller: { base_url: "http://localhost:1/v", api_id: "id", api_key: "vip-key" },
  discord: {
    ...{ base_url: "http://[::1]:1/api", token: "bot-token" },
    ...{ application_id: "1", channel_id: "2" },
  },
};

test("every problem is reported at once, one line each", () => {
  const wrong = { PORT: "70000", SIMULATOR_PORT: "-1", LOG_LEVEL: "loud", SIMULATORS: "{" };
  assert.throws(
    () => readConfig(wrong),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      for (const name of Object.keys(wrong))
        assert.match(error.message, new RegExp(`^  ${name}`, "m"));
      assert.equal(error.message.split("\n").length, 1 + Object.keys(wrong).length);
      return true;
    },
  );
});

test("a simulator is on this machine, and no key of any party is told", () => {
  const outside = { ...parties.midtrans, base_url: "https://api.midtrans.com" };
  const broken = { ...parties, midtrans: outside, discord: { ...parties.discord, token: 5 } };
  assert.throws(
    () => readConfig({ SIMULATORS: JSON.stringify(broken) }),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /SIMULATORS\.midtrans\.base_url: must be on 127\.0\.0\.1/);
      assert.match(error.message, /SIMULATORS\.discord\.token/);
      assert.doesNotMatch(error.message, /SB-key|dev-key|hush|vip-key/);
      return true;
    },
  );
});

test("simulators of this machine are taken as `konter simulate` prints them", () => {
  const { channel_id: _, ...discord } = parties.discord;
  const digiflazz = { ...parties.digiflazz, testing: false };
  const config = readConfig({ SIMULATORS: JSON.stringify(parties) });
  assert.deepEqual(config.simulators, { ...parties, digiflazz, discord });
  assert.deepEqual(Object.values(config.parties), Array(4).fill(undefined));
});

test("a variable that is empty is absent", () => {
  const empty = { PORT: "", DATABASE_URL: "", SIMULATORS: "", LOG_LEVEL: "", DATA_DIR: "" };
  assert.deepEqual(readConfig(empty), readConfig({}));
  assert.equal(readConfig({}).port, 8080);
});

const midtrans = { MIDTRANS_SERVER_KEY: "Mid-server-hush", MIDTRANS_MERCHANT_ID: "G123" };
const digiflazz = {
  ...{ DIGIFLAZZ_USERNAME: "konter", DIGIFLAZZ_API_KEY: "dev-hush" },
  DIGIFLAZZ_WEBHOOK_SECRET: "webhook-hush",
};
const vipReseller = { VIP_RESELLER_API_ID: "id-hush", VIP_RESELLER_API_KEY: "vip-hush" };
const discord = { DISCORD_TOKEN: "token-hush", DISCORD_APPLICATION_ID: "123456789012345678" };
const everybody = { ...midtrans, ...digiflazz, ...vipReseller, ...discord };
const live = {
  ...{ KONTER_ENV: "production", PUBLIC_URL: "https://topup.example" },
  ...everybody,
};

/** What the operator is told of these settings, a line for each problem. */
function problemsOf(settings: Record<string, string>): string[] {
  try {
    readConfig(settings);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /hush/);
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

test("the limit of a correction is whole rupiah, half a million when nothing is said", () => {
  assert.equal(readConfig({}).adjustmentLimitIdr, 500_000n);
  assert.equal(readConfig({ ADJUSTMENT_LIMIT: "0" }).adjustmentLimitIdr, 0n);
  for (const wrong of ["500.000", "-1", "1e6", "none"]) {
    const [problem = ""] = problemsOf({ ADJUSTMENT_LIMIT: wrong });
    assert.match(problem, /^ADJUSTMENT_LIMIT: must be whole rupiah in digits only/);
  }
});

test("a live shop takes real parties, an https address and nothing more", () => {
  const config = readConfig(live);
  assert.equal(config.environment, "production");
  assert.equal(config.publicUrl, "https://topup.example");
  assert.equal(config.host, "127.0.0.1");
  const { midtrans, digiflazz, vip_reseller, discord } = config.parties;
  assert.equal(midtrans?.base_url, "https://api.midtrans.com");
  assert.equal(digiflazz?.base_url, "https://api.digiflazz.com/v1");
  assert.equal(digiflazz?.testing, false);
  assert.equal(vip_reseller?.base_url, "https://vip-reseller.co.id/api");
  assert.equal(discord?.base_url, "https://discord.com/api");
});

test("a live shop is told at once of all that it misses", () => {
  assert.deepEqual(problemsOf({ KONTER_ENV: "production" }), [
    "MIDTRANS_SERVER_KEY: is missing: a live shop needs Midtrans",
    "MIDTRANS_MERCHANT_ID: is missing: a live shop needs Midtrans",
    "DIGIFLAZZ_USERNAME: is missing: a live shop needs Digiflazz",
    "DIGIFLAZZ_API_KEY: is missing: a live shop needs Digiflazz",
    "DIGIFLAZZ_WEBHOOK_SECRET: is missing: a live shop needs Digiflazz",
    "VIP_RESELLER_API_ID: is missing: a live shop needs VIP Reseller",
    "VIP_RESELLER_API_KEY: is missing: a live shop needs VIP Reseller",
    "DISCORD_TOKEN: is missing: a live shop needs Discord",
    "DISCORD_APPLICATION_ID: is missing: a live shop needs Discord",
    "PUBLIC_URL: is missing: a live shop needs the https address where it is reached",
  ]);
});

test("a live shop refuses every simulator and every sandbox", () => {
  assert.deepEqual(
    problemsOf({
      ...live,
      MIDTRANS_BASE_URL: "https://api.sandbox.midtrans.com",
      DIGIFLAZZ_BASE_URL: "http://127.0.0.1:8090/digiflazz/v1",
      VIP_RESELLER_BASE_URL: "https://vip-reseller.co.id.example/api",
      DISCORD_BASE_URL: "http://localhost:8090/discord/api",
      SIMULATORS: JSON.stringify(parties),
    }),
    [
      "MIDTRANS_BASE_URL: api.sandbox.midtrans.com takes pretend money, and a live shop sells real goods: leave it out for https://api.midtrans.com",
      "DIGIFLAZZ_BASE_URL: a live shop uses no simulator of Digiflazz: leave it out for https://api.digiflazz.com/v1",
      "VIP_RESELLER_BASE_URL: is no address of VIP Reseller that Konter knows: leave it out for https://vip-reseller.co.id/api",
      "DISCORD_BASE_URL: a live shop uses no simulator of Discord: leave it out for https://discord.com/api",
      "SIMULATORS: a live shop uses no simulator: leave it out",
    ],
  );
  const plain = { ...live, DISCORD_BASE_URL: "http://discord.com/api" };
  assert.match(problemsOf(plain).join(), /^DISCORD_BASE_URL: is no address of Discord/);
});

test("a live shop is reached by https, from elsewhere, at an address without a path", () => {
  const told = (PUBLIC_URL: string) => problemsOf({ ...live, PUBLIC_URL }).join();
  assert.match(told("http://topup.example"), /^PUBLIC_URL: must be https/);
  assert.match(told("https://127.0.0.1:8080"), /^PUBLIC_URL: is this machine's own address/);
  assert.match(told("https://topup.example/shop"), /^PUBLIC_URL: must be an address without path/);
  assert.match(told("topup.example"), /^PUBLIC_URL: must be an address, https/);
  assert.equal(
    readConfig({ ...live, PUBLIC_URL: "https://topup.example/" }).publicUrl,
    "https://topup.example",
  );
});

test("a sandbox plays with the parties' own sandboxes, whatever its keys look like", () => {
  const { parties } = readConfig(everybody);
  assert.equal(parties.midtrans?.base_url, "https://api.sandbox.midtrans.com");
  assert.equal(parties.digiflazz?.base_url, "https://api.digiflazz.com/v1");
  assert.equal(parties.digiflazz?.testing, true, "the real Digiflazz sells nothing to a sandbox");
  assert.equal(parties.vip_reseller?.base_url, "https://vip-reseller.co.id/api");
  assert.equal(parties.discord?.base_url, "https://discord.com/api");
});

test("a sandbox never takes real money", () => {
  const settings = { ...midtrans, MIDTRANS_BASE_URL: "https://api.midtrans.com" };
  assert.deepEqual(problemsOf(settings), [
    "MIDTRANS_BASE_URL: api.midtrans.com takes real money: that needs KONTER_ENV=production; a sandbox uses https://api.sandbox.midtrans.com",
  ]);
  const unknown = { ...midtrans, MIDTRANS_BASE_URL: "https://api.midtrans.com.example" };
  assert.match(problemsOf(unknown).join(), /^MIDTRANS_BASE_URL: is no address of Midtrans/);
});

test("a party at a simulator of one's own is not told to test: it sells pretend goods", () => {
  const DIGIFLAZZ_BASE_URL = "http://127.0.0.1:8090/digiflazz/v1/";
  const { parties } = readConfig({ ...digiflazz, DIGIFLAZZ_BASE_URL });
  assert.equal(parties.digiflazz?.testing, false);
  assert.equal(parties.digiflazz?.base_url, "http://127.0.0.1:8090/digiflazz/v1");
});

test("half of a party's settings are none", () => {
  assert.deepEqual(problemsOf({ MIDTRANS_SERVER_KEY: "hush", DISCORD_BASE_URL: "hush" }), [
    "MIDTRANS_MERCHANT_ID: is missing: Midtrans takes all of its settings",
    "DISCORD_TOKEN: is missing: Discord takes all of its settings",
    "DISCORD_APPLICATION_ID: is missing: Discord takes all of its settings",
    "DISCORD_BASE_URL: must be an address, https://…",
  ]);
});

test("a sandbox listens on this machine only, whatever HOST says", () => {
  assert.equal(readConfig({ HOST: "0.0.0.0" }).host, "127.0.0.1");
  assert.equal(readConfig({ ...live, HOST: "0.0.0.0" }).host, "0.0.0.0");
  assert.match(problemsOf({ ...live, HOST: "shop.local" }).join(), /^HOST: must be an IP address/);
});

test("proxies are addresses and networks, and never everybody", () => {
  const told = (TRUSTED_PROXIES: string) => problemsOf({ TRUSTED_PROXIES }).join();
  const { trustedProxies } = readConfig({ TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8 ::1,fd00::/8" });
  assert.deepEqual(trustedProxies, ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]);
  for (const wrong of ["proxy.local", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.0/x", "true"]) {
    assert.match(told(wrong), /^TRUSTED_PROXIES: must be IP addresses and networks/, wrong);
  }
  assert.match(told("0.0.0.0/0"), /^TRUSTED_PROXIES: must not trust every address/);
  assert.match(told("::/0"), /^TRUSTED_PROXIES: must not trust every address/);
});

test("the world is sandbox or production, and nothing is guessed from another word", () => {
  assert.deepEqual(problemsOf({ KONTER_ENV: "prod", ...midtrans }), [
    "KONTER_ENV: must be sandbox or production",
  ]);
});

test("Discord's ids are its own", () => {
  const settings = {
    ...discord,
    DISCORD_APPLICATION_ID: "konter",
    DISCORD_STAFF_CHANNEL_ID: "#shop",
  };
  assert.deepEqual(problemsOf(settings), [
    "DISCORD_STAFF_CHANNEL_ID: must be an id of Discord, 17 to 20 digits",
    "DISCORD_APPLICATION_ID: must be an id of Discord, 17 to 20 digits",
  ]);
});
