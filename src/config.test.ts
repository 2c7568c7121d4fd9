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

test("a party outside this machine is refused, and no key of any party is told", () => {
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

test("parties of this machine are taken as `konter simulate` prints them", () => {
  assert.deepEqual(readConfig({ SIMULATORS: JSON.stringify(parties) }).parties, parties);
});

test("a variable that is empty is absent", () => {
  const empty = { PORT: "", DATABASE_URL: "", SIMULATORS: "", LOG_LEVEL: "", DATA_DIR: "" };
  assert.deepEqual(readConfig(empty), readConfig({}));
  assert.equal(readConfig({}).port, 8080);
});
