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
